// SPDX-License-Identifier: Apache-2.0
//
// Purpose: the lock to take when nothing speaks for another: 8 bytes, one atomic operation each way
// when uncontended; waiters spin for as long as that has paid lately, then sleep in the kernel.
// Thread safety: all members may be called from any thread; unlock() also from another thread than
// the one that locked. Not recursive. Meets Lockable and TimedLockable (timing costs the other
// functions nothing, so there is no separate type for it). For waiting on a condition see
// condition_variable.h.
// Progress: try_lock() is wait-free. lock() blocks, without order among the waiters: a thread that
// comes by may overtake those asleep, which is where the speed comes from.
//
// Invariants
//   1. state_ is kFree, kLocked, or kContended; it is not kFree exactly while a thread owns the
//      lock.
//   2. If any thread sleeps on state_, then state_ is kContended, or one thread that was woken (or
//      found the word changed) is on its way to making it so. For a thread makes it kContended
//      immediately before each sleep, and whoever replaces kContended by kFree wakes one. The woken
//      thread does not know whether it was the last, so it takes the lock as kContended; at worst
//      one wake-up finds nobody.
//   3. A sleeper whose deadline has passed leaves without changing state_: had a wake-up been meant
//      for it, it would have been told so, and it looks at state_ once more before it gives up.
// Reclamation: nothing is allocated. After the exchange in unlock() only the lock's address is
// used, never its memory, so the next owner may destroy it.
// Source: Drepper, "Futexes are tricky", 2011, section 5 (its mutex 2).
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>

#include "primitives/internal/deadline.h"
#include "primitives/internal/futex.h"
#include "primitives/internal/spin.h"
#include "primitives/internal/thread_annotations.h"

namespace hammerlock {

class ABSL_LOCKABLE Mutex {
 public:
  constexpr Mutex() = default;
  Mutex(const Mutex&) = delete;
  Mutex& operator=(const Mutex&) = delete;

  void lock() ABSL_EXCLUSIVE_LOCK_FUNCTION() {
    if (!TryLock()) [[unlikely]] {
      LockSlow();
    }
  }

  bool try_lock() ABSL_EXCLUSIVE_TRYLOCK_FUNCTION(true) { return TryLock(); }

  template <class Rep, class Period>
  bool try_lock_for(const std::chrono::duration<Rep, Period>& duration)
      ABSL_EXCLUSIVE_TRYLOCK_FUNCTION(true) {
    return TryLock() || TryLockSlow(internal::DeadlineAfter(duration));
  }

  // A clock other than steady_clock is read once: setting it during the wait has no effect.
  template <class Clock, class Duration>
  bool try_lock_until(const std::chrono::time_point<Clock, Duration>& time)
      ABSL_EXCLUSIVE_TRYLOCK_FUNCTION(true) {
    return TryLock() || TryLockSlow(internal::DeadlineAt(time));
  }

  // REQUIRES: the lock is held.
  void unlock() HAMMERLOCK_UNLOCK_EXCLUSIVE() {
    // Release: pairs with the acquires in TryLock() and TryLockSlow().
    if (state_.exchange(kFree, std::memory_order_release) == kContended) [[unlikely]] {
      internal::FutexWake(&state_, 1);
    }
  }

 private:
  enum State : std::uint32_t { kFree, kLocked, kContended };

  bool TryLock() {
    std::uint32_t expected = kFree;
    // Acquire: pairs with the release in unlock(). Relaxed on failure: the caller has learnt
    // nothing.
    return state_.compare_exchange_strong(expected, kLocked, std::memory_order_acquire,
                                          std::memory_order_relaxed);
  }

  void LockSlow();
  bool TryLockSlow(internal::Deadline deadline);

  std::atomic<std::uint32_t> state_ = kFree;
  internal::AdaptiveSpin spin_;
};

}  // namespace hammerlock
