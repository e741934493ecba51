// SPDX-License-Identifier: Apache-2.0
#include "explore/runtime/cell.h"

#include <sys/mman.h>

#include "explore/runtime/scheduler.h"

namespace hammerlock::explore {

uint32_t g_epoch = 0;
Cell* g_region_cells = nullptr;

namespace {

struct Outside {
  uintptr_t granule;
  Cell cell;
};

// Open addressing; an entry of an earlier epoch is free. Within an epoch none is taken out, so
// that a search may end at a free one.
Outside* outside = nullptr;
size_t capacity = size_t{1} << 12;
size_t used = 0;

void* Map(size_t bytes) {
  void* const p = mmap(nullptr, bytes, PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (p == MAP_FAILED) Unsupported("cannot reserve %zu MB of address space", bytes >> 20);
  return p;
}

Outside& Find(uintptr_t granule) {
  size_t at = (granule * 0x9e3779b97f4a7c15u) >> 20 & (capacity - 1);
  while (outside[at].cell.epoch == g_epoch && outside[at].granule != granule) {
    at = (at + 1) & (capacity - 1);
  }
  return outside[at];
}

void Grow() {
  Outside* const old = outside;
  const size_t old_capacity = capacity;
  capacity *= 4;
  outside = static_cast<Outside*>(Map(capacity * sizeof(Outside)));
  for (size_t i = 0; i < old_capacity; ++i) {
    if (old[i].cell.epoch == g_epoch) Find(old[i].granule) = old[i];
  }
  munmap(old, old_capacity * sizeof(Outside));
}

}  // namespace

Cell& OutsideCell(uintptr_t address) {
  const uintptr_t granule = address / 8;
  Outside* entry = &Find(granule);
  if (entry->cell.epoch != g_epoch) {
    if (used * 2 >= capacity) {
      // Cells move: nobody keeps a reference over another look-up.
      Grow();
      entry = &Find(granule);
    }
    ++used;
    entry->granule = granule;
    entry->cell = Cell{};
    entry->cell.epoch = g_epoch;
  }
  return entry->cell;
}

void ReserveCells() {
  g_region_cells = static_cast<Cell*>(Map(kRegionSize / 8 * sizeof(Cell)));
  outside = static_cast<Outside*>(Map(capacity * sizeof(Outside)));
}

void ResetCells() {
  used = 0;
  if (++g_epoch != 0) return;
  // Once in four billion executions: no old epoch may come back to life.
  madvise(g_region_cells, kRegionSize / 8 * sizeof(Cell), MADV_DONTNEED);
  madvise(outside, capacity * sizeof(Outside), MADV_DONTNEED);
  g_epoch = 1;
}

}  // namespace hammerlock::explore
