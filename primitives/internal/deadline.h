// SPDX-License-Identifier: Apache-2.0
//
// Purpose: turns the durations and time points of the standard's timed functions into the one kind
// of deadline that the kernel waits for, without overflow ("wait for hours::max()" is common code).
// Thread safety: pure functions of their argument and the clocks.
#pragma once

#include <chrono>
#include <type_traits>

namespace hammerlock::internal {

using Deadline = std::chrono::steady_clock::time_point;

// The first instant of steady_clock that is at least `duration` away; now if `duration` is not
// positive; Deadline::max() if it is more than a hundred years.
template <class Rep, class Period>
Deadline DeadlineAfter(const std::chrono::duration<Rep, Period>& duration) {
  constexpr std::chrono::duration<double> kHundredYears = std::chrono::hours(24 * 365 * 100);
  const Deadline now = std::chrono::steady_clock::now();
  const std::chrono::duration<double> approximate = duration;
  if (approximate.count() <= 0) return now;
  if (!(approximate < kHundredYears)) return Deadline::max();
  return now + std::chrono::ceil<Deadline::duration>(duration);
}

// The same for a time point of any clock. A clock other than steady_clock is read once, here: if it
// is set while the caller sleeps, the caller does not notice.
template <class Clock, class Duration>
Deadline DeadlineAt(const std::chrono::time_point<Clock, Duration>& time) {
  using Seconds = std::chrono::duration<double>;
  if constexpr (std::is_same_v<std::chrono::time_point<Clock, Duration>, Deadline>) {
    return time;
  } else {
    const auto now = Clock::now();
    const Seconds approximate = Seconds(time.time_since_epoch()) - Seconds(now.time_since_epoch());
    // Decades away in either direction: the exact difference might overflow.
    constexpr Seconds kFar = std::chrono::hours(24 * 365 * 50);
    if (approximate > kFar || approximate < -kFar) return DeadlineAfter(approximate);
    return DeadlineAfter(time - now);
  }
}

}  // namespace hammerlock::internal
