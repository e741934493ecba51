// SPDX-License-Identifier: Apache-2.0
#include "primitives/lock/rw_lock.h"

#include <atomic>
#include <cstdint>

#include "primitives/internal/futex.h"

namespace hammerlock {

void RwLock::AwaitReaders(std::uint64_t unsettled) {
  settled_ += unsettled;
  // Acquire, here and twice below: pairs with the release in unlock_shared().
  if (left_.fetch_sub(unsettled, std::memory_order_acquire) == unsettled) return;
  if (spin_.Until([this] { return left_.load(std::memory_order_acquire) == 0; })) return;
  // Relaxed, both: the mark publishes nothing. Either the last reader finds it and wakes us, or it
  // left before, and we find nothing but the mark.
  left_.fetch_or(kWriterAsleep, std::memory_order_relaxed);
  for (;;) {
    const std::uint64_t left = left_.load(std::memory_order_acquire);
    if (left == kWriterAsleep) break;
    internal::FutexWait(&left_, LowerHalf(left));
  }
  left_.fetch_and(~kWriterAsleep, std::memory_order_relaxed);
}

void RwLock::AwaitEndOf(std::uint64_t writer) {
  const auto ended = [this, writer] {
    // Acquire: pairs with the release in unlock().
    return (entered_.load(std::memory_order_acquire) & kWriterBits) != writer;
  };
  if (spin_.Until(ended)) return;
  while (!ended()) {
    // Relaxed: a guess, which the exchange or the kernel confirms.
    std::uint64_t entered = entered_.load(std::memory_order_relaxed);
    if ((entered & kWriterBits) != writer) continue;
    // Relaxed: the mark publishes nothing. The writer clears the mark and its own bits in one step,
    // so a mark that was set beside them will be found.
    if ((entered & kReadersAsleep) ||
        entered_.compare_exchange_weak(entered, entered | kReadersAsleep, std::memory_order_relaxed,
                                       std::memory_order_relaxed)) {
      // If another reader has entered in the meantime, this returns at once, and we try again.
      internal::FutexWait(&entered_, LowerHalf(entered | kReadersAsleep));
    }
  }
}

}  // namespace hammerlock
