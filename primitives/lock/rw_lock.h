// SPDX-License-Identifier: Apache-2.0
//
// Purpose: a reader-writer lock that starves neither side: reader phases and writer phases take
// turns as long as there are both.
// Thread safety: all members may be called from any thread; unlocking also from another thread than
// the one that locked. Not recursive in either mode: a thread that reads and asks to read again
// waits for itself if a writer came in between. Meets SharedLockable and Lockable.
// Progress: try_lock() and unlock_shared() are wait-free, try_lock_shared() is lock-free and fails
// only if a writer is there. lock_shared() and lock() block: a reader waits for at most one writer
// (and the readers before it), a writer for those writers that came before it and one reader phase
// for each turn. They spin for a few microseconds, then sleep in the kernel. The price of taking
// turns: when cores are short, each hand-over costs a context switch.
//
// How it works. Writers queue for the turn. Who has it sets two bits beside the count of readers
// that ever entered: "a writer is here" and the parity of its turn. Readers that enter later wait
// until these bits change: either the writer has cleared them, or already the next writer (of the
// other parity) has set them, who in its turn waits for this reader to leave. The writer starts
// when as many readers have left as had entered before it set the bits. To let the last of those
// know that it is the last, the writer subtracts that number from the count of leavers, which then
// rises to 0.
//
// Invariants
//   1. Who owns writers_ has the turn. Only it changes the writer's bits of entered_, parity_ and
//      settled_, and the bits are clear when the turn begins and ends.
//   2. entered_ counts the readers that ever entered. left_ counts those that ever left, less
//      settled_. So entered_ - settled_ - left_ is the number of those that own the lock or wait.
//   3. left_ is negative, or has just risen to 0, only if a writer waits for readers; then it is
//      minus their number, and kWriterAsleep is set in it only then.
//   4. kReadersAsleep is set in entered_ only together with the bits of the writer that the
//      sleepers wait for, and that writer clears it with its bits and wakes them.
//   5. entered_ and left_ change only by read-modify-write operations, so their release sequences
//      never end: an acquire on them sees what happened before every earlier release on them. They
//      do not wrap: 2^61 readers.
// Reclamation: nothing is allocated. unlock_shared() uses only the lock's address after it has
// left. unlock() lets readers in before it passes the turn on: a writer that comes later may
// destroy the lock, a reader must not.
// Source: Brandenburg and Anderson, "Spin-based reader-writer synchronization for multiprocessor
// real-time systems", Real-Time Systems 46(1), 2010: the phase-fair locks PF-T (readers) and PF-Q
// (writers). Sleeping, settling and try_lock*() are ours.
#pragma once

#include <atomic>
#include <bit>
#include <cstdint>

#include "primitives/internal/futex.h"
#include "primitives/internal/spin.h"
#include "primitives/internal/thread_annotations.h"
#include "primitives/lock/mcs_lock.h"

namespace hammerlock {

class ABSL_LOCKABLE RwLock {
 public:
  constexpr RwLock() = default;
  RwLock(const RwLock&) = delete;
  RwLock& operator=(const RwLock&) = delete;

  void lock_shared() ABSL_SHARED_LOCK_FUNCTION() {
    // Acquire: pairs with the release in unlock() that cleared the bits (and see invariant 5).
    const std::uint64_t entered = entered_.fetch_add(kEntered, std::memory_order_acquire);
    if (entered & kWriter) [[unlikely]] {
      AwaitEndOf(entered & kWriterBits);
    }
  }

  bool try_lock_shared() ABSL_SHARED_TRYLOCK_FUNCTION(true) {
    // Relaxed: a guess, which the exchange confirms.
    std::uint64_t entered = entered_.load(std::memory_order_relaxed);
    while ((entered & kWriter) == 0) {
      // Acquire: as in lock_shared(). Relaxed on failure: a guess again.
      if (entered_.compare_exchange_weak(entered, entered + kEntered, std::memory_order_acquire,
                                         std::memory_order_relaxed)) {
        return true;
      }
    }
    return false;
  }

