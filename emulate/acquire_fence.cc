// SPDX-License-Identifier: Apache-2.0
//
// A QEMU plugin that executes a full host fence before each load-acquire of the guest.
//
// Why: Arm orders a store-release before a later load-acquire of the same thread (both are
// RCsc), and C++ compiles seq_cst stores and loads to that pair. On an x86_64 host QEMU 7.2
// turns the two into a plain store and a plain load, which x86 may reorder: store buffering
// shows although Arm forbids it. A fence between them mends it; before the load is the place
// that a program passes least often. A compare-exchange that fails in its LL/SC form
// (LDAXR, compare, give up) is such a load as well.
//
// LDAPR needs none: it is RCpc, and may overtake an earlier store-release.
#include <atomic>
#include <cstdint>
#include <cstring>

#include "emulate/qemu_plugin.h"

namespace {

struct Encoding {
  uint32_t mask;
  uint32_t value;
};

// Arm Architecture Reference Manual, C4.1, "Loads and stores": the size bits (31, 30) are
// left out of the masks, so that all sizes match.
constexpr Encoding kLoadAcquires[] = {
    {0x3fe08000, 0x08c08000},  // LDAR, LDARB, LDARH
    {0x3fc08000, 0x08408000},  // LDAXR, LDAXRB, LDAXRH, LDAXP
};

bool IsLoadAcquire(uint32_t word) {
  for (const Encoding& encoding : kLoadAcquires) {
    if ((word & encoding.mask) == encoding.value) return true;
  }
  return false;
}

void Fence(unsigned /*vcpu*/, void* /*data*/) {
  // Keeps the guest's earlier stores before the guest's load that follows.
  std::atomic_thread_fence(std::memory_order_seq_cst);
}

void Translate(qemu_plugin_id_t /*id*/, qemu_plugin_tb* block) {
  const size_t count = qemu_plugin_tb_n_insns(block);
  for (size_t i = 0; i < count; ++i) {
    qemu_plugin_insn* instruction = qemu_plugin_tb_get_insn(block, i);
    uint32_t word;
    std::memcpy(&word, qemu_plugin_insn_data(instruction), sizeof(word));
    if (IsLoadAcquire(word)) {
      qemu_plugin_register_vcpu_insn_exec_cb(instruction, Fence, QEMU_PLUGIN_CB_NO_REGS, nullptr);
    }
  }
}

}  // namespace

extern "C" {

// QEMU looks these two up by name.
__attribute__((visibility("default"))) int qemu_plugin_version = 1;

__attribute__((visibility("default"))) int qemu_plugin_install(qemu_plugin_id_t id,
                                                               const qemu_info_t* /*info*/,
                                                               int /*argc*/, char** /*argv*/) {
  qemu_plugin_register_vcpu_tb_trans_cb(id, Translate);
  return 0;
}
}
