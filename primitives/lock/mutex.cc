// SPDX-License-Identifier: Apache-2.0
#include "primitives/lock/mutex.h"

#include <atomic>

#include "primitives/internal/deadline.h"
#include "primitives/internal/futex.h"

namespace hammerlock {

void Mutex::LockSlow() { TryLockSlow(internal::Deadline::max()); }

bool Mutex::TryLockSlow(internal::Deadline deadline) {
  const auto try_if_free = [this] {
    // Relaxed: only decides whether to try; TryLock() synchronizes.
    return state_.load(std::memory_order_relaxed) == kFree && TryLock();
  };
  if (spin_.Until(try_if_free)) return true;
  bool in_time = true;
  // Acquire: pairs with the release in unlock(). See invariant 2 for why always kContended.
  while (state_.exchange(kContended, std::memory_order_acquire) != kFree) {
    if (!in_time) return false;
    if (deadline == internal::Deadline::max()) {
      internal::FutexWait(&state_, kContended);
    } else {
      in_time = internal::FutexWaitUntil(&state_, kContended, deadline);
    }
  }
  return true;
}

}  // namespace hammerlock
