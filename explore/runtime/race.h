// SPDX-License-Identifier: Apache-2.0
//
// Plain accesses: races with other plain accesses and with atomic ones, use after free.
//
// Two conflicting accesses race if neither happens before the other, in whatever order they
// were executed here. As in FastTrack (Flanagan, Freund, PLDI 2009) a cell keeps the last write
// and the last read with their times; concurrent reads, and accesses to different bytes of a cell,
// are kept beside them. A record may be dropped when a later access that it happens before covers
// its bytes: whoever races with the dropped one races with the later one too.
#pragma once

#include <cstddef>
#include <cstdint>

#include "explore/runtime/cell.h"
#include "explore/runtime/mutation.h"
#include "explore/runtime/progress.h"
#include "explore/runtime/region.h"
#include "explore/runtime/report.h"
#include "explore/runtime/scheduler.h"
#include "explore/runtime/undo.h"

namespace hammerlock::explore {

// Whether no other thread has existed yet: everything so far happens before whatever comes.
extern bool g_solo;
// The calling thread's time.
extern Time g_now;
// Whether races are failures (race=1). Otherwise plain accesses are scheduling points, each of them
// at once: what programs that race on purpose take for granted.
extern bool g_race_checking;
// Whether they are at present: an interposed function's accesses are part of its one step.
extern bool g_plain_points;
// A cell's owner if that is the calling thread. A thread races with nobody in its own cells, and
// nothing is to be looked up there. kNobody: not while there is one thread, nor while accesses
// are recorded, ignored or points of choice (race=0).
extern uint8_t g_owner;
inline constexpr uint8_t kNobody = 0xff;
// What g_owner is while that thread runs beside others.
inline uint8_t OwnerOf(const Thread& thread) {
  const bool quick = !g_recording && !g_fair && g_race_checking &&
                     (thread.ignores_reads | thread.ignores_writes) == 0;
  return quick ? static_cast<uint8_t>(thread.id + 1) : kNobody;
}

// After something that it depends on has changed.
inline void RenewOwner(Thread& thread) {
  thread.owner = OwnerOf(thread);
  if (&thread == g_self && !g_solo) g_owner = thread.owner;
}

void PlainReadSlow(uintptr_t address, unsigned size, const void* pc);
void PlainWriteSlow(uintptr_t address, unsigned size, const void* pc);
// An access of any size, granule by granule.
void PlainRange(uintptr_t address, size_t size, bool write, const void* pc);

// An access, plain or atomic, while there is one thread: it races with nobody.
void AccessAlone(uintptr_t address, unsigned size, bool write, const void* pc);

// The accesses of an atomic location by each thread, for plain ones to look at: in memory.cc.
// A plain access to `mask` of this granule races if such an access does not happen before it.
void CheckAgainstAtomics(Cell& cell, uintptr_t address, uint8_t mask, bool write, const void* pc);
// A plain write ends the history of the atomic locations that it overlaps.
void EndHistories(Cell& cell, uint8_t mask);
// With race=0: all plain accesses have one order, which is an order of happens-before too. Programs
// that race on purpose take that for granted; values alone would leave what they publish stale.
void ReadPlainly(Cell& cell, uintptr_t granule, uint8_t mask);
void WritePlainly(Cell& cell, uintptr_t granule, uint8_t mask);

// Whether the address is a thread-local variable of this thread of the operating system (errno,
// what the C++ runtime library keeps): fibers share it, and switching gives each its own value.
bool IsOfSystemThread(uintptr_t address);
void PrepareRaces();

// free and malloc.
void Freed(uintptr_t address, size_t size, const void* pc);
void Allocated(uintptr_t address, size_t size);

// The cell of an access of up to 8 bytes, if the calling thread owns it; otherwise null.
inline Cell* OwnCell(uintptr_t address, unsigned size) {
  if (!Watching() || !InRegion(address) || (address & 7) + size > 8) return nullptr;
  Cell& cell = RegionCell(address);
  return cell.epoch == g_epoch && cell.owner == g_owner ? &cell : nullptr;
}

inline void PlainRead(uintptr_t address, unsigned size, const void* pc) {
  if (Cell* const cell = OwnCell(address, size)) {
    const uint8_t mask = MaskOf(address, size);
    if ((cell->read_mask & ~mask) == 0 || cell->read_time == g_now) {
      cell->read_mask |= mask;
      cell->read_time = g_now;
      return;
    }
  }
  PlainReadSlow(address, size, pc);
}

inline void PlainWrite(uintptr_t address, unsigned size, const void* pc) {
  if (Cell* const cell = OwnCell(address, size)) {
    const uint8_t mask = MaskOf(address, size);
    if (Mutated(Mutation::kOwnersForgetBytes)) cell->write_mask = 0;
    if ((cell->write_mask & ~mask) == 0 || cell->write_time == g_now) {
      cell->read_mask &= ~mask;
      cell->write_mask |= mask;
      cell->write_time = g_now;
      cell->written |= mask;
      return;
    }
  }
  PlainWriteSlow(address, size, pc);
}

void BeforeAtomicReadSlow(Cell& cell, uintptr_t address, uint8_t mask, const void* pc);
void BeforeAtomicWriteSlow(Cell& cell, uintptr_t address, const void* pc);
void AfterAtomicSlow(Cell& cell, uintptr_t address, uint8_t mask, bool write, const void* pc);

// An atomic access begins: its memory must be there, and what is read must have been written.
inline void BeforeAtomicRead(Cell& cell, uintptr_t address, uint8_t mask, const void* pc) {
  if (cell.freed || (InHeap(reinterpret_cast<void*>(address)) && (mask & ~cell.written) != 0)) {
    BeforeAtomicReadSlow(cell, address, mask, pc);
  }
}

inline void BeforeAtomicWrite(Cell& cell, uintptr_t address, uint8_t mask, const void* pc) {
  SaveForUndo(cell, address);
  cell.written |= mask;
  if (cell.freed) BeforeAtomicWriteSlow(cell, address, pc);
}

// An atomic access has been made, as far as plain ones are concerned. Only now: the store that it
// read may be what tells this thread of a plain write that came before that store.
inline void AfterAtomic(Cell& cell, uintptr_t address, uint8_t mask, bool write, const void* pc) {
  const uint8_t plain = write ? cell.write_mask | cell.read_mask : cell.write_mask;
  if ((plain & mask) != 0 || cell.more != 0) AfterAtomicSlow(cell, address, mask, write, pc);
}

}  // namespace hammerlock::explore
