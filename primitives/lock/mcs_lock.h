// SPDX-License-Identifier: Apache-2.0
//
// Purpose: a fair lock that stays fast with many waiters, since each waits on a cache line of its
// own and a release touches only the next waiter's.
// Thread safety: all members may be called from any thread; unlock() also from another thread than
// the one that locked. Not recursive. Meets Lockable; any number of these locks may be held at once
// and released in any order.
// Progress: try_lock() is wait-free. lock() blocks; the order is fixed by one exchange. A waiter
// spins for a few microseconds, then sleeps in the kernel; a release wakes the one whose turn it
// is. unlock() may wait for a thread that stands between its exchange and the store that follows.
// As with every fair lock, with more threads than cores a hand-over costs a context switch.
//
// The textbook MCS lock asks the caller to carry a queue node from lock() to unlock(). Here (the
// K42 variant) the node is a local variable of lock(): before lock() returns, the new owner moves
// what unlock() needs, the link to its successor, into the lock, and its place at the end of the
// queue too.
//
// Invariants
//   1. tail_ is null exactly when the lock is free. If it is &held_, the lock is owned and nobody
//      waits. Otherwise it is the node of the thread that asked last.
//   2. While a thread owns the lock and is outside lock(), held_.next is its successor's node, or
//      null if there is none or if the successor has not linked itself yet.
//   3. While tail_ is null, so is held_.next. (Whoever made tail_ &held_ first made held_.next null
//      or found it so; unlock() makes tail_ null only if no successor came.)
//   4. tail_ changes only by read-modify-write operations, so its release sequences never end: an
//      acquire on tail_ sees what happened before every earlier release on it.
//   5. A node is written to, besides by its thread, once by the owner before (`state`) and once by
//      its successor (`next`). A thread leaves lock() only when no one can still come for its node:
//      `state` is kGranted or nobody was before it, and `next` is set or the tail has moved back.
// Reclamation: a node lives on its thread's stack until lock() returns (invariant 5). Once unlock()
// has granted the lock, it uses neither the lock's memory nor the node's, only the node's address
// if its thread slept. So the next owner may destroy the lock.
// Source: Mellor-Crummey and Scott, "Algorithms for scalable synchronization on shared-memory
// multiprocessors", ACM TOCS 1991, section 2.4; the K42 variant, by Auslander, Edelsohn, Krieger,
// Rosenburg and Wisniewski, as told in Scott, "Shared-Memory Synchronization", 2013, chapter 4.
// Here a thread enters the queue by exchange and not by compare-and-swap, so that the order is
// strict.
#pragma once

#include <atomic>
#include <cstdint>

#include "primitives/internal/cache_line.h"
#include "primitives/internal/futex.h"
#include "primitives/internal/spin.h"
#include "primitives/internal/thread_annotations.h"

namespace hammerlock {

class ABSL_LOCKABLE McsLock {
 public:
  constexpr McsLock() = default;
  McsLock(const McsLock&) = delete;
  McsLock& operator=(const McsLock&) = delete;

  void lock() ABSL_EXCLUSIVE_LOCK_FUNCTION() {
    if (!TryLock()) [[unlikely]] {
      LockSlow();
    }
  }

  bool try_lock() ABSL_EXCLUSIVE_TRYLOCK_FUNCTION(true) { return TryLock(); }

  // REQUIRES: the lock is held.
  void unlock() HAMMERLOCK_UNLOCK_EXCLUSIVE() {
    // Acquire, here and in AwaitNext(): pairs with the release in LockSlow() by which the successor
    // linked its node; its initialisation must come before our store to it.
    Node* successor = held_.next.load(std::memory_order_acquire);
    if (successor == nullptr) {
      Link* expected = &held_;
      // Release: pairs with the acquire in TryLock() and in LockSlow()'s exchange. Relaxed on
      // failure: AwaitNext() synchronizes.
      if (tail_.compare_exchange_strong(expected, nullptr, std::memory_order_release,
                                        std::memory_order_relaxed)) {
        return;
      }
      successor = AwaitNext(held_);
    }
    // Release: pairs with the acquire in AwaitGrant().
    if (successor->state.exchange(kGranted, std::memory_order_release) == kAsleep) {
      internal::FutexWake(&successor->state, 1);
    }
  }

 private:
  struct Node;
  struct Link {
    std::atomic<Node*> next = nullptr;
  };
  enum State : std::uint32_t { kWaiting, kAsleep, kGranted };
  struct alignas(kCacheLine) Node : Link {
    std::atomic<std::uint32_t> state = kWaiting;
  };

  bool TryLock() {
    Link* expected = nullptr;
    // Acquire: pairs with the release in unlock() that made tail_ null, and with all earlier ones
    // (invariant 4). Relaxed on failure: the caller has learnt nothing.
    return tail_.compare_exchange_strong(expected, &held_, std::memory_order_acquire,
                                         std::memory_order_relaxed);
  }

  [[gnu::noinline]] void LockSlow() {
    Node node;
    // Release: publishes `node` to the successor that will exchange it out. Acquire: pairs with
    // that same release in the predecessor, whose `next` we store to; if there is none, with
    // unlock()'s.
    Link* predecessor = tail_.exchange(&node, std::memory_order_acq_rel);
    if (predecessor != nullptr) {
      // Release: pairs with the acquire loads of `next`, in unlock(), AwaitNext() and below.
      predecessor->next.store(&node, std::memory_order_release);
      AwaitGrant(node);
    }
    // The lock is ours. Move the node's contents into the lock.
    Node* successor = node.next.load(std::memory_order_acquire);  // as in unlock()
    // Relaxed: this store is read by the owner's unlock(), which it happens before, and overwritten
    // by a successor that has read &held_ from the exchange below.
    held_.next.store(successor, std::memory_order_relaxed);
    if (successor != nullptr) return;
    Link* expected = &node;
    // Release: pairs with the acquire in the exchange above, in a thread that then stores to
    // held_.next: our null must come first. Relaxed on failure: AwaitNext() synchronizes.
    if (tail_.compare_exchange_strong(expected, &held_, std::memory_order_release,
                                      std::memory_order_relaxed)) {
      return;
    }
    // A successor has exchanged `node` out and is about to link itself: it needs the node until
    // then.
    held_.next.store(AwaitNext(node), std::memory_order_relaxed);  // as above
  }

  void AwaitGrant(Node& node) {
    if (spin_.Until([&node] { return Granted(node); })) return;
    // Relaxed: kAsleep publishes nothing. If this fails, the state is kGranted already, and
    // Granted() synchronizes.
    std::uint32_t expected = kWaiting;
    node.state.compare_exchange_strong(expected, kAsleep, std::memory_order_relaxed,
                                       std::memory_order_relaxed);
    while (!Granted(node)) internal::FutexWait(&node.state, kAsleep);
  }

  static bool Granted(const Node& node) {
    return node.state.load(std::memory_order_acquire) == kGranted;  // pairs with unlock()'s release
  }

  // REQUIRES: `link` has a successor, which may not have linked itself yet.
  static Node* AwaitNext(const Link& link) {
    internal::Backoff backoff;
    for (;;) {
      Node* next = link.next.load(std::memory_order_acquire);  // see unlock()
      if (next != nullptr) return next;
      backoff.Pause();
    }
  }

  std::atomic<Link*> tail_ = nullptr;
  Link held_;  // stands for the owner in the queue
  internal::AdaptiveSpin spin_;
};

}  // namespace hammerlock
