// SPDX-License-Identifier: Apache-2.0
//
// C11's threads. In glibc each type has the layout of its POSIX counterpart, so that each
// function is that of the counterpart under another name.
#include <stdlib.h>
#include <threads.h>
#include <unistd.h>

#include "explore/runtime/pool.h"
#include "explore/runtime/posix_internal.h"

namespace hammerlock::explore::internal {
namespace {

pthread_mutex_t* Posix(mtx_t* mutex) { return reinterpret_cast<pthread_mutex_t*>(mutex); }
pthread_cond_t* Posix(cnd_t* condition) { return reinterpret_cast<pthread_cond_t*>(condition); }

int ResultOf(int error) {
  switch (error) {
    case 0:
      return thrd_success;
    case EBUSY:
      return thrd_busy;
    case ENOMEM:
    case EAGAIN:
      return thrd_nomem;
    case ETIMEDOUT:
      return thrd_timedout;
    default:
      return thrd_error;
  }
}

struct Start {
  thrd_start_t function;
  void* argument;
};

void* AsPointer(int result) { return reinterpret_cast<void*>(static_cast<intptr_t>(result)); }

void* Run(void* start) {
  const Start& s = *static_cast<const Start*>(start);
  return AsPointer(s.function(s.argument));
}

}  // namespace
}  // namespace hammerlock::explore::internal

using namespace hammerlock::explore;
using namespace hammerlock::explore::internal;

extern "C" {

int thrd_create(thrd_t* thread, thrd_start_t function, void* argument) {
  if (!Watching()) return HAMMERLOCK_REAL(thrd_create)(thread, function, argument);
  const auto start = g_pool.New<Start>();
  *start = {function, argument};
  return ResultOf(pthread_create(thread, nullptr, Run, start));
}

int thrd_join(thrd_t thread, int* result) {
  if (!Watching()) return HAMMERLOCK_REAL(thrd_join)(thread, result);
  void* value = nullptr;
  const int error = pthread_join(thread, &value);
  if (error == 0 && result != nullptr) {
    CheckWrite(result, sizeof(*result), HAMMERLOCK_CALLER);
    *result = static_cast<int>(reinterpret_cast<intptr_t>(value));
  }
  return ResultOf(error);
}

int thrd_detach(thrd_t thread) { return ResultOf(pthread_detach(thread)); }

thrd_t thrd_current() { return pthread_self(); }

void thrd_exit(int result) { pthread_exit(AsPointer(result)); }

int thrd_sleep(const timespec* duration, timespec* remaining) {
  if (nanosleep(duration, remaining) == 0) return 0;
  return errno == EINTR ? -1 : -2;
}

void thrd_yield() { sched_yield(); }

int mtx_init(mtx_t* mutex, int type) {
  if (Watching()) {
    CheckWrite(mutex, sizeof(*mutex), HAMMERLOCK_CALLER);
    ForgetSync(mutex);
  }
  return HAMMERLOCK_REAL(mtx_init)(mutex, type);
}

void mtx_destroy(mtx_t* mutex) {
  if (!Watching()) return HAMMERLOCK_REAL(mtx_destroy)(mutex);
  DestroyMutex(Posix(mutex), HAMMERLOCK_CALLER);
}

int mtx_lock(mtx_t* mutex) {
  if (!Watching()) return HAMMERLOCK_REAL(mtx_lock)(mutex);
  return ResultOf(LockMutex(Posix(mutex), nullptr, HAMMERLOCK_CALLER));
}

int mtx_timedlock(mtx_t* mutex, const timespec* at) {
  if (!Watching()) return HAMMERLOCK_REAL(mtx_timedlock)(mutex, at);
  const Deadline deadline{CLOCK_REALTIME, at};
  return ResultOf(LockMutex(Posix(mutex), &deadline, HAMMERLOCK_CALLER));
}

int mtx_trylock(mtx_t* mutex) {
  if (!Watching()) return HAMMERLOCK_REAL(mtx_trylock)(mutex);
  return ResultOf(TryLockMutex(Posix(mutex), HAMMERLOCK_CALLER));
}

int mtx_unlock(mtx_t* mutex) {
  if (!Watching()) return HAMMERLOCK_REAL(mtx_unlock)(mutex);
  return ResultOf(UnlockMutex(Posix(mutex), HAMMERLOCK_CALLER));
}

int cnd_init(cnd_t* condition) {
  if (Watching()) {
    CheckWrite(condition, sizeof(*condition), HAMMERLOCK_CALLER);
    ForgetSync(condition);
  }
  return HAMMERLOCK_REAL(cnd_init)(condition);
}

void cnd_destroy(cnd_t* condition) {
  if (!Watching()) return HAMMERLOCK_REAL(cnd_destroy)(condition);
  DestroyCondition(Posix(condition), HAMMERLOCK_CALLER);
}

int cnd_wait(cnd_t* condition, mtx_t* mutex) {
  if (!Watching()) return HAMMERLOCK_REAL(cnd_wait)(condition, mutex);
  return ResultOf(WaitOnCondition(Posix(condition), Posix(mutex), nullptr, HAMMERLOCK_CALLER));
}

int cnd_timedwait(cnd_t* condition, mtx_t* mutex, const timespec* at) {
  if (!Watching()) return HAMMERLOCK_REAL(cnd_timedwait)(condition, mutex, at);
  const Deadline deadline{CLOCK_REALTIME, at};
  return ResultOf(WaitOnCondition(Posix(condition), Posix(mutex), &deadline, HAMMERLOCK_CALLER));
}

int cnd_signal(cnd_t* condition) {
  if (!Watching()) return HAMMERLOCK_REAL(cnd_signal)(condition);
  return ResultOf(SignalCondition(Posix(condition), 1, HAMMERLOCK_CALLER));
}

int cnd_broadcast(cnd_t* condition) {
  if (!Watching()) return HAMMERLOCK_REAL(cnd_broadcast)(condition);
  return ResultOf(SignalCondition(Posix(condition), kAll, HAMMERLOCK_CALLER));
}

int tss_create(tss_t* key, tss_dtor_t destructor) {
  return ResultOf(pthread_key_create(key, destructor));
}

void tss_delete(tss_t key) { pthread_key_delete(key); }

void* tss_get(tss_t key) { return pthread_getspecific(key); }

int tss_set(tss_t key, void* value) { return ResultOf(pthread_setspecific(key, value)); }

void call_once(once_flag* flag, void (*function)()) {
  if (!Watching()) return HAMMERLOCK_REAL(call_once)(flag, function);
  RunOnce(reinterpret_cast<pthread_once_t*>(flag), function, HAMMERLOCK_CALLER);
}

}  // extern "C"
