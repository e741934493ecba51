// SPDX-License-Identifier: Apache-2.0
#include "emulate/guest/cpu.h"

namespace hammerlock::emulate {

uint64_t Cpu::Read(int number) {
  GByteArray* const bytes = g_byte_array_new();
  aarch64_cpu_gdb_read_register(cpu_, bytes, number);
  uint64_t value = 0;
  std::memcpy(&value, bytes->data, bytes->size < 8 ? bytes->size : 8);
  g_byte_array_free(bytes, 1);
  return value;
}

std::string Cpu::Attach() {
  cpu_ = qemu_get_cpu(0);
  if (cpu_ == nullptr) return "this QEMU has no CPU 0";
  bool right = Read(32) == pc() && pc() != 0;
  bool any = false;  // A register that is not 0 shows more than zeros that happen to match.
  for (int i = 0; i < 32; ++i) {
    right = right && Read(i) == X(i);
    any = any || X(i) != 0;
  }
  // Flags as QEMU keeps them: C, V, and N and Z as what they were computed from.
  const auto* const flags = At<uint32_t>(kFlags);
  const uint32_t nzcv = (flags[2] >> 31) << 31 | (flags[3] == 0 ? 1u : 0u) << 30 |
                        (flags[0] & 1) << 29 | (flags[1] >> 31) << 28;
  right = right && (Read(33) & 0xf0000000) == nzcv;
  if (right && any) return {};
  cpu_ = nullptr;
  return "the registers do not lie where Debian 12's qemu-aarch64 7.2 has them";
}

bool Cpu::FindThreadPointer(uint64_t value) {
  // Among the system registers, which come after the general ones.
  constexpr uintptr_t kBegin = kFlags + 16, kEnd = kV;
  int found = 0;
  for (uintptr_t offset = kBegin; offset < kEnd; offset += 8) {
    if (*At<uint64_t>(offset) != value) continue;
    thread_pointer_ = offset;
    ++found;
  }
  return found == 1;
}

}  // namespace hammerlock::emulate
