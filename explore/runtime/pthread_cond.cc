// SPDX-License-Identifier: Apache-2.0
//
// Condition variables. A wait releases the mutex and blocks in one step; a signal wakes one
// waiter, of the engine's choice. Neither orders anything: happens-before comes from the mutex.
// Now and then a wait returns although nobody signalled, as the standards allow.
#include "explore/runtime/choose.h"
#include "explore/runtime/posix_internal.h"
#include "explore/runtime/recording.h"

namespace hammerlock::explore::internal {
namespace {

// In glibc's __wrefs the lowest bits are flags; no program has this many waiters.
constexpr unsigned kDestroyed = 0xffffffff;
constexpr unsigned kMonotonicBit = 2;

// A wait returns spuriously one time in so many.
constexpr unsigned kSpuriousRarity = 16;

// For a Deadline: the clock that the condition variable was initialised with.
constexpr clockid_t kItsClock = -1;

unsigned FlagsOf(pthread_cond_t* condition, const char* done, void* caller) {
  const unsigned& flags = condition->__data.__wrefs;
  CheckRead(&flags, sizeof(flags), caller);
  if (flags == kDestroyed) {
    FailHere(FailureKind::kMisuse, "a destroyed condition variable is %s", done);
  }
  return flags;
}

}  // namespace

int WaitOnCondition(pthread_cond_t* condition, pthread_mutex_t* mutex, const Deadline* deadline,
                    void* caller) {
  Point();
  const unsigned flags = FlagsOf(condition, "waited on", caller);
  if (deadline != nullptr && !Valid(*deadline->at)) return EINVAL;
  Deadline on_its_clock{flags & kMonotonicBit ? CLOCK_MONOTONIC : CLOCK_REALTIME, nullptr};
  if (deadline != nullptr && deadline->clock == kItsClock) {
    on_its_clock.at = deadline->at;
    deadline = &on_its_clock;
  }
  const bool spurious = Rarely(kSpuriousRarity);
  if (const int error = ReleaseForWait(mutex, caller)) return error;
  int result = 0;
  if (spurious) {
    RecordSync(Event::kOther, condition, "wakes up without cause: condition variable");
    Point();
  } else {
    result = WaitFor(condition, "condition variable", deadline);
  }
  ReacquireAfterWait(mutex);
  return result;
}

int SignalCondition(pthread_cond_t* condition, int threads, void* caller) {
  Point();
  FlagsOf(condition, "signalled", caller);
  const int woken = Wake(condition, threads);
  RecordSync(Event::kNotify, condition, "condition variable", static_cast<uint64_t>(woken),
             g_woken);
  return 0;
}

int DestroyCondition(pthread_cond_t* condition, void* caller) {
  FlagsOf(condition, "destroyed", caller);
  if (HasWaiters(condition)) {
    FailHere(FailureKind::kMisuse, "a condition variable is destroyed on which a thread waits");
  }
  CheckWrite(condition, sizeof(*condition), caller);
  condition->__data.__wrefs = kDestroyed;
  ForgetSync(condition);
  return 0;
}

}  // namespace hammerlock::explore::internal

using namespace hammerlock::explore;
using namespace hammerlock::explore::internal;

extern "C" {

int pthread_cond_init(pthread_cond_t* condition, const pthread_condattr_t* attributes) noexcept {
  if (Watching()) {
    CheckWrite(condition, sizeof(*condition), HAMMERLOCK_CALLER);
    ForgetSync(condition);
  }
  return HAMMERLOCK_REAL(pthread_cond_init)(condition, attributes);
}

int pthread_cond_destroy(pthread_cond_t* condition) noexcept {
  if (!Watching()) return HAMMERLOCK_REAL(pthread_cond_destroy)(condition);
  return DestroyCondition(condition, HAMMERLOCK_CALLER);
}

int pthread_cond_wait(pthread_cond_t* condition, pthread_mutex_t* mutex) {
  if (!Watching()) return HAMMERLOCK_REAL(pthread_cond_wait)(condition, mutex);
  return WaitOnCondition(condition, mutex, nullptr, HAMMERLOCK_CALLER);
}

int pthread_cond_timedwait(pthread_cond_t* condition, pthread_mutex_t* mutex, const timespec* at) {
  if (!Watching()) return HAMMERLOCK_REAL(pthread_cond_timedwait)(condition, mutex, at);
  const Deadline deadline{kItsClock, at};
  return WaitOnCondition(condition, mutex, &deadline, HAMMERLOCK_CALLER);
}

int pthread_cond_clockwait(pthread_cond_t* condition, pthread_mutex_t* mutex, clockid_t clock,
                           const timespec* at) {
  if (!Watching()) return HAMMERLOCK_REAL(pthread_cond_clockwait)(condition, mutex, clock, at);
  if (clock != CLOCK_REALTIME && clock != CLOCK_MONOTONIC) return EINVAL;
  const Deadline deadline{clock, at};
  return WaitOnCondition(condition, mutex, &deadline, HAMMERLOCK_CALLER);
}

int pthread_cond_signal(pthread_cond_t* condition) noexcept {
  if (!Watching()) return HAMMERLOCK_REAL(pthread_cond_signal)(condition);
  return SignalCondition(condition, 1, HAMMERLOCK_CALLER);
}

int pthread_cond_broadcast(pthread_cond_t* condition) noexcept {
  if (!Watching()) return HAMMERLOCK_REAL(pthread_cond_broadcast)(condition);
  return SignalCondition(condition, kAll, HAMMERLOCK_CALLER);
}

}  // extern "C"
