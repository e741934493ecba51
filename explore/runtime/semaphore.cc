// SPDX-License-Identifier: Apache-2.0
//
// POSIX semaphores. The value is taken over from the object at its first use; then it is kept
// apart. A wait acquires what every earlier post released, not only that of "its" post: the
// value is one location, and posts and waits are read-modify-writes of it.
#include <limits.h>
#include <semaphore.h>
#include <stdarg.h>

#include "explore/runtime/posix_internal.h"
#include "explore/runtime/recording.h"

namespace hammerlock::explore::internal {
namespace {

// Larger than any value.
constexpr unsigned kDestroyed = 0xffffffff;

// The value in glibc's sem_t: the low half of its first eight bytes.
unsigned& Stored(sem_t* semaphore) { return *reinterpret_cast<unsigned*>(semaphore); }

// `count` of its SyncObject is the value, once `state` says so.
SyncObject& StateOf(sem_t* semaphore, const char* done, void* caller) {
  const unsigned& stored = Stored(semaphore);
  CheckRead(&stored, sizeof(stored), caller);
  if (stored == kDestroyed) FailHere(FailureKind::kMisuse, "a destroyed semaphore is %s", done);
  SyncObject& state = SyncAt(semaphore);
  if (state.state == 0) {
    state.state = 1;
    state.count = stored;
  }
  return state;
}

bool Take(SyncObject& state) {
  if (state.count == 0) return false;
  --state.count;
  Acquire(state.release);
  RecordSync(Event::kLock, state.address, "semaphore");
  return true;
}

// 0 or an errno value.
int Wait(sem_t* semaphore, const Deadline* deadline, void* caller) {
  Point();
  while (!Take(StateOf(semaphore, "waited on", caller))) {
    if (const int error = WaitFor(semaphore, "semaphore", deadline)) return error;
  }
  return 0;
}

int Result(int error) {
  if (error == 0) return 0;
  errno = error;
  return -1;
}

}  // namespace
}  // namespace hammerlock::explore::internal

using namespace hammerlock::explore;
using namespace hammerlock::explore::internal;

extern "C" {

int sem_init(sem_t* semaphore, int shared, unsigned value) noexcept {
  if (Watching()) {
    CheckWrite(semaphore, sizeof(*semaphore), HAMMERLOCK_CALLER);
    ForgetSync(semaphore);
  }
  return HAMMERLOCK_REAL(sem_init)(semaphore, shared, value);
}

int sem_destroy(sem_t* semaphore) noexcept {
  if (!Watching()) return HAMMERLOCK_REAL(sem_destroy)(semaphore);
  StateOf(semaphore, "destroyed", HAMMERLOCK_CALLER);
  if (HasWaiters(semaphore)) {
    FailHere(FailureKind::kMisuse, "a semaphore is destroyed on which a thread waits");
  }
  CheckWrite(semaphore, sizeof(*semaphore), HAMMERLOCK_CALLER);
  Stored(semaphore) = kDestroyed;
  ForgetSync(semaphore);
  return 0;
}

int sem_wait(sem_t* semaphore) {
  if (!Watching()) return HAMMERLOCK_REAL(sem_wait)(semaphore);
  return Result(Wait(semaphore, nullptr, HAMMERLOCK_CALLER));
}

int sem_trywait(sem_t* semaphore) noexcept {
  if (!Watching()) return HAMMERLOCK_REAL(sem_trywait)(semaphore);
  Point();
  return Result(Take(StateOf(semaphore, "waited on", HAMMERLOCK_CALLER)) ? 0 : EAGAIN);
}

int sem_timedwait(sem_t* semaphore, const timespec* at) {
  if (!Watching()) return HAMMERLOCK_REAL(sem_timedwait)(semaphore, at);
  const Deadline deadline{CLOCK_REALTIME, at};
  return Result(Wait(semaphore, &deadline, HAMMERLOCK_CALLER));
}

int sem_clockwait(sem_t* semaphore, clockid_t clock, const timespec* at) {
  if (!Watching()) return HAMMERLOCK_REAL(sem_clockwait)(semaphore, clock, at);
  if (clock != CLOCK_REALTIME && clock != CLOCK_MONOTONIC) return Result(EINVAL);
  const Deadline deadline{clock, at};
  return Result(Wait(semaphore, &deadline, HAMMERLOCK_CALLER));
}

int sem_post(sem_t* semaphore) noexcept {
  if (!Watching()) return HAMMERLOCK_REAL(sem_post)(semaphore);
  Point();
  SyncObject& state = StateOf(semaphore, "posted", HAMMERLOCK_CALLER);
  if (state.count == SEM_VALUE_MAX) return Result(EOVERFLOW);
  ++state.count;
  Release(state.release);
  Wake(semaphore, kAll);
  RecordSync(Event::kUnlock, semaphore, "semaphore");
  return 0;
}

int sem_getvalue(sem_t* semaphore, int* value) noexcept {
  if (!Watching()) return HAMMERLOCK_REAL(sem_getvalue)(semaphore, value);
  Point();
  const SyncObject& state = StateOf(semaphore, "read", HAMMERLOCK_CALLER);
  CheckWrite(value, sizeof(*value), HAMMERLOCK_CALLER);
  *value = static_cast<int>(state.count);
  return 0;
}

sem_t* sem_open(const char* name, int flags, ...) noexcept {
  if (Watching()) Unsupported("named semaphores (sem_open)");
  va_list arguments;
  va_start(arguments, flags);
  const mode_t mode = va_arg(arguments, mode_t);
  const unsigned value = va_arg(arguments, unsigned);
  va_end(arguments);
  return HAMMERLOCK_REAL(sem_open)(name, flags, mode, value);
}

}  // extern "C"
