// SPDX-License-Identifier: Apache-2.0
//
// Purpose: a counting semaphore: acquire() takes one unit and waits while there is none.
// Thread safety: all members may be called from any thread.
// Progress: release() is wait-free but for the kernel, try_acquire() lock-free (it fails only if
// there is no unit). acquire() blocks, without order among the waiters: it spins for a few
// microseconds, then sleeps in the kernel.
//
// Invariants
//   1. The lower half of state_ is the number of units that are there, at most max(); the upper
//      half is the number of threads that sleep or are about to.
//   2. Both halves change together, so a release sees every waiter that registered before it, and a
//      waiter that registered after it sees the unit. Either way no wake-up is lost: the kernel
//      puts a waiter to sleep only while the lower half is 0.
//   3. state_ changes only by read-modify-write operations, so its release sequences never end: who
//      takes a unit sees what happened before every release() up to then.
// Reclamation: nothing is allocated. After its fetch_add, release() uses only the address of the
// semaphore, never its memory, so who has acquired the last unit may destroy it.
// Source: Dijkstra, "Cooperating sequential processes" (EWD123), 1965; the joint word against a
// release() that touches a destroyed semaphore: glibc bug 12674.
#pragma once

#include <atomic>
#include <bit>
#include <chrono>
#include <cstdint>
#include <limits>

#include "primitives/internal/deadline.h"
#include "primitives/internal/spin.h"

namespace hammerlock {

class Semaphore {
 public:
  static constexpr std::uint32_t max() { return std::numeric_limits<std::int32_t>::max(); }

  // REQUIRES: initial <= max().
  constexpr explicit Semaphore(std::uint32_t initial) : state_(initial) {}
  Semaphore(const Semaphore&) = delete;
  Semaphore& operator=(const Semaphore&) = delete;

  void acquire() {
    if (!try_acquire()) [[unlikely]] {
      AcquireSlow();
    }
  }

  bool try_acquire() {
    // Relaxed: a guess, which the exchange confirms.
    std::uint64_t state = state_.load(std::memory_order_relaxed);
    while (Units(state) != 0) {
      // Acquire: pairs with the release in release(). Relaxed on failure: a guess again.
      if (state_.compare_exchange_weak(state, state - 1, std::memory_order_acquire,
                                       std::memory_order_relaxed)) {
        return true;
      }
    }
    return false;
  }

  template <class Rep, class Period>
  bool try_acquire_for(const std::chrono::duration<Rep, Period>& duration) {
    return try_acquire() || TryAcquireSlow(internal::DeadlineAfter(duration));
  }

  // A clock other than steady_clock is read once: setting it during the wait has no effect.
  template <class Clock, class Duration>
  bool try_acquire_until(const std::chrono::time_point<Clock, Duration>& time) {
    return try_acquire() || TryAcquireSlow(internal::DeadlineAt(time));
  }

  // REQUIRES: the units that are there and `units` are together at most max(); units > 0.
  void release(std::uint32_t units = 1) {
    // Release: pairs with the acquires in try_acquire() and TryAcquireSlow().
    const std::uint64_t before = state_.fetch_add(units, std::memory_order_release);
    if (before >= kWaiter) [[unlikely]] {
      Wake(units);
    }
  }

 private:
  static constexpr std::uint64_t kWaiter = std::uint64_t{1} << 32;
  static_assert(std::endian::native == std::endian::little, "Word() is the lower half");

  static std::uint32_t Units(std::uint64_t state) { return static_cast<std::uint32_t>(state); }
  // The half that the kernel looks at.
  const void* Word() const { return &state_; }

  void AcquireSlow();
  bool TryAcquireSlow(internal::Deadline deadline);
  void Wake(std::uint32_t units) const;

  std::atomic<std::uint64_t> state_;
  internal::AdaptiveSpin spin_;
};

}  // namespace hammerlock
