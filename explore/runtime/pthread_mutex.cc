// SPDX-License-Identifier: Apache-2.0
//
// Mutexes: normal (the adaptive kind too), recursive and error-checking ones, with try, timed
// and clock variants. Priority protocols change nothing here, as threads have no priorities.
//
// Unlocking wakes all that wait; who gets the mutex is the engine's choice among them and any
// newcomer. The kind is read from the object, so that static initialisers work; whether it is
// locked is kept apart, so that nothing of the object needs to be put back.
#include "explore/runtime/posix_internal.h"
#include "explore/runtime/recording.h"

namespace hammerlock::explore::internal {
namespace {

// glibc's encoding of __kind.
constexpr int kKindBits = 3;
constexpr int kRobustBit = 16;
constexpr int kDestroyed = -1;

int KindOf(pthread_mutex_t* mutex, const char* done, void* caller) {
  const int& kind = mutex->__data.__kind;
  CheckRead(&kind, sizeof(kind), caller);
  if (kind == kDestroyed) FailHere(FailureKind::kMisuse, "a destroyed mutex is %s", done);
  if (kind & kRobustBit) Unsupported("robust mutexes");
  return kind & kKindBits;
}

bool Take(pthread_mutex_t* mutex) {
  SyncObject& state = SyncAt(mutex);
  if (state.owner != 0) return false;
  state.owner = SelfAsOwner();
  Acquire(state.release);
  RecordSync(Event::kLock, mutex, "mutex");
  return true;
}

int Await(pthread_mutex_t* mutex, const char* reason, const Deadline* deadline) {
  while (!Take(mutex)) {
    if (const int error = WaitFor(mutex, reason, deadline)) return error;
  }
  return 0;
}

int Release(pthread_mutex_t* mutex, void* caller) {
  const int kind = KindOf(mutex, "unlocked", caller);
  SyncObject& state = SyncAt(mutex);
  if (state.owner != SelfAsOwner()) {
    if (kind == PTHREAD_MUTEX_RECURSIVE || kind == PTHREAD_MUTEX_ERRORCHECK) return EPERM;
    FailHere(FailureKind::kMisuse, "a mutex is unlocked that %s",
             state.owner == 0 ? "nobody has locked" : "another thread has locked");
  }
  if (state.recursion > 0) {
    --state.recursion;
    return 0;
  }
  state.owner = 0;
  ReleaseSet(state.release);
  RecordSync(Event::kUnlock, mutex, "mutex");
  Wake(mutex, kAll);
  return 0;
}

}  // namespace

int LockMutex(pthread_mutex_t* mutex, const Deadline* deadline, void* caller) {
  Point();
  const int kind = KindOf(mutex, "locked", caller);
  SyncObject& state = SyncAt(mutex);
  if (state.owner != SelfAsOwner()) return Await(mutex, "mutex", deadline);
  if (kind == PTHREAD_MUTEX_ERRORCHECK) return EDEADLK;
  if (kind != PTHREAD_MUTEX_RECURSIVE) return Await(mutex, "mutex held by itself", deadline);
  ++state.recursion;
  return 0;
}

int TryLockMutex(pthread_mutex_t* mutex, void* caller) {
  Point();
  const int kind = KindOf(mutex, "locked", caller);
  if (Take(mutex)) return 0;
  SyncObject& state = SyncAt(mutex);
  if (kind != PTHREAD_MUTEX_RECURSIVE || state.owner != SelfAsOwner()) {
    RecordSync(Event::kOther, mutex, "finds it locked: mutex");
    return EBUSY;
  }
  ++state.recursion;
  return 0;
}

int UnlockMutex(pthread_mutex_t* mutex, void* caller) {
  Point();
  return Release(mutex, caller);
}

int DestroyMutex(pthread_mutex_t* mutex, void* caller) {
  KindOf(mutex, "destroyed", caller);
  if (SyncAt(mutex).owner != 0) {
    FailHere(FailureKind::kMisuse, "a mutex is destroyed that is locked");
  }
  CheckWrite(mutex, sizeof(*mutex), caller);
  mutex->__data.__kind = kDestroyed;
  ForgetSync(mutex);
  return 0;
}

int ReleaseForWait(pthread_mutex_t* mutex, void* caller) { return Release(mutex, caller); }

void ReacquireAfterWait(pthread_mutex_t* mutex) { Await(mutex, "mutex", nullptr); }

}  // namespace hammerlock::explore::internal

using namespace hammerlock::explore;
using namespace hammerlock::explore::internal;

extern "C" {

int pthread_mutex_init(pthread_mutex_t* mutex, const pthread_mutexattr_t* attributes) noexcept {
  if (Watching()) {
    CheckWrite(mutex, sizeof(*mutex), HAMMERLOCK_CALLER);
    ForgetSync(mutex);
  }
  return HAMMERLOCK_REAL(pthread_mutex_init)(mutex, attributes);
}

int pthread_mutex_destroy(pthread_mutex_t* mutex) noexcept {
  if (!Watching()) return HAMMERLOCK_REAL(pthread_mutex_destroy)(mutex);
  return DestroyMutex(mutex, HAMMERLOCK_CALLER);
}

int pthread_mutex_lock(pthread_mutex_t* mutex) noexcept {
  if (!Watching()) return HAMMERLOCK_REAL(pthread_mutex_lock)(mutex);
  return LockMutex(mutex, nullptr, HAMMERLOCK_CALLER);
}

int pthread_mutex_trylock(pthread_mutex_t* mutex) noexcept {
  if (!Watching()) return HAMMERLOCK_REAL(pthread_mutex_trylock)(mutex);
  return TryLockMutex(mutex, HAMMERLOCK_CALLER);
}

int pthread_mutex_timedlock(pthread_mutex_t* mutex, const timespec* at) noexcept {
  if (!Watching()) return HAMMERLOCK_REAL(pthread_mutex_timedlock)(mutex, at);
  const Deadline deadline{CLOCK_REALTIME, at};
  return LockMutex(mutex, &deadline, HAMMERLOCK_CALLER);
}

int pthread_mutex_clocklock(pthread_mutex_t* mutex, clockid_t clock, const timespec* at) noexcept {
  if (!Watching()) return HAMMERLOCK_REAL(pthread_mutex_clocklock)(mutex, clock, at);
  if (clock != CLOCK_REALTIME && clock != CLOCK_MONOTONIC) return EINVAL;
  const Deadline deadline{clock, at};
  return LockMutex(mutex, &deadline, HAMMERLOCK_CALLER);
}

int pthread_mutex_unlock(pthread_mutex_t* mutex) noexcept {
  if (!Watching()) return HAMMERLOCK_REAL(pthread_mutex_unlock)(mutex);
  return UnlockMutex(mutex, HAMMERLOCK_CALLER);
}

int pthread_mutex_consistent(pthread_mutex_t* mutex) noexcept {
  if (Watching()) Unsupported("robust mutexes");
  return HAMMERLOCK_REAL(pthread_mutex_consistent)(mutex);
}

}  // extern "C"
