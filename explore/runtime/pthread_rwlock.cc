// SPDX-License-Identifier: Apache-2.0
//
// Read-write locks. A reader acquires what writers released; a writer also what readers did, so
// that readers are not ordered among themselves. The engine chooses who gets a free lock; only
// the kind that prefers writers keeps readers out while one waits.
#include "explore/runtime/posix_internal.h"
#include "explore/runtime/recording.h"
#include "explore/runtime/tls.h"

namespace hammerlock::explore::internal {
namespace {

// Written where glibc keeps the writer's thread id.
constexpr int kDestroyed = -1;

enum class Access { kRead, kWrite };

void CheckAlive(pthread_rwlock_t* lock, const char* done, void* caller) {
  const int& writer = lock->__data.__cur_writer;
  CheckRead(&writer, sizeof(writer), caller);
  if (writer == kDestroyed) {
    FailHere(FailureKind::kMisuse, "a destroyed read-write lock is %s", done);
  }
}

// How often the calling thread has it locked for reading.
int& ReadHolds(const pthread_rwlock_t* lock) {
  ReadHold** const first = &OwnTls().read_holds;
  ReadHold* unused = nullptr;
  for (ReadHold* hold = *first; hold != nullptr; hold = hold->next) {
    if (hold->lock == lock) return hold->count;
    if (hold->count == 0) unused = hold;
  }
  if (unused == nullptr) {
    unused = g_pool.New<ReadHold>();
    unused->next = *first;
    *first = unused;
  }
  unused->lock = lock;
  return unused->count;
}

bool PrefersWriters(const pthread_rwlock_t* lock) {
  return lock->__data.__flags == PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP;
}

bool Take(pthread_rwlock_t* lock, Access access) {
  SyncObject& state = SyncAt(lock);
  if (state.owner != 0) return false;
  if (access == Access::kRead) {
    if (state.waiting_writers > 0 && PrefersWriters(lock)) return false;
    ++state.readers;
    ++ReadHolds(lock);
    Acquire(state.release);
    RecordSync(Event::kLock, lock, "read-write lock, to read");
    return true;
  }
  if (state.readers != 0) return false;
  state.owner = SelfAsOwner();
  Acquire(state.release);
  Acquire(state.release2);
  RecordSync(Event::kLock, lock, "read-write lock, to write");
  return true;
}

int TryLock(pthread_rwlock_t* lock, Access access, void* caller) {
  Point();
  CheckAlive(lock, "locked", caller);
  return Take(lock, access) ? 0 : EBUSY;
}

int Lock(pthread_rwlock_t* lock, Access access, const Deadline* deadline, void* caller) {
  Point();
  CheckAlive(lock, "locked", caller);
  if (Take(lock, access)) return 0;
  if (SyncAt(lock).owner == SelfAsOwner()) return EDEADLK;
  const bool writes = access == Access::kWrite;
  const char* const kind = writes ? "read-write lock, to write" : "read-write lock, to read";
  if (writes) ++SyncAt(lock).waiting_writers;
  int error = 0;
  do {
    error = WaitFor(lock, kind, deadline);
  } while (error == 0 && !Take(lock, access));
  if (writes) {
    --SyncAt(lock).waiting_writers;
    if (error != 0 && PrefersWriters(lock)) Wake(lock, kAll);  // Readers it kept out.
  }
  return error;
}

int Unlock(pthread_rwlock_t* lock, void* caller) {
  Point();
  CheckAlive(lock, "unlocked", caller);
  SyncObject& state = SyncAt(lock);
  if (state.owner == SelfAsOwner()) {
    state.owner = 0;
    ReleaseSet(state.release);
    state.release2.Clear();  // The writer had acquired it: it is in `release` now.
  } else {
    int& holds = ReadHolds(lock);
    if (holds == 0) {
      FailHere(FailureKind::kMisuse, "a read-write lock is unlocked that %s",
               state.owner == 0 && state.readers == 0 ? "nobody has locked"
                                                      : "another thread has locked");
    }
    --holds;
    --state.readers;
    Release(state.release2);
  }
  RecordSync(Event::kUnlock, lock, "read-write lock");
  Wake(lock, kAll);
  return 0;
}

}  // namespace
}  // namespace hammerlock::explore::internal

using namespace hammerlock::explore;
using namespace hammerlock::explore::internal;

