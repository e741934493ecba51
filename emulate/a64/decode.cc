// SPDX-License-Identifier: Apache-2.0
#include "emulate/a64/decode.h"

#include "emulate/a64/internal/fields.h"

namespace hammerlock::emulate {

Instruction Decode(uint32_t word) {
  const internal::Fields fields{word};
  Instruction instruction;
  instruction.word = word;
  // C4.1: the top-level table, bits 28 to 25.
  switch (fields.At(25, 4)) {
    case 0b1000:
    case 0b1001:
      DecodeImmediate(fields, instruction);
      break;
    case 0b1010:
    case 0b1011:
      DecodeBranch(fields, instruction);
      break;
    case 0b0100:
    case 0b0110:
    case 0b1100:
    case 0b1110:
      DecodeMemory(fields, instruction);
      break;
    case 0b0101:
    case 0b1101:
      DecodeRegister(fields, instruction);
      break;
    case 0b0111:
    case 0b1111:
      DecodeVector(fields, instruction);
      break;
    default:
      break;  // Reserved, SME, SVE.
  }
  return instruction;
}

}  // namespace hammerlock::emulate