  // REQUIRES: the lock is held shared.
  void unlock_shared() HAMMERLOCK_UNLOCK_SHARED() {
    // Release: pairs with the acquires of left_ in lock(), try_lock() and AwaitReaders().
    const std::uint64_t left = left_.fetch_add(kLeft, std::memory_order_release) + kLeft;
    if (left == kWriterAsleep) [[unlikely]] {  // the last that it waited for (invariant 3)
      internal::FutexWake(&left_, 1);
    }
  }

  // Not analysed: that the turn stays taken is this class's own affair.
  void lock() ABSL_EXCLUSIVE_LOCK_FUNCTION() ABSL_NO_THREAD_SAFETY_ANALYSIS {
    writers_.lock();
    // Relaxed: the place in entered_'s modification order separates the readers before from those
    // after; they synchronize through left_ and through the clearing of the bits.
    const std::uint64_t entered = entered_.fetch_add(NextBits(), std::memory_order_relaxed);
    parity_ ^= kParity;
    const std::uint64_t unsettled = Unsettled(entered);
    // Acquire: pairs with the release in unlock_shared(), of all those readers (invariant 5).
    if (left_.load(std::memory_order_acquire) != unsettled) [[unlikely]] {
      AwaitReaders(unsettled);
    }
  }

  // May fail for no reason while another try_lock() is under way.
  bool try_lock() ABSL_EXCLUSIVE_TRYLOCK_FUNCTION(true) ABSL_NO_THREAD_SAFETY_ANALYSIS {
    if (!writers_.try_lock()) return false;
    // Relaxed: the exchange confirms it.
    std::uint64_t entered = entered_.load(std::memory_order_relaxed);
    // If left_ has reached the number of those who entered, and still nobody else has when the bits
    // are set, then there is no reader. Acquire: as in lock(). Relaxed exchange: as in lock().
    if (left_.load(std::memory_order_acquire) == Unsettled(entered) &&
        entered_.compare_exchange_strong(entered, entered + NextBits(), std::memory_order_relaxed,
                                         std::memory_order_relaxed)) {
      parity_ ^= kParity;
      return true;
    }
    writers_.unlock();
    return false;
  }

  // REQUIRES: the lock is held exclusively.
  void unlock() HAMMERLOCK_UNLOCK_EXCLUSIVE() ABSL_NO_THREAD_SAFETY_ANALYSIS {
    // Release: pairs with the acquires of entered_ in lock_shared(), try_lock_shared(),
    // AwaitEndOf().
    const std::uint64_t entered =
        entered_.fetch_and(~(kWriterBits | kReadersAsleep), std::memory_order_release);
    if (entered & kReadersAsleep) [[unlikely]] {
      internal::FutexWakeAll(&entered_);
    }
    writers_.unlock();
  }

 private:
  // In entered_:
  static constexpr std::uint64_t kParity = 1;
  static constexpr std::uint64_t kWriter = 2;
  static constexpr std::uint64_t kWriterBits = kWriter | kParity;
  static constexpr std::uint64_t kReadersAsleep = 4;
  static constexpr std::uint64_t kEntered = 8;
  // In left_:
  static constexpr std::uint64_t kWriterAsleep = 1;
  static constexpr std::uint64_t kLeft = 2;

  // The kernel looks at the lower half of a counter, at its address.
  static_assert(std::endian::native == std::endian::little);
  static std::uint32_t LowerHalf(std::uint64_t value) { return static_cast<std::uint32_t>(value); }

  // REQUIRES, of these three: the calling thread has the turn.
  std::uint64_t NextBits() const { return kWriter | parity_; }
  // What left_ will be when all those have left who had entered.
  std::uint64_t Unsettled(std::uint64_t entered) const {
    return entered / kEntered * kLeft - settled_;
  }
  void AwaitReaders(std::uint64_t unsettled);

  void AwaitEndOf(std::uint64_t writer);

  std::atomic<std::uint64_t> entered_ = 0;
  std::atomic<std::uint64_t> left_ = 0;
  std::uint64_t settled_ = 0;  // in units of kLeft
  McsLock writers_;            // the turn
  internal::AdaptiveSpin spin_;
  std::uint32_t parity_ = 0;  // of the next turn: 0 or kParity
};

}  // namespace hammerlock
