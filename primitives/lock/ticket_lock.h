// SPDX-License-Identifier: Apache-2.0
//
// Purpose: a fair spin lock: threads get it in the order in which they asked.
// Thread safety: all members may be called from any thread; unlock() also from another thread than
// the one that locked. Not recursive. Meets Lockable.
// Progress: try_lock() is wait-free. lock() blocks; the order is fixed by one fetch_add, so nobody
// waits for more than those who came before. The price of that order: when there are more threads
// than cores, the next owner is often not running, and everybody waits until it does. Waiters yield
// the core then, so each hand-over costs a context switch, not a time slice.
//
// Invariants
//   1. serving_ <= next_, and next_ - serving_ is the number of owners (0 or 1) and waiters.
//   2. The thread that drew ticket serving_ is the owner; only the owner stores to serving_.
//   3. Both only grow, and 64 bits do not wrap: try_lock() relies on never seeing an old number
//      anew.
// Reclamation: nothing is allocated. unlock() does not touch the lock after its store, so the next
// owner may destroy it.
// Source: Mellor-Crummey and Scott, "Algorithms for scalable synchronization on shared-memory
// multiprocessors", ACM TOCS 1991, section 2.2.
#pragma once

#include <sched.h>

#include <atomic>
#include <cstdint>

#include "primitives/internal/spin.h"
#include "primitives/internal/thread_annotations.h"

namespace hammerlock {

class ABSL_LOCKABLE TicketLock {
 public:
  constexpr TicketLock() = default;
  TicketLock(const TicketLock&) = delete;
  TicketLock& operator=(const TicketLock&) = delete;

  void lock() ABSL_EXCLUSIVE_LOCK_FUNCTION() {
    // Relaxed: a ticket is only a number. The load of serving_ synchronizes.
    const std::uint64_t ticket = next_.fetch_add(1, std::memory_order_relaxed);
    if (Serving() != ticket) [[unlikely]] {
      Await(ticket);
    }
  }

  bool try_lock() ABSL_EXCLUSIVE_TRYLOCK_FUNCTION(true) {
    // If next_ still equals the number being served, nobody owns the lock or waits for it; taking
    // that ticket in the same step makes this thread the owner (invariants 2 and 3).
    std::uint64_t ticket = Serving();
    // Relaxed: as in lock().
    return next_.compare_exchange_strong(ticket, ticket + 1, std::memory_order_relaxed,
                                         std::memory_order_relaxed);
  }

  // REQUIRES: the lock is held.
  void unlock() HAMMERLOCK_UNLOCK_EXCLUSIVE() {
    // Relaxed load: only owners store, and the previous one's store happens before this.
    const std::uint64_t ticket = serving_.load(std::memory_order_relaxed);
    serving_.store(ticket + 1, std::memory_order_release);  // pairs with the acquire in Serving()
  }

 private:
  std::uint64_t Serving() const {
    return serving_.load(std::memory_order_acquire);  // pairs with the release in unlock()
  }

  [[gnu::noinline]] void Await(std::uint64_t ticket) {
    const auto my_turn = [this, ticket] { return Serving() == ticket; };
    if (spin_.Until(my_turn)) return;
    while (!my_turn()) sched_yield();
  }

  std::atomic<std::uint64_t> next_ = 0;
  std::atomic<std::uint64_t> serving_ = 0;
  internal::AdaptiveSpin spin_;
};

}  // namespace hammerlock
