// SPDX-License-Identifier: Apache-2.0
//
// Purpose: std::lock_guard and std::shared_lock in their simplest use, known to clang's
// thread-safety analysis. (libstdc++'s are not: under them every access to a guarded member draws a
// warning.)
// Thread safety: a guard belongs to one thread. The locks of this folder work with the standard's
// guards too.
#pragma once

#include "primitives/internal/thread_annotations.h"

namespace hammerlock {

// Holds a BasicLockable from construction to destruction.
template <class Lock>
class ABSL_SCOPED_LOCKABLE [[nodiscard]] LockGuard {
 public:
  explicit LockGuard(Lock& lock) ABSL_EXCLUSIVE_LOCK_FUNCTION(lock) : lock_(lock) { lock_.lock(); }
  ~LockGuard() ABSL_UNLOCK_FUNCTION() { lock_.unlock(); }
  LockGuard(const LockGuard&) = delete;
  LockGuard& operator=(const LockGuard&) = delete;

 private:
  Lock& lock_;
};

// Holds a SharedLockable in shared mode from construction to destruction.
template <class Lock>
class ABSL_SCOPED_LOCKABLE [[nodiscard]] SharedLockGuard {
 public:
  explicit SharedLockGuard(Lock& lock) ABSL_SHARED_LOCK_FUNCTION(lock) : lock_(lock) {
    lock_.lock_shared();
  }
  ~SharedLockGuard() ABSL_UNLOCK_FUNCTION() { lock_.unlock_shared(); }
  SharedLockGuard(const SharedLockGuard&) = delete;
  SharedLockGuard& operator=(const SharedLockGuard&) = delete;

 private:
  Lock& lock_;
};

}  // namespace hammerlock
