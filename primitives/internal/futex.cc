// SPDX-License-Identifier: Apache-2.0
#include "primitives/internal/futex.h"

#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <climits>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <ctime>

namespace hammerlock::internal {
namespace {

// Returns 0 or the error number. A lock operation must not disturb the caller's errno.
int Futex(const void* word, int operation, std::uint32_t value, const timespec* deadline) {
  const int saved_errno = errno;
  const long result = syscall(SYS_futex, word, operation | FUTEX_PRIVATE_FLAG, value, deadline,
                              nullptr, FUTEX_BITSET_MATCH_ANY);
  const int error = result == -1 ? errno : 0;
  errno = saved_errno;
  return error;
}

// Waits and returns whether the deadline ended it; nullptr: no deadline.
bool TimedOut(const void* word, std::uint32_t expected, const timespec* deadline) {
  // FUTEX_WAIT_BITSET and not FUTEX_WAIT, because its time-out is absolute, by CLOCK_MONOTONIC.
  switch (const int error = Futex(word, FUTEX_WAIT_BITSET, expected, deadline)) {
    case 0:
    case EAGAIN:  // the word had already changed
    case EINTR:
      return false;
    case ETIMEDOUT:
      return true;
    default:
      std::fprintf(
          stderr,
          "hammerlock: futex wait failed with error %d: cannot happen, because the word is "
          "mapped and aligned and the deadline is a valid time\n",
          error);
      std::abort();
  }
}

}  // namespace

void FutexWait(const void* word, std::uint32_t expected) { TimedOut(word, expected, nullptr); }

bool FutexWaitUntil(const void* word, std::uint32_t expected,
                    std::chrono::steady_clock::time_point deadline) {
  // The kernel refuses times before the clock's epoch; they have passed in any case.
  const auto since_epoch = std::max(deadline.time_since_epoch(), std::chrono::nanoseconds::zero());
  const auto seconds = std::chrono::floor<std::chrono::seconds>(since_epoch);
  timespec time{};
  time.tv_sec = static_cast<std::time_t>(seconds.count());
  time.tv_nsec = static_cast<long>((since_epoch - seconds).count());
  return !TimedOut(word, expected, &time);
}

void FutexWake(const void* word, int count) {
  // Errors are of no interest: EFAULT only says that the word has been unmapped (invariant 3).
  Futex(word, FUTEX_WAKE, static_cast<std::uint32_t>(count), nullptr);
}

void FutexWakeAll(const void* word) { FutexWake(word, INT_MAX); }

}  // namespace hammerlock::internal
