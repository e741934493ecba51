// SPDX-License-Identifier: Apache-2.0
//
// Waiting with or without a deadline, as every interposed function does it.
#include "explore/runtime/posix_internal.h"

namespace hammerlock::explore::internal {

int WaitUntil(const void* object, const char* kind, const Deadline& deadline) {
  if (!Valid(*deadline.at)) return EINVAL;
  const bool woken = BlockUntil(object, kind, DeadlineOf(deadline.clock, *deadline.at));
  return woken ? 0 : ETIMEDOUT;
}

bool HasWaiters(const void* object) {
  for (int i = 0; i < ThreadCount(); ++i) {
    const Thread& thread = ThreadById(i);
    // A thread whose time ran out does not wait any more, although it has not noticed.
    if (thread.place < 0 && !thread.finished && thread.waits_on == object) return true;
  }
  return false;
}

}  // namespace hammerlock::explore::internal
