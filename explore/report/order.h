// SPDX-License-Identifier: Apache-2.0
//
// What the events of an execution mean together: which store each load read, which newer ones it
// did not, and what synchronised with what. Events are named by their indices.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "explore/runtime/event.h"

namespace hammerlock::explore {

inline bool IsPlain(const Event& e) {
  return e.kind == Event::kPlainRead || e.kind == Event::kPlainWrite;
}
inline bool Stores(const Event& e) { return e.kind == Event::kStore || e.kind == Event::kModify; }
inline bool Reads(const Event& e) {
  return e.kind == Event::kLoad || e.kind == Event::kModify || e.kind == Event::kFailedExchange;
}
inline bool IsAtomic(const Event& e) { return Stores(e) || Reads(e); }
inline bool Writes(const Event& e) { return Stores(e) || e.kind == Event::kPlainWrite; }
inline bool Acquires(const Event& e) { return e.order != 0 && e.order != 3; }
inline bool Releases(const Event& e) { return e.order >= 3; }

// Whether an access to `size` bytes at `address` meets the event's. A size of 0 is unknown.
inline bool Overlaps(const Event& e, uintptr_t address, unsigned size) {
  const unsigned own = e.size == 0 ? 1 : e.size;
  return address < e.address + own && e.address < address + (size == 0 ? 1 : size);
}

struct Meaning {
  int reads = -1;  // The event that stored what it read; -1: none, or the initial value.
  // The stores newer than the one that was read, or stored; oldest first.
  std::vector<int> newer;
  // The releases of other threads that it synchronises with; of many only the first few.
  std::vector<int> synchronises;
  int holder = -1;  // Of a wait for a lock: the thread that has it.
};

// For each event.
std::vector<Meaning> MeaningsOf(const std::vector<Event>& events);

// The access that the failing one, the last before the failure, races with; -1: there is none.
struct Failure {
  int event = -1;   // Of the kind kFail; -1: the engine saw none.
  int access = -1;  // What failed.
  int other = -1;   // What it races with.
  int freed = -1;   // Where its memory was freed before.
  int block = -1;   // Where its memory was allocated.
};
Failure FailureOf(const std::vector<Event>& events);

}  // namespace hammerlock::explore
