// SPDX-License-Identifier: Apache-2.0
//
// The plugin itself: hands what QEMU translates and executes to the machine.
#include <pthread.h>
#include <unistd.h>

#include <cstdio>
#include <cstring>
#include <deque>
#include <unordered_map>

#include "emulate/a64/decode.h"
#include "emulate/guest/machine.h"

namespace {

using hammerlock::emulate::Decode;
using hammerlock::emulate::GuestOptions;
using hammerlock::emulate::Instruction;
using hammerlock::emulate::Kind;
using hammerlock::emulate::Machine;
using hammerlock::emulate::Place;

Machine* machine = nullptr;

// They live as long as the process, for blocks are translated again and again.
const Place& PlaceOf(uint64_t pc, uint32_t word) {
  static auto& places = *new std::unordered_map<uint64_t, std::deque<Place>>;
  std::deque<Place>& here = places[pc];
  for (const Place& place : here) {
    if (place.instruction.word == word) return place;
  }
  return here.emplace_back(Place{Decode(word), pc});
}

void Execute(unsigned /*vcpu*/, void* data) {
  const Place& place = *static_cast<const Place*>(data);
  if (machine->active()) {
    machine->Step(place);
  } else {
    machine->StepAlone(place);
  }
}

void Translate(qemu_plugin_id_t /*id*/, qemu_plugin_tb* block) {
  const size_t count = qemu_plugin_tb_n_insns(block);
  for (size_t i = 0; i < count; ++i) {
    qemu_plugin_insn* const instruction = qemu_plugin_tb_get_insn(block, i);
    uint32_t word;
    std::memcpy(&word, qemu_plugin_insn_data(instruction), sizeof(word));
    const Place& place = PlaceOf(qemu_plugin_insn_vaddr(instruction), word);
    const Kind kind = place.instruction.kind;
    // A thread that runs alone stops for these only.
    const bool always = kind == Kind::kSystemCall || kind == Kind::kWriteThreadPointer;
    if (singlestep == 0 && !always) continue;
    qemu_plugin_register_vcpu_insn_exec_cb(instruction, Execute, QEMU_PLUGIN_CB_RW_REGS,
                                           const_cast<Place*>(&place));
  }
}

void SystemCall(qemu_plugin_id_t /*id*/, unsigned /*vcpu*/, int64_t number, uint64_t a1,
                uint64_t a2, uint64_t a3, uint64_t a4, uint64_t a5, uint64_t a6, uint64_t /*a7*/,
                uint64_t /*a8*/) {
  machine->SystemCallPasses(number, {a1, a2, a3, a4, a5, a6});
}

void AtExit(qemu_plugin_id_t /*id*/, void* /*data*/) { machine->Finish(); }

}  // namespace

extern "C" {

__attribute__((visibility("default"))) int qemu_plugin_version = 1;

__attribute__((visibility("default"))) int qemu_plugin_install(qemu_plugin_id_t id,
                                                               const qemu_info_t* /*info*/,
                                                               int argc, char** argv) {
  GuestOptions options;
  for (int i = 0; i < argc; ++i) {
    const std::string wrong = hammerlock::emulate::ParseOption(argv[i], &options);
    if (wrong.empty()) continue;
    std::fprintf(stderr, "hammerlock: %s\n", wrong.c_str());
    _exit(64);
  }
  machine = new Machine(options);
  pthread_atfork(nullptr, nullptr, [] { machine->Forked(); });
  qemu_plugin_register_vcpu_tb_trans_cb(id, Translate);
  qemu_plugin_register_vcpu_syscall_cb(id, SystemCall);
  qemu_plugin_register_atexit_cb(id, AtExit, nullptr);
  return 0;
}
}
