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

namespace {

const char* NameOf(const Instruction& instruction) {
  switch (instruction.kind) {
    case Kind::kCompute:
      return "computation";
    case Kind::kBranch:
    case Kind::kJump:
      return "branch";
    case Kind::kLoad:
      return "load";
    case Kind::kStore:
      return "store";
    case Kind::kLoadExclusive:
      return "load exclusive";
    case Kind::kStoreExclusive:
      return "store exclusive";
    case Kind::kReadModifyWrite:
      return instruction.operation == Operation::kSwap ? "swap" : "atomic operation";
    case Kind::kCompareAndSwap:
      return "compare and swap";
    case Kind::kBarrier:
      return instruction.fence == Fence::kFull   ? "barrier"
             : instruction.fence == Fence::kLoad ? "load barrier"
                                                 : "store barrier";
    case Kind::kContextBarrier:
      return "instruction barrier";
    case Kind::kClearExclusive:
      return "clear exclusive";
    case Kind::kSystemCall:
      return "system call";
    case Kind::kReadThreadPointer:
    case Kind::kWriteThreadPointer:
      return "thread pointer";
    case Kind::kReadCounter:
      return "counter";
    case Kind::kZeroBlock:
      return "zeroing of a block";
    case Kind::kHint:
    case Kind::kNothing:
      return "hint";
    case Kind::kOther:
      return "instruction that is not modelled";
  }
  return "";
}

}  // namespace

std::string Describe(const Instruction& instruction) {
  std::string text = NameOf(instruction);
  if (instruction.acquire) text += "-acquire";
  if (instruction.acquire_pc) text += "-acquire (RCpc)";
  if (instruction.release) text += "-release";
  if (instruction.elements != 0) text += ", " + std::to_string(instruction.bytes()) + " bytes";
  return text;
}

}  // namespace hammerlock::emulate
