// SPDX-License-Identifier: Apache-2.0
//
// Purpose: waiting, with a lock released, until another thread says that something has changed.
// Thread safety: all members may be called from any thread, notify_*() with or without the lock.
// Progress: notify_*() is wait-free but for the kernel; wait*() blocks. Woken threads compete for
// the lock without order.
//
// The waits take a std::unique_lock<Mutex>, as those of std::condition_variable do, or the locked
// Mutex itself; any BasicLockable will do. As with std's, they may return for no reason: wait in a
// loop, or give the predicate.
//
// Invariants
//   1. waiters_ is the number of threads between Enter() and Leave(). Enter() comes before the
//      waiter unlocks, Leave() before it locks again.
//   2. Every notify that finds waiters_ != 0 changes sequence_ before it wakes.
//   3. A waiter sleeps only while sequence_ still is what it was in Enter().
//
// Why no wake-up is lost. Let a notify happen after a wait released the lock: that is, the notifier
// locked, changed the state and unlocked, after the waiter had found the old state and unlocked; it
// matters not whether it notifies before or after its unlock. Then Enter() happens before the
// notify. So by coherence the notifier sees the waiter counted (1), and its change of sequence_
// comes later than the value the waiter holds (2). Either the kernel sees that change when the
// waiter goes to sleep, and refuses (3), or the waiter sleeps already, and is among those of whom
// notify_one() wakes one. Whoever that is began to wait before the notify returned, as the standard
// asks. (A waiter sleeps through a notify if exactly a multiple of 2^32 of them fall between its
// Enter() and its going to sleep.)
//
// Reclamation: nothing is allocated. The destructor waits until every notified thread has left, so,
// as with std's, a thread may destroy the condition variable as soon as it has notified all
// waiters.
// Source: Drepper, "Futexes are tricky", 2011; [thread.condition] of the C++20 standard.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>  // std::cv_status
#include <cstdint>

#include "primitives/internal/deadline.h"
#include "primitives/internal/spin.h"
#include "primitives/internal/thread_annotations.h"

namespace hammerlock {

class ConditionVariable {
 public:
  constexpr ConditionVariable() = default;
  ConditionVariable(const ConditionVariable&) = delete;
  ConditionVariable& operator=(const ConditionVariable&) = delete;
  // REQUIRES: every waiting thread has been notified.
  ~ConditionVariable();

  void notify_one() {
    if (HasWaiters()) Wake(1);
  }
  void notify_all() {
    if (HasWaiters()) WakeAll();
  }

  // REQUIRES, of all waits: the calling thread holds `lock`, and holds it again on return.
  // Not analysed: the analysis cannot follow a lock through a template parameter.
  template <class Lock>
  void wait(Lock& lock) ABSL_NO_THREAD_SAFETY_ANALYSIS {
    const std::uint32_t sequence = Enter();
    lock.unlock();
    Block(sequence);
    lock.lock();
  }

  template <class Lock, class Predicate>
  void wait(Lock& lock, Predicate predicate) {
    while (!predicate()) wait(lock);
  }

  // The timed waits without a predicate return timeout only if the deadline ended the wait; those
  // with one return predicate(). A clock other than steady_clock is read once, at the beginning:
  // setting it during the wait has no effect.
  template <class Lock, class Clock, class Duration>
  std::cv_status wait_until(Lock& lock, const std::chrono::time_point<Clock, Duration>& time) {
    return WaitUntil(lock, internal::DeadlineAt(time));
  }

  template <class Lock, class Clock, class Duration, class Predicate>
  bool wait_until(Lock& lock, const std::chrono::time_point<Clock, Duration>& time,
                  Predicate predicate) {
    return WaitUntil(lock, internal::DeadlineAt(time), predicate);
  }

  template <class Lock, class Rep, class Period>
  std::cv_status wait_for(Lock& lock, const std::chrono::duration<Rep, Period>& duration) {
    return WaitUntil(lock, internal::DeadlineAfter(duration));
  }

  template <class Lock, class Rep, class Period, class Predicate>
  bool wait_for(Lock& lock, const std::chrono::duration<Rep, Period>& duration,
                Predicate predicate) {
    return WaitUntil(lock, internal::DeadlineAfter(duration), predicate);
  }

 private:
  template <class Lock>
  std::cv_status WaitUntil(Lock& lock, internal::Deadline deadline) ABSL_NO_THREAD_SAFETY_ANALYSIS {
    const std::uint32_t sequence = Enter();
    lock.unlock();
    const bool in_time = BlockUntil(sequence, deadline);
    lock.lock();
    return in_time ? std::cv_status::no_timeout : std::cv_status::timeout;
  }

  template <class Lock, class Predicate>
  bool WaitUntil(Lock& lock, internal::Deadline deadline, Predicate& predicate) {
    while (!predicate()) {
      if (WaitUntil(lock, deadline) == std::cv_status::timeout) return predicate();
    }
    return true;
  }

  // Relaxed: that a notify which has to see the waiter does see it follows from the lock, which the
  // waiter released and the notifier acquired in between (see above).
  bool HasWaiters() const { return waiters_.load(std::memory_order_relaxed) != 0; }

  std::uint32_t Enter();
  void Leave();
  void Block(std::uint32_t sequence);
  bool BlockUntil(std::uint32_t sequence, internal::Deadline deadline);
  void Wake(int count);
  void WakeAll();

  std::atomic<std::uint32_t> sequence_ = 0;
  std::atomic<std::uint32_t> waiters_ = 0;
  internal::AdaptiveSpin spin_;
};

}  // namespace hammerlock
