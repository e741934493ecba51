// SPDX-License-Identifier: Apache-2.0
//
// A cell says what happened to eight bytes of the program's memory in this execution: the plain
// accesses that a later one may race with, the atomic locations and the synchronisation objects
// that lie there, whether it is allocated and written.
//
// Cells of the region (stacks and heap of the program, region.h) lie in one array; those of
// globals and of memory from before the execution in a hash table. A cell of an earlier
// execution is recognised by its epoch, so that nothing is cleared between executions.
#pragma once

#include <cstdint>

#include "explore/runtime/clock.h"
#include "explore/runtime/mutation.h"
#include "explore/runtime/region.h"

namespace hammerlock::explore {

struct Location;
struct SyncObject;

struct Cell {
  uint32_t epoch;
  // The last plain write and the last plain read: who, which of the bytes, when. A mask of 0: none.
  uint8_t write_thread;
  uint8_t write_mask;
  uint8_t read_thread;
  uint8_t read_mask;
  Time write_time;
  Time read_time;
  uint32_t more;       // Further accesses: a place in the pool (race.cc); 0: none.
  uint32_t locations;  // Atomic locations: a place in the pool (memory.cc); 0: none.
  uint32_t syncs;      // Synchronisation objects: a place in the pool; 0: none.
  uint8_t written;     // Bytes that were written since their allocation (heap only).
  bool freed;
  bool saved;  // In the undo log.
  // The thread + 1 that made all plain accesses to it, if there is nothing else to look at: no
  // further accesses, no locations, not freed; both threads above are that one then. 0: see there.
  uint8_t owner;
};
static_assert(sizeof(Cell) == 32);

extern uint32_t g_epoch;  // Of this execution.
extern Cell* g_region_cells;

// The cell of a granule outside of the region.
Cell& OutsideCell(uintptr_t address);

// As the last execution that looked at it left it. REQUIRES: InRegion(address).
inline Cell& RegionCell(uintptr_t address) { return g_region_cells[(address - kRegionBase) / 8]; }

inline Cell& CellAt(uintptr_t address) {
  if (__builtin_expect(!InRegion(address), false)) return OutsideCell(address);
  Cell& cell = RegionCell(address);
  if (__builtin_expect(cell.epoch != g_epoch, false)) {
    cell = Cell{};
    cell.epoch = g_epoch;
  }
  return cell;
}

// The bytes of an access within its first granule, and how many bytes lie beyond it.
inline uint8_t MaskOf(uintptr_t address, unsigned size) {
  if (Mutated(Mutation::kNeighboursRace)) return 0xff;
  return static_cast<uint8_t>(((1u << size) - 1) << (address & 7));
}

void ReserveCells();
// Begins a new epoch.
void ResetCells();

}  // namespace hammerlock::explore
