// SPDX-License-Identifier: Apache-2.0
#include "explore/runtime/report.h"

#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#include "explore/runtime/region.h"
#include "explore/runtime/runtime.h"

namespace hammerlock::explore {
namespace {

constexpr size_t kMaxEvents = size_t{1} << 20;
Event* events = nullptr;
size_t event_count = 0;

}  // namespace

void ReportRace(uintptr_t address, const Thread& other, bool other_wrote, bool write,
                const char* kind, const void* pc) {
  FailHere(FailureKind::kRace,
           "data race: %s by thread %d at pc %p, and %s by thread %d, of address %#zx, with no "
           "order between them (%s)",
           write ? "write" : "read", Self().id, pc, other_wrote ? "write" : "read", other.id,
           address, kind);
}

void ReportUseAfterFree(uintptr_t address, bool write, const void* pc) {
  FailHere(FailureKind::kUseAfterFree, "use after free: %s by thread %d at pc %p of address %#zx",
           write ? "write" : "read", Self().id, pc, address);
}

void ReportUninitialised(uintptr_t address, const void* pc) {
  FailHere(FailureKind::kUninitialised,
           "atomic read by thread %d at pc %p of address %#zx, which nobody has written since it "
           "was allocated",
           Self().id, pc, address);
}

void ReportDeadlock() {
  char text[900];
  int used = 0;
  const int threads = ThreadCount();
  for (int t = 0; t < threads && used < static_cast<int>(sizeof(text)) - 80; ++t) {
    const Thread& thread = ThreadById(t);
    if (thread.finished) continue;
    used +=
        snprintf(text + used, sizeof(text) - used, "%sthread %d waits for a %s",
                 used == 0 ? "" : "; ", t, thread.waits_for != nullptr ? thread.waits_for : "turn");
  }
  FailHere(FailureKind::kDeadlock, "deadlock: %s", text);
}

void StartRecording() {
  if (events == nullptr) {
    events = static_cast<Event*>(mmap(nullptr, kMaxEvents * sizeof(Event), PROT_READ | PROT_WRITE,
                                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0));
  }
  event_count = 0;
}

size_t RecordedEvents(const Event** into) {
  *into = events;
  return event_count;
}

void RecordEvent(const Event& event) {
  if (event_count == kMaxEvents) return;
  Event& e = events[event_count++];
  e = event;
  e.thread = static_cast<uint8_t>(Self().id);
  e.step = g_step;
}

}  // namespace hammerlock::explore
