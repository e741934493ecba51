// SPDX-License-Identifier: Apache-2.0
//
// Scalar floating point and Advanced SIMD. What none of the classes below is reads every register
// that it has a field for, its destination among them.
#include "emulate/a64/internal/fields.h"

namespace hammerlock::emulate::internal {
namespace {

// Between a general-purpose register and a V register: FMOV, SCVTF, FCVTZS, ...
void DecodeConversion(const Fields& f, Instruction& into) {
  const unsigned opcode = f.At(16, 3), mode = f.At(19, 2);
  const bool fixed_point = !f.Bit(21);
  const bool to_vector = fixed_point ? mode == 0 : opcode == 2 || opcode == 3 || opcode == 7;
  if (to_vector) {
    into.reads.x = OrZero(f.rn());
    into.writes.v = Vector(f.rd());
    if (opcode == 7 && mode == 1) into.reads.v = Vector(f.rd());  // The upper half alone.
  } else {
    into.reads.v = Vector(f.rn());
    into.writes.x = OrZero(f.rd());
    into.writes.flags = !fixed_point && opcode == 6 && mode == 3;  // FJCVTZS
  }
}

// DUP, INS, SMOV, UMOV.
void DecodeCopy(const Fields& f, Instruction& into) {
  if (f.Bit(29)) {  // INS of an element.
    into.reads.v = Vector(f.rn()) | Vector(f.rd());
    into.writes.v = Vector(f.rd());
    return;
  }
  switch (f.At(11, 4)) {
    case 0b0001:  // DUP of a general-purpose register.
      into.reads.x = OrZero(f.rn());
      into.writes.v = Vector(f.rd());
      break;
    case 0b0011:  // INS of one.
      into.reads.x = OrZero(f.rn());
      into.reads.v = into.writes.v = Vector(f.rd());
      break;
    case 0b0101:  // SMOV
    case 0b0111:  // UMOV
      into.reads.v = Vector(f.rn());
      into.writes.x = OrZero(f.rd());
      break;
    default:  // DUP of an element.
      into.reads.v = Vector(f.rn());
      into.writes.v = Vector(f.rd());
      break;
  }
}

// Scalar floating point with bit 21 set and bits 30, 29 and 28 as 0, 0, 1.
bool DecodeScalar(const Fields& f, Instruction& into) {
  const uint32_t n = Vector(f.rn()), m = Vector(f.rm());
  if (f.Is(0x5f203c00, 0x1e202000)) {  // FCMP, FCMPE; with zero.
    into.reads.v = f.Bit(3) ? n : n | m;
    into.writes.flags = true;
  } else if (f.Is(0x5f200c00, 0x1e200400)) {  // FCCMP, FCCMPE
    into.reads = {.x = 0, .v = n | m, .flags = true};
    into.writes.flags = true;
  } else if (f.Is(0x5f200c00, 0x1e200c00)) {  // FCSEL
    into.reads = {.x = 0, .v = n | m, .flags = true};
    into.writes.v = Vector(f.rd());
  } else if (f.Is(0x5f200c00, 0x1e200800)) {  // FMUL, FADD, FMAX, ...
    into.reads.v = n | m;
    into.writes.v = Vector(f.rd());
  } else if (f.Is(0x5f201c00, 0x1e201000)) {  // FMOV of a constant.
    into.writes.v = Vector(f.rd());
  } else if (f.Is(0x5f207c00, 0x1e204000)) {  // FMOV, FABS, FSQRT, FCVT, FRINT...
    into.reads.v = n;
    into.writes.v = Vector(f.rd());
  } else {
    return false;
  }
  return true;
}

}  // namespace

void DecodeVector(const Fields& f, Instruction& into) {
  into.kind = Kind::kCompute;
  if (f.Is(0x5f20fc00, 0x1e200000) || f.Is(0x5f200000, 0x1e000000)) {
    DecodeConversion(f, into);
    return;
  }
  if (f.Is(0x5f000000, 0x1f000000)) {  // FMADD, FMSUB, ...
    into.reads.v = Vector(f.rn()) | Vector(f.rm()) | Vector(f.ra());
    into.writes.v = Vector(f.rd());
    return;
  }
  if (f.Is(0x5f200000, 0x1e200000) && DecodeScalar(f, into)) return;
  if (f.Is(0x9fe08400, 0x0e000400)) {
    DecodeCopy(f, into);
    return;
  }
  if (f.Is(0x9ff80400, 0x0f000400)) {  // MOVI, MVNI, FMOV; ORR and BIC keep the other bits.
    const unsigned mode = f.At(12, 4);
    into.writes.v = Vector(f.rd());
    if ((mode & 1) != 0 && mode < 12) into.reads.v = Vector(f.rd());
    return;
  }
  into.reads.v = Vector(f.rn()) | Vector(f.rm()) | Vector(f.rd());
  if (f.Is(0xff000000, 0xce000000)) into.reads.v |= Vector(f.ra());  // EOR3, BCAX, SM3...
  into.writes.v = Vector(f.rd());
}

}  // namespace hammerlock::emulate::internal
