// SPDX-License-Identifier: Apache-2.0
//
// For each thread the time of its first access to a store, which makes the store known to those who
// know of that time.
//
// While few threads are there: a clock. Otherwise the few that there are of most stores, so that
// neither making a store nor asking for it costs more with more threads; a clock again for a store
// that many threads have read.
#pragma once

#include <cstdint>

#include "explore/runtime/clock.h"
#include "explore/runtime/pool.h"

namespace hammerlock::explore {

class alignas(sizeof(Lanes)) Accesses {
 public:
  void Clear() {
    if (g_clock_width == kLanesAStep) {
      Fill(lanes_, kNever);
    } else {
      few_.count = 0;
      few_.clock = 0;
    }
  }

  // An access; only the first one of each thread counts.
  void Add(int thread, Time time) {
    if (g_clock_width != kLanesAStep) return AddToFew(thread, time);
    if (lanes_[thread] == kNever) lanes_[thread] = time;
  }

  // Whether one of them happens before what has the clock `known`.
  bool AnyKnown(const Time* known) const {
    if (g_clock_width == kLanesAStep) return AnyAtMost(lanes_, known);
    if (few_.clock != 0) return AnyAtMost(ClockOf(few_.clock), known);
    for (unsigned i = 0; i < few_.count; ++i) {
      if (few_.time[i] <= known[few_.thread[i]]) return true;
    }
    return false;
  }

 private:
  static constexpr unsigned kFew = 3;

  struct Few {
    uint32_t clock;  // A place in the pool: of a clock that has all of them. 0: there is none.
    uint8_t count;
    uint8_t thread[kFew];
    Time time[kFew];
  };

  static Time* ClockOf(uint32_t place) { return static_cast<Time*>(g_pool.At(place)); }

  void AddToFew(int thread, Time time) {
    if (few_.clock != 0) {
      Time& first = ClockOf(few_.clock)[thread];
      if (first == kNever) first = time;
      return;
    }
    for (unsigned i = 0; i < few_.count; ++i) {
      if (few_.thread[i] == thread) return;
    }
    if (few_.count == kFew) return Widen(thread, time);
    few_.thread[few_.count] = static_cast<uint8_t>(thread);
    few_.time[few_.count++] = time;
  }

  __attribute__((noinline)) void Widen(int thread, Time time) {
    Time* const clock = NewClock(kNever);
    for (unsigned i = 0; i < few_.count; ++i) clock[few_.thread[i]] = few_.time[i];
    clock[thread] = time;
    few_.clock = g_pool.PlaceOf(clock);
  }

  union {
    Time lanes_[kLanesAStep];
    Few few_;
  };
};
static_assert(sizeof(Accesses) == sizeof(Lanes));

}  // namespace hammerlock::explore
