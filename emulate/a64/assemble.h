// SPDX-License-Identifier: Apache-2.0
//
// The few instructions that litmus tests are made of, as words. Register 31 is zero, or SP where
// it is an address. `size` is the logarithm of the bytes: 0 to 3.
#pragma once

#include <cstdint>

namespace hammerlock::emulate::assemble {

constexpr uint32_t Load(unsigned size, unsigned rt, unsigned rn) {
  return 0x39400000 | size << 30 | rn << 5 | rt;
}
constexpr uint32_t Store(unsigned size, unsigned rt, unsigned rn) {
  return 0x39000000 | size << 30 | rn << 5 | rt;
}
// [rn, rm]
constexpr uint32_t LoadIndexed(unsigned size, unsigned rt, unsigned rn, unsigned rm) {
  return 0x38606800 | size << 30 | rm << 16 | rn << 5 | rt;
}
constexpr uint32_t StoreIndexed(unsigned size, unsigned rt, unsigned rn, unsigned rm) {
  return 0x38206800 | size << 30 | rm << 16 | rn << 5 | rt;
}
constexpr uint32_t LoadAcquire(unsigned size, unsigned rt, unsigned rn) {
  return 0x08dffc00 | size << 30 | rn << 5 | rt;
}
constexpr uint32_t LoadAcquirePc(unsigned size, unsigned rt, unsigned rn) {
  return 0x38bfc000 | size << 30 | rn << 5 | rt;
}
constexpr uint32_t StoreRelease(unsigned size, unsigned rt, unsigned rn) {
  return 0x089ffc00 | size << 30 | rn << 5 | rt;
}
constexpr uint32_t LoadExclusive(unsigned size, unsigned rt, unsigned rn, bool acquire) {
  return 0x085f7c00 | (acquire ? 1u << 15 : 0) | size << 30 | rn << 5 | rt;
}
constexpr uint32_t StoreExclusive(unsigned size, unsigned rs, unsigned rt, unsigned rn,
                                  bool release) {
  return 0x08007c00 | (release ? 1u << 15 : 0) | size << 30 | rs << 16 | rn << 5 | rt;
}
// LDADD and its like by `opc` (0 ADD, 1 CLR, 2 EOR, 3 SET, ...): rt receives what [rn] held.
constexpr uint32_t Atomic(unsigned opc, unsigned size, unsigned rs, unsigned rt, unsigned rn,
                          bool acquire, bool release) {
  return 0x38200000 | size << 30 | (acquire ? 1u << 23 : 0) | (release ? 1u << 22 : 0) | rs << 16 |
         opc << 12 | rn << 5 | rt;
}
constexpr uint32_t Swap(unsigned size, unsigned rs, unsigned rt, unsigned rn, bool acquire,
                        bool release) {
  return Atomic(0, size, rs, rt, rn, acquire, release) | 1u << 15;
}
// rs is compared and receives the old value; rt is stored.
constexpr uint32_t CompareAndSwap(unsigned size, unsigned rs, unsigned rt, unsigned rn,
                                  bool acquire, bool release) {
  return 0x08a07c00 | size << 30 | (acquire ? 1u << 22 : 0) | rs << 16 | (release ? 1u << 15 : 0) |
         rn << 5 | rt;
}
// type: 1 load, 2 store, 3 full.
constexpr uint32_t DataBarrier(unsigned type) { return 0xd50338bf | type << 8; }
inline constexpr uint32_t kInstructionBarrier = 0xd5033fdf;
inline constexpr uint32_t kNop = 0xd503201f;

constexpr uint32_t Move(unsigned rd, unsigned value) { return 0xd2800000 | value << 5 | rd; }
constexpr uint32_t Xor(unsigned rd, unsigned rn, unsigned rm) {
  return 0xca000000 | rm << 16 | rn << 5 | rd;
}
constexpr uint32_t Add(unsigned rd, unsigned rn, unsigned rm) {
  return 0x8b000000 | rm << 16 | rn << 5 | rd;
}
// CBNZ to what follows: what comes after depends on rt by control.
constexpr uint32_t BranchToNext(unsigned rt) { return 0xb5000020 | rt; }

}  // namespace hammerlock::emulate::assemble
