// SPDX-License-Identifier: Apache-2.0
//
// Vector clocks: for each thread the time up to which its operations are known to have happened
// before. Lamport, "Time, clocks, and the ordering of events" (1978); Mattern (1989).
//
// The width follows the number of threads, in steps of eight lanes: one vector register on
// most machines. An execution that needs more lanes than it began with is begun again.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace hammerlock::explore {

// A thread's own count of its operations. Signed: it compares faster everywhere.
using Time = int32_t;
inline constexpr Time kNever = 0x7fffffff;

inline constexpr int kLanesAStep = 8;
typedef Time Lanes __attribute__((vector_size(sizeof(Time) * kLanesAStep)));

// In lanes, a multiple of kLanesAStep; constant during an execution.
extern int g_clock_width;

// Memory of an execution for clocks, aligned; gone with it.
Time* NewClock(Time fill);

// A clock, or none yet: then it is empty (all zero).
class Clock {
 public:
  bool empty() const { return times_ == nullptr; }
  Time operator[](int thread) const { return times_ ? times_[thread] : 0; }
  const Time* times() const { return times_; }
  Time* Mutable() { return times_ ? times_ : (times_ = NewClock(0)); }
  void Clear() { times_ = nullptr; }

 private:
  Time* times_ = nullptr;
};

// Calls f for the number of each vector of a clock.
template <class F>
inline void ForEachLanes(F f) {
  const unsigned n = static_cast<unsigned>(g_clock_width) / kLanesAStep;
  unsigned i = 0;
  do f(i);
  while (++i < n);
}

inline Lanes* LanesOf(Time* times) { return reinterpret_cast<Lanes*>(times); }
inline const Lanes* LanesOf(const Time* times) { return reinterpret_cast<const Lanes*>(times); }

// The later of two, lane by lane.
inline void KeepLater(Lanes& a, const Lanes& b) {
  const Lanes mask = a > b;
  a = (a & mask) | (b & ~mask);
}

inline void Fill(Time* into, Time with) {
  ForEachLanes([&](unsigned i) { LanesOf(into)[i] = Lanes{} + with; });
}

inline void Join(Time* into, const Time* from) {
  ForEachLanes([&](unsigned i) { KeepLater(LanesOf(into)[i], LanesOf(from)[i]); });
}
inline void Join(Clock& into, const Time* from) { Join(into.Mutable(), from); }
inline void Join(Clock& into, const Clock& from) {
  if (!from.empty()) Join(into.Mutable(), from.times());
}

inline void Copy(Time* into, const Time* from) {
  ForEachLanes([&](unsigned i) { LanesOf(into)[i] = LanesOf(from)[i]; });
}
inline void Copy(Clock& into, const Clock& from) {
  if (from.empty()) {
    into.Clear();
  } else {
    Copy(into.Mutable(), from.times());
  }
}

// Whether a lane of `a` is at most that of `b`.
inline bool AnyAtMost(const Time* a, const Time* b) {
  const unsigned n = static_cast<unsigned>(g_clock_width) / kLanesAStep;
  for (unsigned i = 0; i < n; ++i) {
    const Lanes later = LanesOf(a)[i] > LanesOf(b)[i];
    if (__builtin_reduce_and(later) == 0) return true;
  }
  return false;
}

// Whether every lane of `a` is at most that of `b`.
inline bool AllAtMost(const Time* a, const Time* b) {
  const unsigned n = static_cast<unsigned>(g_clock_width) / kLanesAStep;
  for (unsigned i = 0; i < n; ++i) {
    const Lanes later = LanesOf(a)[i] > LanesOf(b)[i];
    if (__builtin_reduce_or(later) != 0) return false;
  }
  return true;
}

}  // namespace hammerlock::explore
