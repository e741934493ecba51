// SPDX-License-Identifier: Apache-2.0
#include "primitives/lock/condition_variable.h"

#include <atomic>
#include <cstdint>

#include "primitives/internal/deadline.h"
#include "primitives/internal/futex.h"
#include "primitives/internal/spin.h"

namespace hammerlock {

ConditionVariable::~ConditionVariable() {
  internal::Backoff backoff;
  // Acquire: pairs with the release in Leave(), so that no use of the members is still to come.
  while (waiters_.load(std::memory_order_acquire) != 0) backoff.Pause();
}

std::uint32_t ConditionVariable::Enter() {
  // Relaxed, both: the caller's release of the lock comes next and makes them visible to every
  // notify that has to take notice.
  waiters_.fetch_add(1, std::memory_order_relaxed);
  return sequence_.load(std::memory_order_relaxed);
}

void ConditionVariable::Leave() {
  waiters_.fetch_sub(1, std::memory_order_release);  // pairs with the acquire in the destructor
}

void ConditionVariable::Block(std::uint32_t sequence) {
  BlockUntil(sequence, internal::Deadline::max());
}

bool ConditionVariable::BlockUntil(std::uint32_t sequence, internal::Deadline deadline) {
  bool in_time = true;
  const auto notified = [this, sequence] {
    // Relaxed: whatever was notified becomes visible with the lock.
    return sequence_.load(std::memory_order_relaxed) != sequence;
  };
  if (!spin_.Until(notified)) {
    if (deadline == internal::Deadline::max()) {
      internal::FutexWait(&sequence_, sequence);
    } else {
      in_time = internal::FutexWaitUntil(&sequence_, sequence, deadline);
    }
  }
  Leave();
  return in_time;
}

void ConditionVariable::Wake(int count) {
  // Relaxed: comes later in sequence_'s modification order than what any waiter holds whose release
  // of the lock happens before this; the kernel orders it before the wake-up.
  sequence_.fetch_add(1, std::memory_order_relaxed);
  internal::FutexWake(&sequence_, count);
}

void ConditionVariable::WakeAll() {
  sequence_.fetch_add(1, std::memory_order_relaxed);  // as in Wake()
  internal::FutexWakeAll(&sequence_);
}

}  // namespace hammerlock
