// SPDX-License-Identifier: Apache-2.0
//
// How long something takes, by the real clock: the engine's is the program's.
#pragma once

#include <time.h>

namespace hammerlock::explore {

inline timespec TimeNow() {
  timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now;
}

inline double SecondsSince(const timespec& begin) {
  const timespec now = TimeNow();
  return static_cast<double>(now.tv_sec - begin.tv_sec) +
         static_cast<double>(now.tv_nsec - begin.tv_nsec) * 1e-9;
}

}  // namespace hammerlock::explore
