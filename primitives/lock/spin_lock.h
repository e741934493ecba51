// SPDX-License-Identifier: Apache-2.0
//
// Purpose: the smallest lock, one byte, for critical sections of a few instructions: test and
// test-and-set with exponential backoff.
// Thread safety: all members may be called from any thread; unlock() also from another thread than
// the one that locked. Not recursive. Meets Lockable.
// Progress: try_lock() is wait-free. lock() blocks, without order among the waiters: one of them
// gets the lock whenever it is released, but a particular one may wait for ever. It never sleeps in
// the kernel; after a few microseconds it yields the core between looks.
//
// Invariants
//   1. locked_ is true exactly while a thread owns the lock; only the owner stores false.
//   2. A thread owns the lock from the exchange that replaced false by true.
//   3. A waiter writes only after it has read false, so waiting does not take the cache line away
//      from the owner.
// Reclamation: nothing is allocated. unlock() does not touch the lock after its store, so the next
// owner may destroy it.
// Source: Anderson, "The performance of spin lock alternatives for shared-memory multiprocessors",
// IEEE TPDS 1(1), 1990.
#pragma once

#include <atomic>

#include "primitives/internal/spin.h"
#include "primitives/internal/thread_annotations.h"

namespace hammerlock {

class ABSL_LOCKABLE SpinLock {
 public:
  constexpr SpinLock() = default;
  SpinLock(const SpinLock&) = delete;
  SpinLock& operator=(const SpinLock&) = delete;

  void lock() ABSL_EXCLUSIVE_LOCK_FUNCTION() {
    if (TestAndSet()) [[unlikely]] {
      LockSlow();
    }
  }

  bool try_lock() ABSL_EXCLUSIVE_TRYLOCK_FUNCTION(true) {
    // Relaxed: a hint that spares the owner a cache miss. What it returns is decided by TestAndSet,
    // or tells nothing about the protected data.
    return !locked_.load(std::memory_order_relaxed) && !TestAndSet();
  }

  // REQUIRES: the lock is held.
  void unlock() HAMMERLOCK_UNLOCK_EXCLUSIVE() {
    locked_.store(false, std::memory_order_release);  // pairs with the acquire in TestAndSet()
  }

 private:
  // Returns whether the lock was taken already.
  bool TestAndSet() {
    return locked_.exchange(true, std::memory_order_acquire);  // pairs with the release in unlock()
  }

  [[gnu::noinline]] void LockSlow() {
    internal::Backoff backoff;
    do {
      // Relaxed: only decides when to try again; TestAndSet synchronizes.
      do {
        backoff.Pause();
      } while (locked_.load(std::memory_order_relaxed));
    } while (TestAndSet());
  }

  std::atomic<bool> locked_ = false;
};

}  // namespace hammerlock
