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
#include "explore/runtime/scheduler.h"
#include "explore/runtime/undo.h"

namespace hammerlock::explore {

// Whether no other thread has existed yet: everything so far happens before whatever comes.
extern bool g_solo;
// The calling thread's time.
extern Time g_now;
// Whether races are failures (race=1).
extern bool g_race_checking;

void PlainReadSlow(Cell& cell, uintptr_t address, uint8_t mask, const void* pc);
void PlainWriteSlow(Cell& cell, uintptr_t address, uint8_t mask, const void* pc);
// An access of any size, granule by granule.
void PlainRange(uintptr_t address, size_t size, bool write, const void* pc);

// An atomic access as far as plain ones are concerned.
void AtomicRead(Cell& cell, uintptr_t address, uint8_t mask, const void* pc);
void AtomicWrite(Cell& cell, uintptr_t address, uint8_t mask, const void* pc);

// The accesses of an atomic location by each thread, for plain ones to look at: in memory.cc.
// A plain access to `mask` of this granule races if such an access does not happen before it.
void CheckAgainstAtomics(Cell& cell, uintptr_t address, uint8_t mask, bool write, const void* pc);
// A plain write ends the history of the atomic locations that it overlaps.
void EndHistories(Cell& cell, uint8_t mask);

// Whether the address is a thread-local variable of this thread of the operating system (errno,
// what the C++ runtime library keeps): fibers share it, and switching gives each its own value.
bool IsOfSystemThread(uintptr_t address);
void PrepareRaces();

// free and malloc.
void Freed(uintptr_t address, size_t size, const void* pc);
void Allocated(uintptr_t address, size_t size);

inline void PlainRead(uintptr_t address, unsigned size, const void* pc) {
  if (!Watching() || g_solo) return;
  if (__builtin_expect((address & 7) + size > 8, false)) {
    return PlainRange(address, size, false, pc);
  }
  Cell& cell = CellAt(address);
  const uint8_t mask = MaskOf(address, size);
  // What this thread has just read or written itself cannot have changed without a race.
  const uint8_t id = static_cast<uint8_t>(Self().id);
  if (cell.read_time == g_now && cell.read_thread == id && (mask & ~cell.read_mask) == 0) return;
  if (cell.write_time == g_now && cell.write_thread == id && (mask & ~cell.write_mask) == 0) return;
  PlainReadSlow(cell, address, mask, pc);
}

inline void PlainWrite(uintptr_t address, unsigned size, const void* pc) {
  if (!Watching()) return;
  if (__builtin_expect((address & 7) + size > 8, false)) {
    return PlainRange(address, size, true, pc);
  }
  Cell& cell = CellAt(address);
  const uint8_t mask = MaskOf(address, size);
  if (cell.write_time == g_now && cell.write_thread == static_cast<uint8_t>(Self().id) &&
      (mask & ~cell.write_mask) == 0 && (cell.read_mask | cell.locations) == 0) {
    return;
  }
  PlainWriteSlow(cell, address, mask, pc);
}

}  // namespace hammerlock::explore
