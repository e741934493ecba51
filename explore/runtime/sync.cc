// SPDX-License-Identifier: Apache-2.0
//
// State of synchronisation objects, by address.
#include <string.h>

#include "explore/runtime/cell.h"
#include "explore/runtime/pool.h"
#include "explore/runtime/progress.h"
#include "explore/runtime/race.h"
#include "explore/runtime/report.h"
#include "explore/runtime/scheduler.h"
#include "explore/runtime/undo.h"

namespace hammerlock::explore {

SyncObject& SyncAt(const void* address) {
  Cell& cell = CellAt(reinterpret_cast<uintptr_t>(address));
  if (cell.freed) ReportUseAfterFree(reinterpret_cast<uintptr_t>(address), true, nullptr);
  SyncObject* const first =
      cell.syncs == 0 ? nullptr : static_cast<SyncObject*>(g_pool.At(cell.syncs));
  for (SyncObject* s = first; s != nullptr; s = s->next) {
    if (s->address != address) continue;
    if (g_fair) NoteUsed(*s);
    return *s;
  }
  SyncObject* const made = static_cast<SyncObject*>(g_pool.Take(sizeof(SyncObject)));
  memset(static_cast<void*>(made), 0, sizeof(*made));
  made->address = address;
  made->next = first;
  if (g_fair) NoteUsed(*made);
  cell.syncs = g_pool.PlaceOf(made);
  return *made;
}

const SyncObject* FindSync(const void* address) {
  const Cell& cell = CellAt(reinterpret_cast<uintptr_t>(address));
  if (cell.syncs == 0) return nullptr;
  const SyncObject* s = static_cast<SyncObject*>(g_pool.At(cell.syncs));
  while (s != nullptr && s->address != address) s = s->next;
  return s;
}

void ForgetSync(const void* address) {
  Cell& cell = CellAt(reinterpret_cast<uintptr_t>(address));
  if (cell.syncs == 0) return;
  for (SyncObject* s = static_cast<SyncObject*>(g_pool.At(cell.syncs)); s != nullptr; s = s->next) {
    if (s->address != address) continue;
    SyncObject* const next = s->next;
    memset(static_cast<void*>(s), 0, sizeof(*s));
    s->address = address;
    s->next = next;
  }
}

void NoteWrite(void* address, size_t size) {
  const uintptr_t begin = reinterpret_cast<uintptr_t>(address);
  for (uintptr_t a = begin & ~uintptr_t{7}; a < begin + size; a += 8) {
    Cell& cell = CellAt(a);
    SaveForUndo(cell, a);
    cell.written = 0xff;
  }
}

namespace {

class WithinOneStep {
 public:
  WithinOneStep() : points_(g_plain_points) { g_plain_points = false; }
  ~WithinOneStep() { g_plain_points = points_; }
  WithinOneStep(const WithinOneStep&) = delete;
  WithinOneStep& operator=(const WithinOneStep&) = delete;

 private:
  const bool points_;
};

}  // namespace

void CheckRead(const void* address, size_t size, void* pc) {
  const WithinOneStep step;
  const uintptr_t at = reinterpret_cast<uintptr_t>(address);
  if (size <= 8) {
    PlainRead(at, static_cast<unsigned>(size), pc);
  } else {
    PlainRange(at, size, false, pc);
  }
}

void CheckWrite(void* address, size_t size, void* pc) {
  const WithinOneStep step;
  const uintptr_t at = reinterpret_cast<uintptr_t>(address);
  if (size <= 8) {
    PlainWrite(at, static_cast<unsigned>(size), pc);
  } else {
    PlainRange(at, size, true, pc);
  }
}

}  // namespace hammerlock::explore
