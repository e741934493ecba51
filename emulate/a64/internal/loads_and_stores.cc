// SPDX-License-Identifier: Apache-2.0
#include "emulate/a64/internal/fields.h"

namespace hammerlock::emulate::internal {
namespace {

// The registers of a transfer, and those of the address, go into the sets.
void Finish(Instruction& into) {
  into.reads.x |= into.AddressRegisters();
  if (into.writeback != Writeback::kNone) into.writes.x |= OrStackPointer(into.base);
  const auto transfer = [&](uint8_t number, Registers& set) {
    if (number == kNoRegister) return;
    if (into.vector) {
      set.v |= Vector(number);
    } else {
      set.x |= OrZero(number);
    }
  };
  Registers& set = into.Loads() ? into.writes : into.reads;
  transfer(into.first, set);
  transfer(into.second, set);
}

void At(const Fields& f, Instruction& into) { into.base = f.rn(); }

// LDXR to STLXP, LDAR, STLR, CAS, CASP.
void DecodeExclusive(const Fields& f, Instruction& into) {
  const bool ordered = f.Bit(23), load = f.Bit(22), second = f.Bit(21), order = f.Bit(15);
  At(f, into);
  into.first = f.rd();
  into.size = static_cast<uint8_t>(f.At(30, 2));
  into.elements = 1;
  const bool compares = second && (ordered || !f.Bit(31));
  if (compares) {
    into.kind = Kind::kCompareAndSwap;
    into.status = f.rm();
    into.acquire = load;
    into.release = order;
    if (!ordered) {  // CASP: register pairs, each an even number and the next.
      into.size = static_cast<uint8_t>(2 + f.At(30, 1));
      into.elements = 2;
      into.second = static_cast<uint8_t>((f.rd() + 1) & 31);
    }
    const uint32_t compared = OrZero(f.rm()) | (into.IsPair() ? OrZero((f.rm() + 1) & 31) : 0);
    into.reads.x = OrStackPointer(f.rn()) | OrZero(f.rd()) | compared;
    if (into.IsPair()) into.reads.x |= OrZero(into.second);
    into.writes.x = compared;
    return;
  }
  if (ordered) {
    into.kind = load ? Kind::kLoad : Kind::kStore;
  } else {
    into.kind = load ? Kind::kLoadExclusive : Kind::kStoreExclusive;
    if (second) {
      into.second = f.ra();
      into.elements = 2;
    }
    if (!load) {
      into.status = f.rm();
      into.writes.x = OrZero(f.rm());
    }
  }
  // LDLAR and STLLR, which differ from LDAR and STLR in regions that Linux does not have.
  const bool ordering = order || ordered;
  into.acquire = load && ordering;
  into.release = !load && ordering;
  Finish(into);
}

// LDADD to SWP, and LDAPR, which stands among them.
void DecodeAtomic(const Fields& f, Instruction& into) {
  At(f, into);
  into.first = f.rd();
  into.size = static_cast<uint8_t>(f.At(30, 2));
  into.elements = 1;
  const bool swap = f.Bit(15);
  const unsigned opc = f.At(12, 3);
  if (swap && opc == 0b100 && f.Bit(23) && !f.Bit(22)) {
    into.kind = Kind::kLoad;
    into.acquire_pc = true;
    Finish(into);
    return;
  }
  if (swap && opc != 0) return;  // LD64B, ST64B, RCW...
  into.kind = Kind::kReadModifyWrite;
  into.operation = swap ? Operation::kSwap : static_cast<Operation>(opc);
  // "If the destination register is one of WZR or XZR, the operation does not have acquire."
  into.acquire = f.Bit(23) && f.rd() != 31;
  into.release = f.Bit(22);
  into.status = f.rm();
  into.reads.x = OrZero(f.rm());
  Finish(into);
}

// LDAPUR, STLUR and their narrow forms.
void DecodeUnscaledOrdered(const Fields& f, Instruction& into) {
  const unsigned opc = f.At(22, 2);
  At(f, into);
  into.first = f.rd();
  into.size = static_cast<uint8_t>(f.At(30, 2));
  into.elements = 1;
  into.offset = f.Signed(12, 9);
  if (opc == 0) {
    into.kind = Kind::kStore;
    into.release = true;
  } else {
    into.kind = Kind::kLoad;
    into.acquire_pc = true;
    into.sign_extends = opc >= 2;
    into.to_64_bits = opc == 2;
  }
  Finish(into);
}

void DecodeLiteral(const Fields& f, Instruction& into) {
  const unsigned opc = f.At(30, 2);
  into.vector = f.Bit(26);
  if (opc == 3) {
    if (!into.vector) into.kind = Kind::kNothing;  // PRFM
    return;
  }
  into.kind = Kind::kLoad;
  into.first = f.rd();
  into.elements = 1;
  into.offset = f.Signed(5, 19) * 4;
  into.size = static_cast<uint8_t>(into.vector ? 2 + opc : opc == 1 ? 3 : 2);
  into.sign_extends = into.to_64_bits = !into.vector && opc == 2;
  Finish(into);
}

void DecodePair(const Fields& f, Instruction& into) {
  const unsigned opc = f.At(30, 2);
  const bool load = f.Bit(22);
  into.vector = f.Bit(26);
  if (opc == 3 || (opc == 1 && !into.vector && !load)) return;  // STGP stores a tag as well.
  into.kind = load ? Kind::kLoad : Kind::kStore;
  At(f, into);
  into.first = f.rd();
  into.second = f.ra();
  into.elements = 2;
  into.size = static_cast<uint8_t>(into.vector ? 2 + opc : opc == 2 ? 3 : 2);
  into.sign_extends = into.to_64_bits = !into.vector && opc == 1;
  into.offset = f.Signed(15, 7) << into.size;
  constexpr Writeback kModes[] = {Writeback::kNone, Writeback::kPost, Writeback::kNone,
                                  Writeback::kPre};
  into.writeback = kModes[f.At(23, 2)];
  Finish(into);
}

// The forms with one register: by an unsigned or signed constant, by a register.
void DecodeSingle(const Fields& f, Instruction& into) {
  const unsigned opc = f.At(22, 2), mode = f.At(10, 2);
  into.vector = f.Bit(26);
  if (!f.Bit(24) && f.Bit(21) && mode != 2) {
    // LDRAA authenticates its base.
    if (mode == 0 && !into.vector) DecodeAtomic(f, into);
    return;
  }
  into.size = static_cast<uint8_t>(f.At(30, 2));
  bool load;
  if (into.vector) {
    if (opc >= 2) {
      if (into.size != 0) return;
      into.size = 4;
    }
    load = (opc & 1) != 0;
  } else {
    if (into.size == 3 && opc == 2) {
      into.kind = Kind::kNothing;  // PRFM, PRFUM
      return;
    }
    if (into.size == 3 && opc == 3) return;
    load = opc != 0;
    into.sign_extends = opc >= 2;
    into.to_64_bits = opc == 2;
  }
  into.kind = load ? Kind::kLoad : Kind::kStore;
  At(f, into);
  into.first = f.rd();
  into.elements = 1;
  if (f.Bit(24)) {
    into.offset = int64_t{f.At(10, 12)} << into.size;
  } else if (f.Bit(21)) {
    into.index = f.rm();
    into.extend = static_cast<uint8_t>(f.At(13, 3));
    into.shift = f.Bit(12) ? into.size : 0;
  } else {
    into.offset = f.Signed(12, 9);
    if (mode == 1) into.writeback = Writeback::kPost;
    if (mode == 3) into.writeback = Writeback::kPre;
  }
  Finish(into);
}

// LD1 to ST4: of whole registers, of one lane, and replicated.
void DecodeStructure(const Fields& f, Instruction& into) {
  const bool load = f.Bit(22), single = f.Bit(24), wide = f.Bit(30);
  unsigned registers, lanes;
  unsigned size = f.At(10, 2);
  bool keeps = false;  // Lanes that are not loaded stay.
  if (single) {
    const unsigned scale = f.At(14, 2);
    registers = (f.At(13, 1) << 1 | f.At(21, 1)) + 1;
    lanes = 1;
    if (scale == 3) {
      if (!load) return;  // Replicates a load only.
    } else {
      size = scale == 2 ? (size & 1 ? 3 : 2) : scale;
      keeps = load;
    }
  } else {
    static constexpr uint8_t kRegisters[16] = {4, 0, 4, 0, 3, 0, 3, 1, 2, 0, 2, 0, 0, 0, 0, 0};
    registers = kRegisters[f.At(12, 4)];
    if (registers == 0) return;
    lanes = (wide ? 16u : 8u) >> size;
  }
  into.kind = load ? Kind::kLoad : Kind::kStore;
  into.structure = into.vector = true;
  At(f, into);
  into.size = static_cast<uint8_t>(size);
  into.elements = static_cast<uint8_t>(registers * lanes);
  uint32_t vectors = 0;
  for (unsigned i = 0; i < registers; ++i) vectors |= Vector((f.rd() + i) & 31);
  (load ? into.writes : into.reads).v |= vectors;
  if (keeps) into.reads.v |= vectors;
  if (f.Bit(23)) {
    into.writeback = Writeback::kPost;
    if (f.rm() == 31) {
      into.offset = into.bytes();
    } else {
      into.index = f.rm();
      into.extend = 3;
    }
  }
  Finish(into);
}

}  // namespace

void DecodeMemory(const Fields& f, Instruction& into) {
  if (f.Is(0x3f000000, 0x08000000)) {
    DecodeExclusive(f, into);
  } else if (f.Is(0xbe000000, 0x0c000000)) {
    DecodeStructure(f, into);
  } else if (f.Is(0x3b000000, 0x18000000)) {
    DecodeLiteral(f, into);
  } else if (f.Is(0x3f200c00, 0x19000000)) {
    if (f.At(30, 2) != 3 || f.At(22, 2) <= 1) DecodeUnscaledOrdered(f, into);
  } else if (f.Is(0x3a000000, 0x28000000)) {
    DecodePair(f, into);
  } else if (f.Is(0x3a000000, 0x38000000)) {
    DecodeSingle(f, into);
  }
}

}  // namespace hammerlock::emulate::internal
