// SPDX-License-Identifier: Apache-2.0
//
// Mutexes, read-write locks and spin locks, used as programs use them, misused, and asked for both
// of what they may do. Shared variables are
// plain wherever the function under test must order them: if it does not, that is a race.
#include <errno.h>
#include <sched.h>

#include <atomic>

#include "explore/runtime/test_program.h"

namespace hammerlock::explore::test_program {
namespace {

// Mutexes -----------------------------------------------------------------------------------------

void MutexExcludes() {
  pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
  int count = 0;
  const auto add = [&] {
    for (int i = 0; i < 3; ++i) {
      assert(pthread_mutex_lock(&mutex) == 0);
      ++count;
      assert(pthread_mutex_unlock(&mutex) == 0);
    }
  };
  {
    Thread a(add), b(add);
  }
  assert(count == 6);
  assert(pthread_mutex_destroy(&mutex) == 0);
}

void InitMutex(pthread_mutex_t* mutex, int type) {
  pthread_mutexattr_t attributes;
  assert(pthread_mutexattr_init(&attributes) == 0);
  assert(pthread_mutexattr_settype(&attributes, type) == 0);
  assert(pthread_mutex_init(mutex, &attributes) == 0);
  assert(pthread_mutexattr_destroy(&attributes) == 0);
}

void RecursiveMutex() {
  pthread_mutex_t mutex;
  InitMutex(&mutex, PTHREAD_MUTEX_RECURSIVE);
  pthread_mutex_t from_initialiser = PTHREAD_RECURSIVE_MUTEX_INITIALIZER_NP;
  assert(pthread_mutex_lock(&from_initialiser) == 0);
  assert(pthread_mutex_lock(&from_initialiser) == 0);
  int count = 0;
  const auto add = [&] {
    assert(pthread_mutex_lock(&mutex) == 0);
    assert(pthread_mutex_lock(&mutex) == 0);
    assert(pthread_mutex_trylock(&mutex) == 0);
    ++count;
    assert(pthread_mutex_unlock(&mutex) == 0);
    assert(pthread_mutex_unlock(&mutex) == 0);
    ++count;
    assert(pthread_mutex_unlock(&mutex) == 0);
    assert(pthread_mutex_unlock(&mutex) == EPERM || true);  // The other may hold it.
  };
  {
    Thread a(add), b(add);
  }
  assert(count == 4);
}

void ErrorCheckingMutex() {
  pthread_mutex_t mutex;
  InitMutex(&mutex, PTHREAD_MUTEX_ERRORCHECK);
  assert(pthread_mutex_unlock(&mutex) == EPERM);
  assert(pthread_mutex_lock(&mutex) == 0);
  assert(pthread_mutex_lock(&mutex) == EDEADLK);
  assert(pthread_mutex_trylock(&mutex) == EBUSY);
  Thread a([&] { assert(pthread_mutex_unlock(&mutex) == EPERM); });
  a.Join();
  assert(pthread_mutex_unlock(&mutex) == 0);
  assert(pthread_mutex_destroy(&mutex) == 0);
}

void TryLockFailsWhileLocked() {
  pthread_mutex_t mutex = PTHREAD_ADAPTIVE_MUTEX_INITIALIZER_NP;
  int count = 0;
  const auto add = [&] {
    const int error = pthread_mutex_trylock(&mutex);
    assert(error == 0 || error == EBUSY);
    if (error != 0) return;
    ++count;
    pthread_mutex_unlock(&mutex);
  };
  {
    Thread a(add), b(add);
  }
  assert(count == 1 || count == 2);
}

// One thread holds it for a while; whether the other gets it in time is open.
int TimedLockBesideAHolder() {
  pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
  int result = -1;
  pthread_mutex_lock(&mutex);
  Thread a([&] {
    timespec at = Soon();
    result = pthread_mutex_timedlock(&mutex, &at);
    if (result == 0) pthread_mutex_unlock(&mutex);
  });
  sched_yield();
  sched_yield();
  pthread_mutex_unlock(&mutex);
  a.Join();
  return result;
}
void TimedLockSometimesFails() { assert(TimedLockBesideAHolder() == 0); }
void TimedLockSometimesSucceeds() { assert(TimedLockBesideAHolder() == ETIMEDOUT); }

void TimedLocksTimeOut() {
  pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
  pthread_mutex_lock(&mutex);
  Thread a([&] {
    timespec at = After(CLOCK_MONOTONIC, 1000);
    assert(pthread_mutex_clocklock(&mutex, CLOCK_MONOTONIC, &at) == ETIMEDOUT);
    timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    assert(now.tv_sec > at.tv_sec || now.tv_nsec >= at.tv_nsec);
    at = kInvalid;
    assert(pthread_mutex_timedlock(&mutex, &at) == EINVAL);
    assert(pthread_mutex_clocklock(&mutex, CLOCK_THREAD_CPUTIME_ID, &at) == EINVAL);
  });
  a.Join();
  pthread_mutex_unlock(&mutex);
}

void UnlockNotLocked() {
  pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
  pthread_mutex_unlock(&mutex);
}
void UnlockAnothersMutex() {
  pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
  pthread_mutex_lock(&mutex);
  Thread a([&] { pthread_mutex_unlock(&mutex); });
}
void DestroyLockedMutex() {
  pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
  pthread_mutex_lock(&mutex);
  pthread_mutex_destroy(&mutex);
}
void LockDestroyedMutex() {
  pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
  pthread_mutex_destroy(&mutex);
  pthread_mutex_lock(&mutex);
}
void RelockNormalMutex() {
  pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
  pthread_mutex_lock(&mutex);
  pthread_mutex_lock(&mutex);
}
void LockInOppositeOrders() {
  pthread_mutex_t m = PTHREAD_MUTEX_INITIALIZER, n = PTHREAD_MUTEX_INITIALIZER;
  const auto both = [](pthread_mutex_t* first, pthread_mutex_t* second) {
    pthread_mutex_lock(first);
    pthread_mutex_lock(second);
    pthread_mutex_unlock(second);
    pthread_mutex_unlock(first);
  };
  Thread a([&] { both(&m, &n); });
  Thread b([&] { both(&n, &m); });
}
void InitialiseWhileLocking() {
  static pthread_mutex_t mutex;
  Thread a([] { pthread_mutex_init(&mutex, nullptr); });
  Thread b([] {
    pthread_mutex_lock(&mutex);
    pthread_mutex_unlock(&mutex);
  });
}
void RobustMutex() {
  pthread_mutexattr_t attributes;
  pthread_mutexattr_init(&attributes);
  pthread_mutexattr_setrobust(&attributes, PTHREAD_MUTEX_ROBUST);
  pthread_mutex_t mutex;
  pthread_mutex_init(&mutex, &attributes);
  pthread_mutex_lock(&mutex);
}

// Read-write locks --------------------------------------------------------------------------------

void ReadersShareAndWritersExclude() {
  pthread_rwlock_t lock = PTHREAD_RWLOCK_INITIALIZER;
  int a = 0, b = 0;
  const auto write = [&] {
    assert(pthread_rwlock_wrlock(&lock) == 0);
    ++a;
    ++b;
    assert(pthread_rwlock_unlock(&lock) == 0);
  };
  const auto read = [&] {
    assert(pthread_rwlock_rdlock(&lock) == 0);
    assert(a == b);
    assert(pthread_rwlock_unlock(&lock) == 0);
  };
  {
    Thread w1(write), w2(write);
    Thread r1(read), r2(read);
  }
  assert(a == 2);
  assert(pthread_rwlock_destroy(&lock) == 0);
}

void ReadLocksNestAndKeepWritersOut() {
  pthread_rwlock_t lock;
  assert(pthread_rwlock_init(&lock, nullptr) == 0);
  assert(pthread_rwlock_rdlock(&lock) == 0);
  assert(pthread_rwlock_tryrdlock(&lock) == 0);
  assert(pthread_rwlock_trywrlock(&lock) == EBUSY);
  Thread a([&] {
    timespec at = Soon();
    assert(pthread_rwlock_timedwrlock(&lock, &at) == ETIMEDOUT);
    at = After(CLOCK_MONOTONIC, 1000);
    assert(pthread_rwlock_clockwrlock(&lock, CLOCK_MONOTONIC, &at) == ETIMEDOUT);
    assert(pthread_rwlock_timedrdlock(&lock, &at) == 0);
    assert(pthread_rwlock_clockrdlock(&lock, CLOCK_MONOTONIC, &at) == 0);
    assert(pthread_rwlock_unlock(&lock) == 0);
    assert(pthread_rwlock_unlock(&lock) == 0);
  });
  a.Join();
  assert(pthread_rwlock_unlock(&lock) == 0);
  assert(pthread_rwlock_unlock(&lock) == 0);
  assert(pthread_rwlock_wrlock(&lock) == 0);
  assert(pthread_rwlock_rdlock(&lock) == EDEADLK);
  assert(pthread_rwlock_wrlock(&lock) == EDEADLK);
  assert(pthread_rwlock_tryrdlock(&lock) == EBUSY);
  assert(pthread_rwlock_unlock(&lock) == 0);
}

// Not even one after the other.
void ReadersDoNotOrderReaders() {
  pthread_rwlock_t lock = PTHREAD_RWLOCK_INITIALIZER;
  std::atomic<bool> first_is_done{false};
  int x = 0;
  const auto read_and_write = [&] {
    pthread_rwlock_rdlock(&lock);
    ++x;
    pthread_rwlock_unlock(&lock);
  };
  Thread a([&] {
    read_and_write();
    first_is_done.store(true, std::memory_order_relaxed);
  });
  Thread b([&] {
    while (!first_is_done.load(std::memory_order_relaxed)) sched_yield();
    read_and_write();
  });
}
void NestedReadLockMeetsWriter() {
  pthread_rwlockattr_t attributes;
  pthread_rwlockattr_init(&attributes);
  pthread_rwlockattr_setkind_np(&attributes, PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP);
  pthread_rwlock_t lock;
  pthread_rwlock_init(&lock, &attributes);
  Thread a([&] {
    pthread_rwlock_wrlock(&lock);
    pthread_rwlock_unlock(&lock);
  });
  pthread_rwlock_rdlock(&lock);
  pthread_rwlock_rdlock(&lock);
  pthread_rwlock_unlock(&lock);
  pthread_rwlock_unlock(&lock);
}
void UnlockRwlockNotLocked() {
  pthread_rwlock_t lock = PTHREAD_RWLOCK_INITIALIZER;
  pthread_rwlock_rdlock(&lock);
  Thread a([&] { pthread_rwlock_unlock(&lock); });
}
void DestroyReadLockedRwlock() {
  pthread_rwlock_t lock = PTHREAD_RWLOCK_INITIALIZER;
  pthread_rwlock_rdlock(&lock);
  pthread_rwlock_destroy(&lock);
}

// Spin locks --------------------------------------------------------------------------------------

void SpinLockExcludes() {
  pthread_spinlock_t lock;
  assert(pthread_spin_init(&lock, PTHREAD_PROCESS_PRIVATE) == 0);
  int count = 0, missed = 0;
  Thread a([&] {
    assert(pthread_spin_lock(&lock) == 0);
    ++count;
    assert(pthread_spin_unlock(&lock) == 0);
  });
  Thread b([&] {
    const int error = pthread_spin_trylock(&lock);
    assert(error == 0 || error == EBUSY);
    if (error != 0) {
      ++missed;
    } else {
      ++count;
      pthread_spin_unlock(&lock);
    }
  });
  a.Join();
  b.Join();
  assert(count + missed == 2 && count > 0);
  assert(pthread_spin_destroy(&lock) == 0);
}
void SpinLockIsRelocked() {
  pthread_spinlock_t lock;
  pthread_spin_init(&lock, PTHREAD_PROCESS_PRIVATE);
  pthread_spin_lock(&lock);
  pthread_spin_lock(&lock);
}
void SpinLockIsUnlockedByAnother() {
  pthread_spinlock_t lock;
  pthread_spin_init(&lock, PTHREAD_PROCESS_PRIVATE);
  pthread_spin_lock(&lock);
  Thread a([&] { pthread_spin_unlock(&lock); });
}

constexpr Scenario kScenarios[] = {
    {"mutex_excludes", "passes", MutexExcludes},
    {"recursive_mutex", "passes", RecursiveMutex},
    {"error_checking_mutex", "passes", ErrorCheckingMutex},
    {"try_lock_fails_while_locked", "passes", TryLockFailsWhileLocked},
    {"timed_lock_sometimes_fails", "sometimes", TimedLockSometimesFails},
    {"timed_lock_sometimes_succeeds", "sometimes", TimedLockSometimesSucceeds},
    {"timed_locks_time_out", "passes", TimedLocksTimeOut},
    {"unlock_not_locked", "misuse", UnlockNotLocked},
    {"unlock_anothers_mutex", "misuse", UnlockAnothersMutex},
    {"destroy_locked_mutex", "misuse", DestroyLockedMutex},
    {"lock_destroyed_mutex", "misuse", LockDestroyedMutex},
    {"relock_normal_mutex", "deadlock", RelockNormalMutex},
    {"lock_in_opposite_orders", "deadlock", LockInOppositeOrders},
    {"initialise_while_locking", "race", InitialiseWhileLocking},
    {"robust_mutex", "unsupported", RobustMutex},
    {"readers_share_and_writers_exclude", "passes", ReadersShareAndWritersExclude},
    {"read_locks_nest_and_keep_writers_out", "passes", ReadLocksNestAndKeepWritersOut},
    {"readers_do_not_order_readers", "race", ReadersDoNotOrderReaders},
    {"nested_read_lock_meets_writer", "deadlock", NestedReadLockMeetsWriter},
    {"unlock_rwlock_not_locked", "misuse", UnlockRwlockNotLocked},
    {"destroy_read_locked_rwlock", "misuse", DestroyReadLockedRwlock},
    {"spin_lock_excludes", "passes", SpinLockExcludes},
    {"spin_lock_is_relocked", "deadlock", SpinLockIsRelocked},
    {"spin_lock_is_unlocked_by_another", "misuse", SpinLockIsUnlockedByAnother},
};

}  // namespace
}  // namespace hammerlock::explore::test_program

int main(int argc, char** argv) {
  using namespace hammerlock::explore::test_program;
  return Main(kScenarios, sizeof(kScenarios) / sizeof(*kScenarios), argc, argv);
}
