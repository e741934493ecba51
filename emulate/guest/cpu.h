// SPDX-License-Identifier: Apache-2.0
//
// The one virtual CPU's registers, where QEMU 7.2 of Debian 12 keeps them.
#pragma once

#include <cstdint>
#include <cstring>
#include <string>

#include "emulate/guest/qemu.h"

namespace hammerlock::emulate {

// A thread's registers while another runs.
struct Registers64 {
  uint64_t thread_pointer;  // TPIDR_EL0.
  uint64_t x[32];           // 31: SP.
  uint64_t pc;
  uint32_t state;
  uint32_t flags[4];
  uint64_t v[32][2];
};

class Cpu {
 public:
  // Finds the CPU and checks that the registers lie where they should. Returns what is wrong, or
  // an empty string.
  std::string Attach();
  bool attached() const { return cpu_ != nullptr; }
  // Finds where TPIDR_EL0 lies, by the value that it holds.
  bool FindThreadPointer(uint64_t value);

  uint64_t& X(int number) { return *At<uint64_t>(kX + 8 * static_cast<uintptr_t>(number)); }
  uint64_t& pc() { return *At<uint64_t>(kPc); }

  void Save(Registers64& into) {
    into.thread_pointer = *At<uint64_t>(thread_pointer_);
    std::memcpy(into.x, At<char>(kX), sizeof(into.x));
    into.pc = pc();
    into.state = *At<uint32_t>(kState);
    std::memcpy(into.flags, At<char>(kFlags), sizeof(into.flags));
    for (uintptr_t i = 0; i < 32; ++i) std::memcpy(into.v[i], At<char>(kV + kVStride * i), 16);
  }
  void Load(const Registers64& from) {
    *At<uint64_t>(thread_pointer_) = from.thread_pointer;
    std::memcpy(At<char>(kX), from.x, sizeof(from.x));
    pc() = from.pc;
    *At<uint32_t>(kState) = from.state;
    std::memcpy(At<char>(kFlags), from.flags, sizeof(from.flags));
    for (uintptr_t i = 0; i < 32; ++i) std::memcpy(At<char>(kV + kVStride * i), from.v[i], 16);
  }
  // Leaves the callback, and goes on at pc().
  [[noreturn]] void Continue() { cpu_loop_exit_noexc(cpu_); }

 private:
  // From the start of CPUState: measured, and checked by Attach.
  static constexpr uintptr_t kX = 0x380, kPc = 0x480, kState = 0x488, kFlags = 0x550, kV = 0xfb0,
                             kVStride = 0x100;

  template <class T>
  T* At(uintptr_t offset) {
    return reinterpret_cast<T*>(reinterpret_cast<uintptr_t>(cpu_) + offset);
  }
  uint64_t Read(int number);

  CPUState* cpu_ = nullptr;
  uintptr_t thread_pointer_ = 0;
};

}  // namespace hammerlock::emulate
