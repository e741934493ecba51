// SPDX-License-Identifier: Apache-2.0
#include "primitives/lock/semaphore.h"

#include <atomic>
#include <cstdint>

#include "primitives/internal/deadline.h"
#include "primitives/internal/futex.h"

namespace hammerlock {

void Semaphore::AcquireSlow() { TryAcquireSlow(internal::Deadline::max()); }

bool Semaphore::TryAcquireSlow(internal::Deadline deadline) {
  if (spin_.Until([this] { return try_acquire(); })) return true;
  // Relaxed: registering publishes nothing, and as a read-modify-write it does not end the release
  // sequence of an earlier release() (invariant 3).
  std::uint64_t state = state_.fetch_add(kWaiter, std::memory_order_relaxed) + kWaiter;
  bool in_time = true;
  for (;;) {
    // Taking a unit and leaving the waiters, or just leaving them, are one step each, so that a
    // unit which arrives at the last moment is either taken or left to others with their wake-up.
    const bool take = Units(state) != 0;
    if (take || !in_time) {
      // Acquire: pairs with the release in release(). Relaxed on failure: look again.
      if (state_.compare_exchange_weak(state, state - kWaiter - (take ? 1 : 0),
                                       std::memory_order_acquire, std::memory_order_relaxed)) {
        return take;
      }
      continue;
    }
    if (deadline == internal::Deadline::max()) {
      internal::FutexWait(Word(), 0);
    } else {
      in_time = internal::FutexWaitUntil(Word(), 0, deadline);
    }
    state = state_.load(std::memory_order_relaxed);  // a guess, which the exchange above confirms
  }
}

void Semaphore::Wake(std::uint32_t units) const {
  internal::FutexWake(Word(), static_cast<int>(units));
}

}  // namespace hammerlock
