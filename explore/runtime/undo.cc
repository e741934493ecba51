// SPDX-License-Identifier: Apache-2.0
#include "explore/runtime/undo.h"

#include "explore/runtime/pool.h"

namespace hammerlock::explore {

Undo* g_undo = nullptr;

void LogUndo(Cell& cell, uintptr_t address) {
  const uintptr_t granule = address & ~uintptr_t{7};
  Undo* const undo = static_cast<Undo*>(g_pool.Take(sizeof(Undo)));
  undo->granule = granule;
  undo->value = *reinterpret_cast<const uint64_t*>(granule);
  undo->next = g_undo;
  g_undo = undo;
  cell.saved = true;
}

void UndoAll() {
  for (; g_undo != nullptr; g_undo = g_undo->next) {
    *reinterpret_cast<uint64_t*>(g_undo->granule) = g_undo->value;
  }
}

}  // namespace hammerlock::explore
