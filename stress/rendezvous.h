// SPDX-License-Identifier: Apache-2.0
//
// Rendezvous: where threads meet so as to start together, within nanoseconds where each has a
// core of its own.
//
// Thread safety: each index belongs to one thread.
// Progress: blocking. A thread spins, and yields the processor after a while: there may be
//   more threads than cores.
// Invariants:
//   1. epoch[i] is the number of meetings that thread i has come to; only thread i writes it.
//   2. A thread leaves its n-th meeting when every epoch is at least n; so no epoch is ever
//      more than one ahead of another.
// There is no read-modify-write and no fence: a store of one's own and loads of the others' is
// all that a thread does, so that its store buffer is as the test before left it.
#pragma once

#include <sched.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdint>

#include "scenario/hammerlock.h"

namespace hammerlock::stress {

inline constexpr int kMaxThreads = 64;

inline void CpuRelax() {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  asm volatile("yield");
#endif
}

class Rendezvous {
 public:
  // REQUIRES: no thread is at a meeting; the change happens before the next one.
  void Reset(int threads, int spins) {
    threads_ = threads;
    spins_ = spins;
  }

  // Returns when all threads have come. What each did before happens before what any does
  // afterwards.
  void Meet(int thread) {
    if (engine_meets_) {
      slots_[thread].epoch.store(slots_[thread].epoch.load(std::memory_order_relaxed) + 1,
                                 std::memory_order_relaxed);  // a count, no more
      (void)HAMMERLOCK_ARM(HAMMERLOCK_ARM_MEET, threads_);
      return;
    }
    const uint64_t mine = slots_[thread].epoch.load(std::memory_order_relaxed) + 1;  // inv. 1
    slots_[thread].epoch.store(mine, std::memory_order_release);  // pairs with the acquire below
    for (int other = 0; other < threads_; ++other) {
      // The acquire pairs with the release of the other thread's Meet.
      for (int spin = 0; slots_[other].epoch.load(std::memory_order_acquire) < mine;) {
        if (++spin < spins_) {
          CpuRelax();
        } else {
          sched_yield();
        }
      }
    }
  }

  // Threads that join late start from where the others are. REQUIRES: as Reset.
  void Align() {
    uint64_t newest = 0;
    for (Slot& slot : slots_) {
      newest = std::max(newest, slot.epoch.load(std::memory_order_relaxed));  // nobody runs
    }
    for (Slot& slot : slots_) slot.epoch.store(newest, std::memory_order_relaxed);  // likewise
  }

  // Meetings so far, of all threads together: for a watchdog.
  uint64_t Total() const {
    uint64_t total = 0;
    for (const Slot& slot : slots_) total += slot.epoch.load(std::memory_order_relaxed);  // a hint
    return total;
  }

 private:
  struct alignas(64) Slot {
    std::atomic<uint64_t> epoch{0};
  };

  std::array<Slot, kMaxThreads> slots_;
  int threads_ = 0;
  int spins_ = 0;
  // The Arm engine brings threads together without any of them spinning.
  const bool engine_meets_ = HAMMERLOCK_ARM(HAMMERLOCK_ARM_PRESENT, 0) != 0;
};

}  // namespace hammerlock::stress
