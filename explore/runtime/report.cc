// SPDX-License-Identifier: Apache-2.0
#include "explore/runtime/report.h"

#include <string.h>

#include "explore/runtime/cell.h"
#include "explore/runtime/pool.h"
#include "explore/runtime/runtime.h"
#include "explore/runtime/sentence.h"

namespace hammerlock::explore {

void ReportRace(uintptr_t address, const Thread& other, bool other_wrote, bool write,
                const char* kind, const void* pc) {
  RecordAccessThatFails(address, write, strcmp(kind, "atomic") == 0 ? "atomic" : nullptr, pc);
  RecordCulprit(address, other.id);
  FailHere(FailureKind::kRace,
           "data race: %s by thread %d at pc %p, and %s by thread %d, of address %#zx, with no "
           "order between them (%s)",
           write ? "write" : "read", Self().id, pc, other_wrote ? "write" : "read", other.id,
           address, kind);
}

void ReportUseAfterFree(uintptr_t address, bool write, const void* pc) {
  RecordAccessThatFails(address, write, nullptr, pc);
  RecordCulprit(address, -1);
  FailHere(FailureKind::kUseAfterFree, "use after free: %s by thread %d at pc %p of address %#zx",
           write ? "write" : "read", Self().id, pc, address);
}

void ReportUninitialised(uintptr_t address, const void* pc) {
  RecordAccessThatFails(address, false, "atomic", pc);
  RecordCulprit(address, -1);
  FailHere(FailureKind::kUninitialised,
           "atomic read by thread %d at pc %p of address %#zx, which nobody has written since it "
           "was allocated",
           Self().id, pc, address);
}

namespace {

// Who has what the thread waits for; -1: nobody in particular.
int HolderFor(const Thread& waiter) {
  if (const Thread* const awaited = AsThread(waiter.waits_on)) return awaited->id;
  const SyncObject* const state = FindSync(waiter.waits_on);
  return state != nullptr ? state->owner - 1 : -1;
}

// The number of threads that wait for each other in a circle, from this one on; 0: none do.
int CircleFrom(int first) {
  int at = first;
  for (int size = 1; size <= ThreadCount(); ++size) {
    if (ThreadById(at).finished) return 0;
    at = HolderFor(ThreadById(at));
    if (at < 0) return 0;
    if (at == first) return size;
  }
  return 0;
}

}  // namespace

void ReportDeadlock() {
  Sentence sentence;
  int circle = 0;
  for (int t = 0; t < ThreadCount(); ++t) {
    const Thread& thread = ThreadById(t);
    if (thread.finished) continue;
    sentence.AddThread(t);
    sentence.AddWaiting(thread);
    const int holder = HolderFor(thread);
    if (AsThread(thread.waits_on) != nullptr) {
      sentence.Add(" (thread %d's)", holder);
    } else if (holder >= 0 && holder != t) {
      sentence.Add(" that thread %d has%s", holder,
                   ThreadById(holder).finished ? ", which has ended" : "");
    }
    if (circle < 2) circle = CircleFrom(t);
  }
  if (circle >= 2) sentence.Add("; %d of them wait in a circle", circle);
  FailHere(FailureKind::kDeadlock, "deadlock: %s", sentence.text());
}

}  // namespace hammerlock::explore
