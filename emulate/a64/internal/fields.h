// SPDX-License-Identifier: Apache-2.0
//
// The fields of an instruction word, and the sets of registers that they name.
#pragma once

#include <cstdint>

#include "emulate/a64/instruction.h"

namespace hammerlock::emulate::internal {

struct Fields {
  uint32_t word;

  unsigned At(int low, int width) const { return (word >> low) & ((1u << width) - 1); }
  bool Bit(int at) const { return (word >> at & 1) != 0; }
  bool Is(uint32_t mask, uint32_t value) const { return (word & mask) == value; }
  // A field as a signed number.
  int64_t Signed(int low, int width) const {
    const int64_t value = At(low, width);
    return value - (value >> (width - 1) << width);
  }

  // Where the manual has these registers, whatever it calls them.
  uint8_t rd() const { return static_cast<uint8_t>(At(0, 5)); }
  uint8_t rn() const { return static_cast<uint8_t>(At(5, 5)); }
  uint8_t ra() const { return static_cast<uint8_t>(At(10, 5)); }
  uint8_t rm() const { return static_cast<uint8_t>(At(16, 5)); }
};

// Number 31 means zero, or SP, as the instruction says.
inline uint32_t OrZero(unsigned number) { return number == 31 ? 0 : uint32_t{1} << number; }
inline uint32_t OrStackPointer(unsigned number) { return uint32_t{1} << number; }
inline uint32_t Vector(unsigned number) { return uint32_t{1} << number; }

void DecodeImmediate(const Fields& fields, Instruction& into);
void DecodeRegister(const Fields& fields, Instruction& into);
void DecodeBranch(const Fields& fields, Instruction& into);
void DecodeMemory(const Fields& fields, Instruction& into);
void DecodeVector(const Fields& fields, Instruction& into);

}  // namespace hammerlock::emulate::internal
