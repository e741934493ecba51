// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "emulate/a64/instruction.h"

namespace hammerlock::emulate {

// What an LSE operation on 1 << `size` bytes stores. REQUIRES: `old` and `operand` have no bits
// beyond them; the result has none either.
inline uint64_t Apply(Operation operation, unsigned size, uint64_t old, uint64_t operand) {
  const int unused = 64 - (8 << size);
  const auto is_signed = [&](uint64_t value) { return static_cast<int64_t>(value << unused); };
  switch (operation) {
    case Operation::kAdd:
      return (old + operand) << unused >> unused;
    case Operation::kClear:
      return old & ~operand;
    case Operation::kXor:
      return old ^ operand;
    case Operation::kSet:
      return old | operand;
    case Operation::kSignedMax:
      return is_signed(old) > is_signed(operand) ? old : operand;
    case Operation::kSignedMin:
      return is_signed(old) < is_signed(operand) ? old : operand;
    case Operation::kMax:
      return old > operand ? old : operand;
    case Operation::kMin:
      return old < operand ? old : operand;
    case Operation::kSwap:
      return operand;
  }
  return old;
}

}  // namespace hammerlock::emulate