extern "C" {

int pthread_rwlock_init(pthread_rwlock_t* lock, const pthread_rwlockattr_t* attributes) noexcept {
  if (Watching()) {
    CheckWrite(lock, sizeof(*lock), HAMMERLOCK_CALLER);
    ForgetSync(lock);
  }
  return HAMMERLOCK_REAL(pthread_rwlock_init)(lock, attributes);
}

int pthread_rwlock_destroy(pthread_rwlock_t* lock) noexcept {
  if (!Watching()) return HAMMERLOCK_REAL(pthread_rwlock_destroy)(lock);
  CheckAlive(lock, "destroyed", HAMMERLOCK_CALLER);
  const SyncObject& state = SyncAt(lock);
  if (state.owner != 0 || state.readers != 0) {
    FailHere(FailureKind::kMisuse, "a read-write lock is destroyed that is locked");
  }
  CheckWrite(lock, sizeof(*lock), HAMMERLOCK_CALLER);
  lock->__data.__cur_writer = kDestroyed;
  ForgetSync(lock);
  return 0;
}

int pthread_rwlock_rdlock(pthread_rwlock_t* lock) noexcept {
  if (!Watching()) return HAMMERLOCK_REAL(pthread_rwlock_rdlock)(lock);
  return Lock(lock, Access::kRead, nullptr, HAMMERLOCK_CALLER);
}

int pthread_rwlock_wrlock(pthread_rwlock_t* lock) noexcept {
  if (!Watching()) return HAMMERLOCK_REAL(pthread_rwlock_wrlock)(lock);
  return Lock(lock, Access::kWrite, nullptr, HAMMERLOCK_CALLER);
}

int pthread_rwlock_tryrdlock(pthread_rwlock_t* lock) noexcept {
  if (!Watching()) return HAMMERLOCK_REAL(pthread_rwlock_tryrdlock)(lock);
  return TryLock(lock, Access::kRead, HAMMERLOCK_CALLER);
}

int pthread_rwlock_trywrlock(pthread_rwlock_t* lock) noexcept {
  if (!Watching()) return HAMMERLOCK_REAL(pthread_rwlock_trywrlock)(lock);
  return TryLock(lock, Access::kWrite, HAMMERLOCK_CALLER);
}

int pthread_rwlock_timedrdlock(pthread_rwlock_t* lock, const timespec* at) noexcept {
  if (!Watching()) return HAMMERLOCK_REAL(pthread_rwlock_timedrdlock)(lock, at);
  const Deadline deadline{CLOCK_REALTIME, at};
  return Lock(lock, Access::kRead, &deadline, HAMMERLOCK_CALLER);
}

int pthread_rwlock_timedwrlock(pthread_rwlock_t* lock, const timespec* at) noexcept {
  if (!Watching()) return HAMMERLOCK_REAL(pthread_rwlock_timedwrlock)(lock, at);
  const Deadline deadline{CLOCK_REALTIME, at};
  return Lock(lock, Access::kWrite, &deadline, HAMMERLOCK_CALLER);
}

int pthread_rwlock_clockrdlock(pthread_rwlock_t* lock, clockid_t clock,
                               const timespec* at) noexcept {
  if (!Watching()) return HAMMERLOCK_REAL(pthread_rwlock_clockrdlock)(lock, clock, at);
  if (clock != CLOCK_REALTIME && clock != CLOCK_MONOTONIC) return EINVAL;
  const Deadline deadline{clock, at};
  return Lock(lock, Access::kRead, &deadline, HAMMERLOCK_CALLER);
}

int pthread_rwlock_clockwrlock(pthread_rwlock_t* lock, clockid_t clock,
                               const timespec* at) noexcept {
  if (!Watching()) return HAMMERLOCK_REAL(pthread_rwlock_clockwrlock)(lock, clock, at);
  if (clock != CLOCK_REALTIME && clock != CLOCK_MONOTONIC) return EINVAL;
  const Deadline deadline{clock, at};
  return Lock(lock, Access::kWrite, &deadline, HAMMERLOCK_CALLER);
}

int pthread_rwlock_unlock(pthread_rwlock_t* lock) noexcept {
  if (!Watching()) return HAMMERLOCK_REAL(pthread_rwlock_unlock)(lock);
  return Unlock(lock, HAMMERLOCK_CALLER);
}

}  // extern "C"
