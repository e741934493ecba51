// SPDX-License-Identifier: Apache-2.0
//
// The system's clocks as views of the one virtual clock: each is that plus a constant.
#include "explore/runtime/posix_internal.h"
#include "explore/runtime/progress.h"

namespace hammerlock::explore::internal {
namespace {

constexpr uint64_t kSecond = 1'000'000'000;
// Later than this is never.
constexpr uint64_t kForever = uint64_t{1} << 62;

uint64_t OffsetOf(clockid_t clock) {
  switch (clock) {
    case CLOCK_REALTIME:
    case CLOCK_REALTIME_COARSE:
    case CLOCK_REALTIME_ALARM:
    case CLOCK_TAI:
      return 1'700'000'000 * kSecond;  // In November 2023.
    default:
      return 0;
  }
}

}  // namespace

uint64_t DeadlineOf(clockid_t clock, const timespec& time) {
  if (time.tv_sec < 0) return 0;
  const uint64_t seconds = static_cast<uint64_t>(time.tv_sec);
  if (seconds >= kForever / kSecond) return kForever;
  const uint64_t at = seconds * kSecond + static_cast<uint64_t>(time.tv_nsec);
  const uint64_t offset = OffsetOf(clock);
  return at > offset ? at - offset : 0;
}

uint64_t DeadlineAfter(const timespec& duration) {
  return Now() + DeadlineOf(CLOCK_MONOTONIC, duration);
}

timespec Reading(clockid_t clock) {
  if (g_fair) NoteTimeTold();
  const uint64_t at = Now() + OffsetOf(clock);
  return {static_cast<time_t>(at / kSecond), static_cast<long>(at % kSecond)};
}

void SleepUntil(uint64_t deadline) {
  static const char nobody_wakes_a_sleeper = 0;
  Point();
  BlockUntil(&nobody_wakes_a_sleeper, "sleep", deadline);
}

}  // namespace hammerlock::explore::internal
