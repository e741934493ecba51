// SPDX-License-Identifier: Apache-2.0
//
// What an A64 instruction does, as far as a memory model cares: the registers it reads and
// writes, the memory it touches, and in which order.
//
// Source of all encodings: Arm Architecture Reference Manual for A-profile, section C4.1,
// "A64 instruction set encoding".
#pragma once

#include <cstdint>

namespace hammerlock::emulate {

inline constexpr int kStackPointer = 31;  // Where a register number means SP and not zero.
inline constexpr uint8_t kNoRegister = 0xff;

// A set of registers. The zero register is in none: nothing depends on it.
struct Registers {
  uint32_t x = 0;  // Bit n: Xn; bit 31: SP.
  uint32_t v = 0;
  bool flags = false;  // NZCV.
};

enum class Kind : uint8_t {
  kCompute,  // Registers alone.
  kBranch,   // Conditional or to a register: what follows depends on what it reads.
  kJump,     // Direct: always goes there.
  kLoad,
  kStore,
  kLoadExclusive,
  kStoreExclusive,   // Writes its status to `status`.
  kReadModifyWrite,  // LSE: one access, always atomic.
  kCompareAndSwap,
  kBarrier,         // DMB, DSB.
  kContextBarrier,  // ISB.
  kClearExclusive,
  kSystemCall,
  kReadThreadPointer,  // TPIDR_EL0.
  kWriteThreadPointer,
  kReadCounter,  // The time, or a random number: what a replay must repeat.
  kZeroBlock,    // DC ZVA.
  kHint,         // Nothing, unless somebody gives `hint` a meaning.
  kNothing,      // Prefetches, cache maintenance.
  kOther,        // Not modelled: taken for a full barrier.
};

// What a DMB or DSB keeps apart: what comes before it from what comes after.
enum class Fence : uint8_t {
  kFull,
  kLoad,   // Loads from everything.
  kStore,  // Stores from stores.
};

enum class Writeback : uint8_t { kNone, kPre, kPost };

// What an LSE instruction makes of the old value (in memory) and its operand.
enum class Operation : uint8_t {
  kAdd,
  kClear,
  kXor,
  kSet,
  kSignedMax,
  kSignedMin,
  kMax,
  kMin,
  kSwap
};

// What DC ZVA sets to zero: DCZID_EL0 of QEMU's `-cpu max`.
inline constexpr unsigned kZeroBlockBytes = 512;

struct Instruction {
  uint32_t word = 0;
  Kind kind = Kind::kOther;
  Registers reads;   // Everything, those of the address and the data among them.
  Registers writes;  // What is written in part alone is also in `reads`.

  // The address: a base (kStackPointer is SP; kNoRegister: relative to the instruction), plus an
  // index or a constant.
  uint8_t base = kNoRegister;
  uint8_t index = kNoRegister;
  uint8_t extend = 0;  // Of the index, as the instruction has it: 2 UXTW, 3 LSL, 6 SXTW, 7 SXTX.
  uint8_t shift = 0;
  Writeback writeback = Writeback::kNone;
  int64_t offset = 0;  // In bytes. With kPost it is added afterwards.

  // The accesses: `elements` of 1 << `size` bytes each, one after another. Each is single-copy
  // atomic, unless it is larger than 8 bytes or not aligned.
  uint8_t size = 0;
  uint8_t elements = 0;
  // Where the elements come from or go to: `first`, and `second` if there are two. Structures
  // (LD1 to ST4) have `elements` of which each concerns all of their registers.
  uint8_t first = kNoRegister;  // 31 is zero here.
  uint8_t second = kNoRegister;
  uint8_t status = kNoRegister;  // Of a store exclusive; of an LSE operation: its operand; of a
                                 // compare-and-swap: what is compared, and receives the old value.
  bool vector = false;           // `first` and `second` are V registers.
  bool structure = false;
  bool sign_extends = false;
  bool to_64_bits = false;  // What is sign-extended.

  bool acquire = false;     // LDAR, LDAXR, an atomic's A.
  bool acquire_pc = false;  // LDAPR.
  bool release = false;     // STLR, STLXR, an atomic's L.

  Fence fence = Fence::kFull;             // kBarrier.
  Operation operation = Operation::kAdd;  // kReadModifyWrite.
  uint8_t hint = 0;                       // kHint.

  // The bytes of all accesses together.
  unsigned bytes() const { return unsigned{elements} << size; }
  bool IsPair() const { return second != kNoRegister; }
  bool Loads() const { return kind == Kind::kLoad || kind == Kind::kLoadExclusive || Modifies(); }
  bool Stores() const {
    return kind == Kind::kStore || kind == Kind::kStoreExclusive || kind == Kind::kZeroBlock ||
           Modifies();
  }
  bool Modifies() const { return kind == Kind::kReadModifyWrite || kind == Kind::kCompareAndSwap; }
  // Those that form the address.
  uint32_t AddressRegisters() const {
    uint32_t mask = 0;
    if (base != kNoRegister) mask |= uint32_t{1} << base;
    if (index != kNoRegister && index != 31) mask |= uint32_t{1} << index;
    return mask;
  }
};

}  // namespace hammerlock::emulate
