// SPDX-License-Identifier: Apache-2.0
//
// Clocks and sleeps, on the virtual clock: an execution takes no time, and repeats.
#include <poll.h>
#include <sched.h>
#include <sys/select.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include "explore/runtime/posix_internal.h"

namespace hammerlock::explore::internal {
namespace {

constexpr long kNanosecondsAMicrosecond = 1000;
constexpr long kMicrosecondsASecond = 1'000'000;

timespec FromMicroseconds(uint64_t microseconds) {
  return {static_cast<time_t>(microseconds / kMicrosecondsASecond),
          static_cast<long>(microseconds % kMicrosecondsASecond) * kNanosecondsAMicrosecond};
}

void SleepFor(const timespec& duration) {
  if (duration.tv_sec == 0 && duration.tv_nsec == 0) {
    Yield();
  } else {
    SleepUntil(DeadlineAfter(duration));
  }
}

// 0 or an errno value. Nothing interrupts a sleep: there is never a remaining time to tell.
int Sleep(clockid_t clock, int flags, const timespec* time, void* caller) {
  CheckRead(time, sizeof(*time), caller);
  if (!Valid(*time) || time->tv_sec < 0) return EINVAL;
  if (flags & TIMER_ABSTIME) {
    SleepUntil(DeadlineOf(clock, *time));
  } else {
    SleepFor(*time);
  }
  return 0;
}

timespec Read(clockid_t clock) {
  Point();
  return Reading(clock);
}

}  // namespace
}  // namespace hammerlock::explore::internal

using namespace hammerlock::explore;
using namespace hammerlock::explore::internal;

extern "C" {

int sched_yield() noexcept {
  if (!Watching()) return HAMMERLOCK_REAL(sched_yield)();
  Yield();
  return 0;
}

int nanosleep(const timespec* duration, timespec* remaining) {
  if (!Watching()) return HAMMERLOCK_REAL(nanosleep)(duration, remaining);
  const int error = Sleep(CLOCK_MONOTONIC, 0, duration, HAMMERLOCK_CALLER);
  if (error == 0) return 0;
  errno = error;
  return -1;
}

int clock_nanosleep(clockid_t clock, int flags, const timespec* time, timespec* remaining) {
  if (!Watching()) return HAMMERLOCK_REAL(clock_nanosleep)(clock, flags, time, remaining);
  return Sleep(clock, flags, time, HAMMERLOCK_CALLER);
}

int usleep(useconds_t microseconds) {
  if (!Watching()) return HAMMERLOCK_REAL(usleep)(microseconds);
  SleepFor(FromMicroseconds(microseconds));
  return 0;
}

unsigned sleep(unsigned seconds) {
  if (!Watching()) return HAMMERLOCK_REAL(sleep)(seconds);
  SleepFor({static_cast<time_t>(seconds), 0});
  return 0;
}

int clock_gettime(clockid_t clock, timespec* into) noexcept {
  if (!Watching()) return HAMMERLOCK_REAL(clock_gettime)(clock, into);
  const timespec now = Read(clock);
  CheckWrite(into, sizeof(*into), HAMMERLOCK_CALLER);
  *into = now;
  return 0;
}

int gettimeofday(timeval* into, void* zone) noexcept {
  if (!Watching()) return HAMMERLOCK_REAL(gettimeofday)(into, zone);
  const timespec now = Read(CLOCK_REALTIME);
  CheckWrite(into, sizeof(*into), HAMMERLOCK_CALLER);
  *into = {now.tv_sec, now.tv_nsec / kNanosecondsAMicrosecond};
  return 0;
}

time_t time(time_t* into) noexcept {
  if (!Watching()) return HAMMERLOCK_REAL(time)(into);
  const time_t now = Read(CLOCK_REALTIME).tv_sec;
  if (into != nullptr) {
    CheckWrite(into, sizeof(*into), HAMMERLOCK_CALLER);
    *into = now;
  }
  return now;
}

int timespec_get(timespec* into, int base) noexcept {
  if (!Watching()) return HAMMERLOCK_REAL(timespec_get)(into, base);
  if (base != TIME_UTC) return 0;
  const timespec now = Read(CLOCK_REALTIME);
  CheckWrite(into, sizeof(*into), HAMMERLOCK_CALLER);
  *into = now;
  return base;
}

clock_t clock() noexcept {
  if (!Watching()) return HAMMERLOCK_REAL(clock)();
  const timespec now = Read(CLOCK_PROCESS_CPUTIME_ID);
  return now.tv_sec * CLOCKS_PER_SEC + now.tv_nsec / kNanosecondsAMicrosecond;
}

// Without descriptors these two are sleeps. Otherwise what is ready is told; to wait for it would
// stop every thread.
int poll(pollfd* descriptors, nfds_t count, int milliseconds) {
  if (!Watching()) return HAMMERLOCK_REAL(poll)(descriptors, count, milliseconds);
  if (count != 0) {
    const int ready = HAMMERLOCK_REAL(poll)(descriptors, count, 0);
    if (ready == 0 && milliseconds != 0) Unsupported("waiting for file descriptors (poll)");
    return ready;
  }
  if (milliseconds < 0) {
    SleepUntil(UINT64_MAX);
  } else {
    SleepFor(FromMicroseconds(uint64_t{1000} * static_cast<unsigned>(milliseconds)));
  }
  return 0;
}

int select(int count, fd_set* reads, fd_set* writes, fd_set* exceptions, timeval* time) {
  if (!Watching()) return HAMMERLOCK_REAL(select)(count, reads, writes, exceptions, time);
  if (reads != nullptr || writes != nullptr || exceptions != nullptr) {
    timeval zero{};
    const bool waits = time == nullptr || time->tv_sec != 0 || time->tv_usec != 0;
    const int ready = HAMMERLOCK_REAL(select)(count, reads, writes, exceptions, &zero);
    if (ready == 0 && waits) Unsupported("waiting for file descriptors (select)");
    return ready;
  }
  if (time == nullptr) {
    SleepUntil(UINT64_MAX);
  } else {
    SleepFor({time->tv_sec, time->tv_usec * kNanosecondsAMicrosecond});
  }
  return 0;
}

}  // extern "C"
