// SPDX-License-Identifier: Apache-2.0
//
// Barriers and spin locks.
//
// A barrier's rounds alternate between two clocks: a slow thread of one round must not acquire
// what fast ones publish in the next. As in glibc, destroying it waits for those that are
// still about to leave.
#include "explore/runtime/posix_internal.h"
#include "explore/runtime/recording.h"

namespace hammerlock::explore::internal {
namespace {

// The start of glibc's struct pthread_barrier. Its count is never 0, but here in a destroyed one.
struct BarrierHead {
  unsigned in;
  unsigned current_round;
  unsigned count;
};

unsigned& CountOf(pthread_barrier_t* barrier, const char* done, void* caller) {
  unsigned& count = reinterpret_cast<BarrierHead*>(barrier)->count;
  CheckRead(&count, sizeof(count), caller);
  if (count == 0) FailHere(FailureKind::kMisuse, "a destroyed barrier is %s", done);
  return count;
}

// In its SyncObject: `state` counts rounds, `count` those who arrived in the present one,
// `readers` those who are yet to leave an earlier one.
int WaitAtBarrier(pthread_barrier_t* barrier, void* caller) {
  Point();
  const unsigned count = CountOf(barrier, "waited at", caller);
  SyncObject& state = SyncAt(barrier);
  Clock& published = state.state % 2 == 0 ? state.release : state.release2;
  if (state.count == 0) {
    ReleaseSet(published);
  } else {
    Release(published);
  }
  if (++state.count == count) {
    ++state.state;
    state.count = 0;
    state.readers += static_cast<int>(count) - 1;
    Acquire(published);
    Wake(barrier, kAll);
    RecordSync(Event::kNotify, barrier, "barrier", count - 1, g_woken);
    return PTHREAD_BARRIER_SERIAL_THREAD;
  }
  Block(barrier, "barrier");
  Acquire(published);
  if (--state.readers == 0) Wake(&reinterpret_cast<BarrierHead*>(barrier)->count, kAll);
  return 0;
}

int DestroyBarrier(pthread_barrier_t* barrier, void* caller) {
  const unsigned& count = CountOf(barrier, "destroyed", caller);
  SyncObject& state = SyncAt(barrier);
  if (state.count != 0) {
    FailHere(FailureKind::kMisuse, "a barrier is destroyed at which a thread waits");
  }
  while (state.readers != 0) Block(&count, "thread that is to leave a barrier");
  CheckWrite(barrier, sizeof(*barrier), caller);
  reinterpret_cast<BarrierHead*>(barrier)->count = 0;
  ForgetSync(barrier);
  return 0;
}

// Spin locks block like mutexes: what spins here would keep others from running.
// pthread_spinlock_t* and void* because the type is a volatile int.
bool TakeSpin(const void* lock) {
  SyncObject& state = SyncAt(lock);
  if (state.owner != 0) return false;
  state.owner = SelfAsOwner();
  Acquire(state.release);
  RecordSync(Event::kLock, lock, "spin lock");
  return true;
}

}  // namespace
}  // namespace hammerlock::explore::internal

using namespace hammerlock::explore;
using namespace hammerlock::explore::internal;

extern "C" {

int pthread_barrier_init(pthread_barrier_t* barrier, const pthread_barrierattr_t* attributes,
                         unsigned count) noexcept {
  if (Watching()) {
    CheckWrite(barrier, sizeof(*barrier), HAMMERLOCK_CALLER);
    ForgetSync(barrier);
  }
  return HAMMERLOCK_REAL(pthread_barrier_init)(barrier, attributes, count);
}

int pthread_barrier_destroy(pthread_barrier_t* barrier) noexcept {
  if (!Watching()) return HAMMERLOCK_REAL(pthread_barrier_destroy)(barrier);
  return DestroyBarrier(barrier, HAMMERLOCK_CALLER);
}

int pthread_barrier_wait(pthread_barrier_t* barrier) noexcept {
  if (!Watching()) return HAMMERLOCK_REAL(pthread_barrier_wait)(barrier);
  return WaitAtBarrier(barrier, HAMMERLOCK_CALLER);
}

int pthread_spin_init(pthread_spinlock_t* lock, int shared) noexcept {
  if (Watching()) {
    CheckWrite(const_cast<int*>(lock), sizeof(*lock), HAMMERLOCK_CALLER);
    ForgetSync(const_cast<int*>(lock));
  }
  return HAMMERLOCK_REAL(pthread_spin_init)(lock, shared);
}

int pthread_spin_destroy(pthread_spinlock_t* lock) noexcept {
  if (!Watching()) return HAMMERLOCK_REAL(pthread_spin_destroy)(lock);
  int* const plain = const_cast<int*>(lock);
  if (SyncAt(plain).owner != 0) {
    FailHere(FailureKind::kMisuse, "a spin lock is destroyed that is locked");
  }
  CheckWrite(plain, sizeof(*plain), HAMMERLOCK_CALLER);
  ForgetSync(plain);
  return 0;
}

int pthread_spin_lock(pthread_spinlock_t* lock) noexcept {
  if (!Watching()) return HAMMERLOCK_REAL(pthread_spin_lock)(lock);
  Point();
  int* const plain = const_cast<int*>(lock);
  CheckRead(plain, sizeof(*plain), HAMMERLOCK_CALLER);
  const char* const kind =
      SyncAt(plain).owner == SelfAsOwner() ? "spin lock held by itself" : "spin lock";
  while (!TakeSpin(plain)) Block(plain, kind);
  return 0;
}

int pthread_spin_trylock(pthread_spinlock_t* lock) noexcept {
  if (!Watching()) return HAMMERLOCK_REAL(pthread_spin_trylock)(lock);
  Point();
  int* const plain = const_cast<int*>(lock);
  CheckRead(plain, sizeof(*plain), HAMMERLOCK_CALLER);
  return TakeSpin(plain) ? 0 : EBUSY;
}

int pthread_spin_unlock(pthread_spinlock_t* lock) noexcept {
  if (!Watching()) return HAMMERLOCK_REAL(pthread_spin_unlock)(lock);
  Point();
  int* const plain = const_cast<int*>(lock);
  CheckRead(plain, sizeof(*plain), HAMMERLOCK_CALLER);
  SyncObject& state = SyncAt(plain);
  if (state.owner != SelfAsOwner()) {
    FailHere(FailureKind::kMisuse, "a spin lock is unlocked that %s",
             state.owner == 0 ? "nobody has locked" : "another thread has locked");
  }
  state.owner = 0;
  ReleaseSet(state.release);
  RecordSync(Event::kUnlock, plain, "spin lock");
  Wake(plain, kAll);
  return 0;
}

}  // extern "C"
