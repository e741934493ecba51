// SPDX-License-Identifier: Apache-2.0
//
// Purpose: what a thread does between two looks at a location that another thread will change.
// Thread safety: a Backoff belongs to one thread and one wait; make it where the wait begins. An
// AdaptiveSpin is shared.
// Progress: all functions return after a bounded number of relax hints or one sched_yield(); none
// blocks. So a waiter of higher real-time priority than the thread it waits for can starve that
// thread, as with every spin lock.
// Source: Anderson, "The performance of spin lock alternatives for shared-memory multiprocessors",
// IEEE TPDS 1(1), 1990 (exponential backoff); Karlin, Li, Manasse and Owicki, "Empirical studies of
// competitive spinning", SOSP 1991 (how long to spin before blocking, and learning it).
#pragma once

#include <sched.h>

#include <algorithm>
#include <atomic>

namespace hammerlock::internal {

// Tells the core that this is a spin loop: saves power, gives the sibling hyperthread room and
// avoids the memory-order machine clear when the loop ends.
inline void CpuRelax() {
#if defined(__x86_64__)
  asm volatile("pause");
#elif defined(__aarch64__)
  asm volatile("yield");
#else
#error "hammerlock runs on x86_64 and aarch64"
#endif
}

// How long to spin before giving the core away: about what a system call and a context switch cost.
// 127 relax hints take 2 to 5 microseconds on current x86_64 cores.
inline constexpr int kSpinHints = 127;

// Exponential backoff: 1, 2, 4, ... relax hints, then sched_yield(). For threads that compete for
// one location, where every further look delays the owner. The yield matters as soon as there are
// more threads than cores (and always in an emulator): the thread waited for may not be running,
// and then spinning only delays it to the end of this thread's time slice.
class Backoff {
 public:
  void Pause() {
    if (WouldYield()) {
      sched_yield();
      return;
    }
    for (int i = 0; i < hints_; ++i) CpuRelax();
    hints_ *= 2;
  }

  // True when spinning has used up kSpinHints. A caller that can sleep in the kernel does so now,
  // instead of calling Pause() again.
  bool WouldYield() const { return hints_ > kSpinHints; }

 private:
  int hints_ = 1;
};

// Spinning for as long as that has paid lately, before a caller sleeps or yields. One of these
// stands in each lock, so that all who wait there learn from each other. All members may be called
// from any thread.
class AdaptiveSpin {
 public:
  constexpr AdaptiveSpin() = default;

  // Calls `done` until it returns true, or gives up. Returns whether it returned true.
  // REQUIRES: this object still exists when `done` has returned true.
  template <class Done>
  bool Until(Done done) {
    // Relaxed, as all of budget_: it is a guess, and a lost update makes it only a worse one.
    const int budget = budget_.load(std::memory_order_relaxed);
    const int limit = std::max(budget, kFloor);
    int spent = 0;
    for (int hints = 1; spent < limit; hints = std::min(2 * hints, kMaxHints)) {
      for (int i = 0; i < hints; ++i) CpuRelax();
      spent += hints;
      if (done()) {
        // Aim at twice of what was needed, and move an eighth of the way.
        Update(budget, std::min(limit + (2 * spent - limit) / 8, kSpinHints));
        return true;
      }
    }
    // Spend less the next time. At the floor count down the failures until a full attempt is due,
    // or nobody would notice that spinning would pay again.
    const int next = budget > kFloor ? budget / 2 : budget - 1;
    Update(budget, next < kFloor - kAttemptEvery ? kSpinHints : next);
    return false;
  }

 private:
  static constexpr int kFloor = 8;
  static constexpr int kAttemptEvery = 32;
  static constexpr int kMaxHints = 4;  // between two looks: 80 nanoseconds or less

  void Update(int budget, int next) {
    if (next != budget) budget_.store(next, std::memory_order_relaxed);
  }

  std::atomic<int> budget_ = kSpinHints;
};

}  // namespace hammerlock::internal
