// SPDX-License-Identifier: Apache-2.0
//
// Branches, exceptions, hints, barriers and system registers.
#include "emulate/a64/internal/fields.h"

namespace hammerlock::emulate::internal {
namespace {

constexpr uint32_t kLinkRegister = uint32_t{1} << 30;

// System registers as MRS and MSR name them: bits 20 to 5 of the word.
enum SystemRegister : unsigned {
  kNzcv = 0xda10,      // S3_3_C4_C2_0
  kTpidr = 0xde82,     // S3_3_C13_C0_2
  kRndr = 0xd920,      // S3_3_C2_C4_0
  kRndrrs = 0xd921,    // S3_3_C2_C4_1
  kCntpct = 0xdf01,    // S3_3_C14_C0_1
  kCntvct = 0xdf02,    // S3_3_C14_C0_2
  kCntpctss = 0xdf05,  // S3_3_C14_C0_5
  kCntvctss = 0xdf06,  // S3_3_C14_C0_6
};

void DecodeRead(const Fields& f, Instruction& into) {
  into.kind = Kind::kCompute;
  into.writes.x = OrZero(f.rd());
  switch (f.At(5, 16)) {
    case kNzcv:
      into.reads.flags = true;
      break;
    case kTpidr:
      into.kind = Kind::kReadThreadPointer;
      into.first = f.rd();
      break;
    case kRndr:
    case kRndrrs:
      into.kind = Kind::kReadCounter;
      into.writes.flags = true;
      into.first = f.rd();
      break;
    case kCntpct:
    case kCntvct:
    case kCntpctss:
    case kCntvctss:
      into.kind = Kind::kReadCounter;
      into.first = f.rd();
      break;
    default:
      break;
  }
}

void DecodeWrite(const Fields& f, Instruction& into) {
  into.kind = Kind::kCompute;
  into.reads.x = OrZero(f.rd());
  const unsigned name = f.At(5, 16);
  if (name == kNzcv) into.writes.flags = true;
  if (name == kTpidr) {
    into.kind = Kind::kWriteThreadPointer;
    into.first = f.rd();
  }
}

void DecodeHint(const Fields& f, Instruction& into) {
  into.kind = Kind::kHint;
  into.hint = static_cast<uint8_t>(f.At(5, 7));
  // Some of them sign or strip a pointer in a fixed register.
  switch (into.hint) {
    case 7:  // XPACLRI
      into.kind = Kind::kCompute;
      into.reads.x = into.writes.x = kLinkRegister;
      break;
    case 8:   // PACIA1716
    case 10:  // PACIB1716
    case 12:  // AUTIA1716
    case 14:  // AUTIB1716
      into.kind = Kind::kCompute;
      into.reads.x = uint32_t{1} << 16 | uint32_t{1} << 17;
      into.writes.x = uint32_t{1} << 17;
      break;
    default:
      if (into.hint >= 24 && into.hint < 32) {  // PACIAZ, PACIASP, ... AUTIBSP
        into.kind = Kind::kCompute;
        into.reads.x = kLinkRegister | uint32_t{1} << kStackPointer;
        into.writes.x = kLinkRegister;
      }
      break;
  }
}

void DecodeBarrier(const Fields& f, Instruction& into) {
  switch (f.At(5, 3)) {
    case 0b010:
      into.kind = Kind::kClearExclusive;
      return;
    case 0b110:
      into.kind = Kind::kContextBarrier;
      return;
    case 0b100:  // DSB
    case 0b101:  // DMB
      into.kind = Kind::kBarrier;
      // The shareability domains are one: all threads share.
      switch (f.At(8, 2)) {
        case 0b01:
          into.fence = Fence::kLoad;
          return;
        case 0b10:
          into.fence = Fence::kStore;
          return;
        default:
          into.fence = Fence::kFull;
          return;
      }
    default:  // SB and what else there may be.
      into.kind = Kind::kBarrier;
      return;
  }
}

void DecodeSystem(const Fields& f, Instruction& into) {
  if (f.Is(0xfffff01f, 0xd503201f)) {
    DecodeHint(f, into);
  } else if (f.Is(0xfffff01f, 0xd503301f)) {
    DecodeBarrier(f, into);
  } else if (f.Is(0xfff8f01f, 0xd500401f)) {  // MSR of a field of PSTATE; CFINV, AXFLAG, XAFLAG.
    into.kind = Kind::kCompute;
    into.reads.flags = into.writes.flags = true;
  } else if (f.Is(0xffffffe0, 0xd50b7420)) {
    into.kind = Kind::kZeroBlock;
    into.base = f.rd();
    into.reads.x = OrZero(f.rd());
    into.size = 3;
    into.elements = kZeroBlockBytes / 8;
  } else if (f.Is(0xfff80000, 0xd5080000)) {  // SYS: cache and TLB maintenance.
    // Of tags (DC GVA, DC GZVA) nothing is modelled.
    if (f.At(5, 14) != 0x1ba3 && f.At(5, 14) != 0x1ba4) into.kind = Kind::kNothing;
    into.reads.x = OrZero(f.rd());
  } else if (f.Is(0xfff00000, 0xd5300000)) {
    DecodeRead(f, into);
  } else if (f.Is(0xfff00000, 0xd5100000)) {
    DecodeWrite(f, into);
  }
}

}  // namespace

void DecodeBranch(const Fields& f, Instruction& into) {
  if (f.Is(0xff000000, 0x54000000)) {  // B.cond, BC.cond
    into.kind = Kind::kBranch;
    into.reads.flags = true;
  } else if (f.Is(0x7c000000, 0x34000000)) {  // CBZ, CBNZ, TBZ, TBNZ
    into.kind = Kind::kBranch;
    into.reads.x = OrZero(f.rd());
  } else if (f.Is(0x7c000000, 0x14000000)) {  // B, BL
    into.kind = Kind::kJump;
    if (f.Bit(31)) into.writes.x = kLinkRegister;
  } else if (f.Is(0xfe000000, 0xd6000000)) {  // BR, BLR, RET, and those that authenticate
    into.kind = Kind::kBranch;
    into.reads.x = OrZero(f.rn());
    const bool authenticates = f.Bit(11);
    if (authenticates && f.At(21, 2) == 0b10) into.reads.x = kLinkRegister;  // RETAA, RETAB
    if (authenticates) into.reads.x |= OrStackPointer(f.rd());               // The modifier.
    if (f.At(21, 2) == 0b01) into.writes.x = kLinkRegister;
  } else if (f.Is(0xffe0001f, 0xd4000001)) {
    into.kind = Kind::kSystemCall;
  } else if (f.Is(0xff000000, 0xd4000000)) {
    into.kind = Kind::kNothing;  // BRK, HLT, UDF: the program ends there.
  } else if (f.Is(0xff000000, 0xd5000000)) {
    DecodeSystem(f, into);
  }
}

}  // namespace hammerlock::emulate::internal
