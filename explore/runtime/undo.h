// SPDX-License-Identifier: Apache-2.0
//
// The undo log: what the program's globals, and memory from before the execution, held before
// this execution wrote to them. Putting it back costs as much as was written, however large the
// globals are.
#pragma once

#include <cstddef>
#include <cstdint>

#include "explore/runtime/cell.h"

namespace hammerlock::explore {

struct Undo {
  uintptr_t granule;  // An address, a multiple of 8.
  uint64_t value;
  Undo* next;
};
extern Undo* g_undo;

void LogUndo(Cell& cell, uintptr_t address);

// Call it before a write of up to 8 bytes within one granule. Memory of the region is made anew
// by each execution itself.
inline void SaveForUndo(Cell& cell, uintptr_t address) {
  if (!InRegion(address) && !cell.saved) LogUndo(cell, address);
}

// Puts everything back.
void UndoAll();

}  // namespace hammerlock::explore
