// SPDX-License-Identifier: Apache-2.0
//
// Data processing, immediate and register, of the general-purpose registers.
#include "emulate/a64/internal/fields.h"

namespace hammerlock::emulate::internal {

void DecodeImmediate(const Fields& f, Instruction& into) {
  into.kind = Kind::kCompute;
  const unsigned opc = f.At(29, 2);
  switch (f.At(23, 3)) {
    case 0b000:
    case 0b001:  // ADR, ADRP.
      into.writes.x = OrZero(f.rd());
      break;
    case 0b010: {  // ADD, SUB; ADDS, SUBS.
      const bool sets_flags = f.Bit(29);
      into.reads.x = OrStackPointer(f.rn());
      into.writes.x = sets_flags ? OrZero(f.rd()) : OrStackPointer(f.rd());
      into.writes.flags = sets_flags;
      break;
    }
    case 0b011:  // ADDG, SUBG; MIN and MAX, whose 31 is zero: to take it for SP does no harm.
      into.reads.x = OrStackPointer(f.rn());
      into.writes.x = OrStackPointer(f.rd());
      break;
    case 0b100:  // AND, ORR, EOR; ANDS.
      into.reads.x = OrZero(f.rn());
      into.writes.x = opc == 3 ? OrZero(f.rd()) : OrStackPointer(f.rd());
      into.writes.flags = opc == 3;
      break;
    case 0b101:  // MOVN, MOVZ; MOVK keeps the other bits.
      into.writes.x = OrZero(f.rd());
      if (opc == 3) into.reads.x = OrZero(f.rd());
      break;
    case 0b110:  // SBFM, UBFM; BFM keeps the other bits.
      into.reads.x = OrZero(f.rn());
      into.writes.x = OrZero(f.rd());
      if (opc == 1) into.reads.x |= OrZero(f.rd());
      break;
    default:  // EXTR.
      into.reads.x = OrZero(f.rn()) | OrZero(f.rm());
      into.writes.x = OrZero(f.rd());
      break;
  }
}

namespace {

// C4.1, "Data Processing -- Register", with bit 28 set and bit 24 clear.
void DecodeSmallClasses(const Fields& f, Instruction& into) {
  const bool sets_flags = f.Bit(29);
  switch (f.At(21, 3)) {
    case 0b000:
      into.reads.x = OrZero(f.rn());
      into.reads.flags = true;
      if (f.At(10, 6) == 0) {  // ADC, SBC; ADCS, SBCS.
        into.reads.x |= OrZero(f.rm());
        into.writes.x = OrZero(f.rd());
        into.writes.flags = sets_flags;
      } else {  // RMIF, SETF8, SETF16.
        into.writes.flags = true;
      }
      break;
    case 0b010:  // CCMN, CCMP.
      into.reads.x = OrZero(f.rn()) | (f.Bit(11) ? 0 : OrZero(f.rm()));
      into.reads.flags = true;
      into.writes.flags = true;
      break;
    case 0b100:  // CSEL, CSINC, CSINV, CSNEG.
      into.reads.x = OrZero(f.rn()) | OrZero(f.rm());
      into.reads.flags = true;
      into.writes.x = OrZero(f.rd());
      break;
    case 0b110:
      into.writes.x = OrZero(f.rd());
      if (f.Bit(30)) {  // One source; to sign a pointer (PACIA and the like) Rd is one too.
        const bool signs = f.rm() == 1;
        into.reads.x = signs ? OrStackPointer(f.rn()) | OrZero(f.rd()) : OrZero(f.rn());
      } else {  // Two: divisions, shifts, CRC32, SUBP of tags.
        const bool of_pointers = f.At(10, 6) == 0;
        into.reads.x = of_pointers ? OrStackPointer(f.rn()) | OrStackPointer(f.rm())
                                   : OrZero(f.rn()) | OrZero(f.rm());
        into.writes.flags = sets_flags;
      }
      break;
    default:
      into.kind = Kind::kOther;
      break;
  }
}

}  // namespace

void DecodeRegister(const Fields& f, Instruction& into) {
  into.kind = Kind::kCompute;
  const bool sets_flags = f.Bit(29);
  if (f.Bit(28)) {
    if (f.Bit(24)) {  // MADD, MSUB, SMADDL, UMULH, ...
      into.reads.x = OrZero(f.rn()) | OrZero(f.rm()) | OrZero(f.ra());
      into.writes.x = OrZero(f.rd());
    } else {
      DecodeSmallClasses(f, into);
    }
    return;
  }
  into.writes.x = OrZero(f.rd());
  into.reads.x = OrZero(f.rn()) | OrZero(f.rm());
  if (!f.Bit(24)) {  // AND, BIC, ORR, ORN, EOR, EON; ANDS, BICS.
    into.writes.flags = f.At(29, 2) == 3;
    return;
  }
  into.writes.flags = sets_flags;
  if (f.Bit(21)) {  // The extended register form has SP.
    into.reads.x = OrStackPointer(f.rn()) | OrZero(f.rm());
    if (!sets_flags) into.writes.x = OrStackPointer(f.rd());
  }
}

}  // namespace hammerlock::emulate::internal
