// SPDX-License-Identifier: Apache-2.0
//
// What threads wait on: condition variables, barriers, semaphores, futexes. Shared variables are
// plain wherever the function under test must order them: if it does not, that is a race.
#include <errno.h>
#include <limits.h>
#include <linux/futex.h>
#include <linux/membarrier.h>
#include <sched.h>
#include <semaphore.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>

#include "explore/runtime/test_program.h"

namespace hammerlock::explore::test_program {
namespace {

// Condition variables -----------------------------------------------------------------------------

struct Monitor {
  pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
  pthread_cond_t condition = PTHREAD_COND_INITIALIZER;
  int value = 0;
};

void SignalsReachAWaiter() {
  Monitor m;
  Thread a([&] {
    pthread_mutex_lock(&m.mutex);
    while (m.value == 0) assert(pthread_cond_wait(&m.condition, &m.mutex) == 0);
    --m.value;
    pthread_mutex_unlock(&m.mutex);
  });
  pthread_mutex_lock(&m.mutex);
  ++m.value;
  pthread_mutex_unlock(&m.mutex);
  assert(pthread_cond_signal(&m.condition) == 0);
  a.Join();
  assert(m.value == 0);
  assert(pthread_cond_destroy(&m.condition) == 0);
}

void BroadcastsReachAll() {
  Monitor m;
  const auto wait = [&] {
    pthread_mutex_lock(&m.mutex);
    while (m.value == 0) pthread_cond_wait(&m.condition, &m.mutex);
    pthread_mutex_unlock(&m.mutex);
  };
  Thread a(wait), b(wait);
  pthread_mutex_lock(&m.mutex);
  m.value = 1;
  assert(pthread_cond_broadcast(&m.condition) == 0);
  pthread_mutex_unlock(&m.mutex);
}

void TimedWaitsTimeOut() {
  Monitor m;
  pthread_condattr_t attributes;
  assert(pthread_condattr_init(&attributes) == 0);
  assert(pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC) == 0);
  pthread_cond_t monotonic;
  assert(pthread_cond_init(&monotonic, &attributes) == 0);
  assert(pthread_condattr_destroy(&attributes) == 0);
  pthread_mutex_lock(&m.mutex);
  const auto elapsed = [](clockid_t clock, const timespec& at) {
    timespec now;
    clock_gettime(clock, &now);
    return now.tv_sec > at.tv_sec || (now.tv_sec == at.tv_sec && now.tv_nsec >= at.tv_nsec);
  };
  timespec at = Soon();
  while (pthread_cond_timedwait(&m.condition, &m.mutex, &at) != ETIMEDOUT) {
  }
  assert(elapsed(CLOCK_REALTIME, at));
  at = After(CLOCK_MONOTONIC, 1000000);
  while (pthread_cond_timedwait(&monotonic, &m.mutex, &at) != ETIMEDOUT) {
  }
  assert(elapsed(CLOCK_MONOTONIC, at));
  at = After(CLOCK_MONOTONIC, 1000000);
  while (pthread_cond_clockwait(&m.condition, &m.mutex, CLOCK_MONOTONIC, &at) != ETIMEDOUT) {
  }
  assert(elapsed(CLOCK_MONOTONIC, at));
  assert(pthread_cond_timedwait(&m.condition, &m.mutex, &kInvalid) == EINVAL);
  timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  assert(now.tv_sec < 100);  // No clock was taken for another.
  pthread_mutex_unlock(&m.mutex);
  assert(pthread_cond_destroy(&monotonic) == 0);
}

void WaitsSometimesEndForNoReason() {
  Monitor m;
  pthread_mutex_lock(&m.mutex);
  timespec at = Soon();
  assert(pthread_cond_timedwait(&m.condition, &m.mutex, &at) == ETIMEDOUT);
}

// Of two waiters either may be the one who is signalled.
int WhoIsSignalled() {
  Monitor m;
  int waiting = 0, first = 0;
  const auto wait = [&](int who) {
    pthread_mutex_lock(&m.mutex);
    ++waiting;
    while (m.value == 0) pthread_cond_wait(&m.condition, &m.mutex);
    if (first == 0) first = who;
    pthread_cond_signal(&m.condition);
    pthread_mutex_unlock(&m.mutex);
  };
  Thread a([&] { wait(1); });
  Thread b([&] { wait(2); });
  for (bool both = false; !both; sched_yield()) {
    pthread_mutex_lock(&m.mutex);
    both = waiting == 2;
    if (both) m.value = 1;
    pthread_mutex_unlock(&m.mutex);
  }
  pthread_cond_signal(&m.condition);
  a.Join();
  b.Join();
  return first;
}
void FirstWaiterIsSometimesSignalled() { assert(WhoIsSignalled() != 1); }
void SecondWaiterIsSometimesSignalled() { assert(WhoIsSignalled() != 2); }

void SignalIsLost() {
  Monitor m;
  std::atomic<bool> ready{false};
  Thread a([&] {
    pthread_mutex_lock(&m.mutex);
    while (!ready.load()) pthread_cond_wait(&m.condition, &m.mutex);
    pthread_mutex_unlock(&m.mutex);
  });
  ready.store(true);  // Not under the mutex.
  pthread_cond_signal(&m.condition);
}
void SignalDoesNotOrder() {
  Monitor m;
  int x = 0;
  std::atomic<int> waits{0};
  Thread a([&] {
    pthread_mutex_lock(&m.mutex);
    waits.store(1, std::memory_order_relaxed);
    timespec at = Soon();
    pthread_cond_timedwait(&m.condition, &m.mutex, &at);
    x = 1;
    pthread_mutex_unlock(&m.mutex);
  });
  x = 2;
  pthread_cond_signal(&m.condition);
}
void WaitWithoutTheMutex() {
  Monitor m;
  pthread_cond_wait(&m.condition, &m.mutex);
}
void DestroyWaitedForCondition() {
  Monitor m;
  Thread a([&] {
    pthread_mutex_lock(&m.mutex);
    m.value = 1;
    pthread_cond_wait(&m.condition, &m.mutex);
    pthread_mutex_unlock(&m.mutex);
  });
  for (bool waits = false; !waits; sched_yield()) {
    pthread_mutex_lock(&m.mutex);
    waits = m.value == 1;
    pthread_mutex_unlock(&m.mutex);
  }
  pthread_cond_destroy(&m.condition);
}

// Barriers ----------------------------------------------------------------------------------------

void BarrierOrdersItsRounds() {
  pthread_barrier_t barrier;
  assert(pthread_barrier_init(&barrier, nullptr, 0) == EINVAL);
  assert(pthread_barrier_init(&barrier, nullptr, 2) == 0);
  int x = 0, serial_x = 0, serial_y = 0;
  const auto rounds = [&](bool writes_first, int* serial) {
    for (int round = 1; round <= 4; ++round) {
      if (writes_first == (round % 2 == 1)) x = round;
      const int result = pthread_barrier_wait(&barrier);
      assert(result == 0 || result == PTHREAD_BARRIER_SERIAL_THREAD);
      if (result != 0) ++*serial;
      assert(x == round);
      pthread_barrier_wait(&barrier);
    }
  };
  Thread a([&] { rounds(true, &serial_x); });
  Thread b([&] { rounds(false, &serial_y); });
  a.Join();
  b.Join();
  assert(serial_x + serial_y == 4);
  assert(pthread_barrier_destroy(&barrier) == 0);
}

// Whoever is the serial thread may destroy it at once.
void BarrierIsDestroyedByTheSerialThread() {
  pthread_barrier_t barrier;
  pthread_barrier_init(&barrier, nullptr, 3);
  const auto arrive = [&] {
    if (pthread_barrier_wait(&barrier) == 0) return;
    assert(pthread_barrier_destroy(&barrier) == 0);
    memset(&barrier, 0xff, sizeof(barrier));
  };
  Thread a(arrive), b(arrive);
  arrive();
}

// A fast thread's write after the barrier is in no order with a slow one's read after it.
void BarrierDoesNotOrderWhatFollows() {
  pthread_barrier_t barrier;
  pthread_barrier_init(&barrier, nullptr, 2);
  int x = 0;
  Thread a([&] {
    pthread_barrier_wait(&barrier);
    x = 1;
  });
  pthread_barrier_wait(&barrier);
  assert(x == 0 || x == 1);
}

void BarrierIsOneShort() {
  pthread_barrier_t barrier;
  pthread_barrier_init(&barrier, nullptr, 3);
  Thread a([&] { pthread_barrier_wait(&barrier); });
  pthread_barrier_wait(&barrier);
}
void DestroyedBarrierIsUsed() {
  pthread_barrier_t barrier;
  pthread_barrier_init(&barrier, nullptr, 1);
  assert(pthread_barrier_wait(&barrier) == PTHREAD_BARRIER_SERIAL_THREAD);
  pthread_barrier_destroy(&barrier);
  pthread_barrier_wait(&barrier);
}

// Semaphores --------------------------------------------------------------------------------------

void PostsOrderWaits() {
  sem_t semaphore;
  assert(sem_init(&semaphore, 0, 0) == 0);
  int x = 0, y = 0;
  Thread a([&] {
    x = 1;
    assert(sem_post(&semaphore) == 0);
    y = 1;
    assert(sem_post(&semaphore) == 0);
  });
  assert(sem_wait(&semaphore) == 0);
  assert(x == 1);
  assert(sem_wait(&semaphore) == 0);
  assert(y == 1);
  int value = -1;
  assert(sem_getvalue(&semaphore, &value) == 0 && value == 0);
  a.Join();
  assert(sem_destroy(&semaphore) == 0);
}

void SemaphoreLetsAsManyIn() {
  sem_t semaphore;
  sem_init(&semaphore, 0, 2);
  std::atomic<int> inside{0};
  const auto enter = [&] {
    sem_wait(&semaphore);
    assert(inside.fetch_add(1) < 2);
    inside.fetch_sub(1);
    sem_post(&semaphore);
  };
  Thread a(enter), b(enter), c(enter);
}

void SemaphoreErrors() {
  sem_t semaphore;
  sem_init(&semaphore, 0, 0);
  assert(sem_trywait(&semaphore) == -1 && errno == EAGAIN);
  timespec at = After(CLOCK_REALTIME, 1000);
  assert(sem_timedwait(&semaphore, &at) == -1 && errno == ETIMEDOUT);
  at = After(CLOCK_MONOTONIC, 1000);
  assert(sem_clockwait(&semaphore, CLOCK_MONOTONIC, &at) == -1 && errno == ETIMEDOUT);
  at.tv_nsec = -1;
  assert(sem_timedwait(&semaphore, &at) == -1 && errno == EINVAL);
  assert(sem_post(&semaphore) == 0);
  assert(sem_timedwait(&semaphore, &at) == 0);  // It does not look at the time.
  sem_init(&semaphore, 0, SEM_VALUE_MAX);
  assert(sem_post(&semaphore) == -1 && errno == EOVERFLOW);
}

void SemaphoreLacksAPost() {
  sem_t semaphore;
  sem_init(&semaphore, 0, 1);
  Thread a([&] { sem_wait(&semaphore); });
  sem_wait(&semaphore);
}
void DestroyedSemaphoreIsPosted() {
  sem_t semaphore;
  sem_init(&semaphore, 0, 1);
  sem_destroy(&semaphore);
  sem_post(&semaphore);
}

// Futexes -----------------------------------------------------------------------------------------

long Futex(std::atomic<uint32_t>* word, int operation, uint32_t value, const void* time = nullptr,
           std::atomic<uint32_t>* word2 = nullptr, uint32_t value3 = 0) {
  return syscall(SYS_futex, word, operation, value, time, word2, value3);
}

void FutexMutex() {
  std::atomic<uint32_t> word{0};  // Drepper, "Futexes are tricky": 2 is locked, with waiters.
  int count = 0;
  const auto add = [&] {
    uint32_t expected = 0;
    if (!word.compare_exchange_strong(expected, 1, std::memory_order_acquire)) {
      while (word.exchange(2, std::memory_order_acquire) != 0) {
        Futex(&word, FUTEX_WAIT_PRIVATE, 2);
      }
    }
    ++count;
    if (word.exchange(0, std::memory_order_release) == 2) Futex(&word, FUTEX_WAKE_PRIVATE, 1);
  };
  {
    Thread a(add), b(add), c(add);
  }
  assert(count == 3);
}

void FutexErrors() {
  std::atomic<uint32_t> word{1};
  const timespec short_time = {0, 1000}, invalid = {0, 1000000000};
  assert(Futex(&word, FUTEX_WAIT, 0) == -1 && errno == EAGAIN);
  assert(Futex(&word, FUTEX_WAIT, 1, &short_time) == -1 && errno == ETIMEDOUT);
  assert(Futex(&word, FUTEX_WAIT, 1, &invalid) == -1 && errno == EINVAL);
  assert(Futex(&word, FUTEX_WAIT_BITSET, 1, nullptr, nullptr, 0) == -1 && errno == EINVAL);
  const timespec monotonic = After(CLOCK_MONOTONIC, 1000), real = After(CLOCK_REALTIME, 1000);
  assert(Futex(&word, FUTEX_WAIT_BITSET, 1, &monotonic, nullptr, 1) == -1 && errno == ETIMEDOUT);
  assert(Futex(&word, FUTEX_WAIT_BITSET | FUTEX_CLOCK_REALTIME, 1, &real, nullptr, 1) == -1);
  assert(errno == ETIMEDOUT && ClockNow(CLOCK_MONOTONIC) < 100000000000);
  assert(Futex(&word, FUTEX_WAKE, 1) == 0);
  assert(Futex(&word, FUTEX_CMP_REQUEUE, 1, nullptr, &word, 0) == -1 && errno == EAGAIN);
}

// A wake for other bits does not wake.
void FutexBitsets() {
  std::atomic<uint32_t> word{0}, woken{0};
  Thread a([&] {
    assert(Futex(&word, FUTEX_WAIT_BITSET, 0, nullptr, nullptr, 2) == 0);
    woken.store(1);
  });
  while (Futex(&word, FUTEX_WAKE_BITSET, 1, nullptr, nullptr, 6) == 0) {
    assert(Futex(&word, FUTEX_WAKE_BITSET, 1, nullptr, nullptr, 5) == 0);
    sched_yield();
  }
  a.Join();
  assert(woken.load() == 1);
}

void FutexRequeue() {
  std::atomic<uint32_t> first{0}, second{0};
  const auto wait = [&] { assert(Futex(&first, FUTEX_WAIT, 0) == 0); };
  Thread a(wait), b(wait);
  const auto most = reinterpret_cast<const void*>(static_cast<intptr_t>(INT_MAX));
  long moved = 0;
  for (; moved < 2; sched_yield()) {
    moved += Futex(&first, FUTEX_CMP_REQUEUE, 0, most, &second, 0);
  }
  assert(moved == 2);
  assert(Futex(&first, FUTEX_WAKE, INT_MAX) == 0);
  assert(Futex(&second, FUTEX_WAKE, INT_MAX) == 2);
}

void FutexDoesNotOrder() {
  std::atomic<uint32_t> word{0};
  int x = 0;
  Thread a([&] {
    const timespec long_time = {1, 0};
    Futex(&word, FUTEX_WAIT, 0, &long_time);
    x = 1;
  });
  x = 2;
  Futex(&word, FUTEX_WAKE, 1);
}

// Dekker's beginning: with a fence on one side only, and the membarrier for it on the other.
void MembarrierFencesTheOthers() {
  std::atomic<int> x{0}, y{0};
  int seen_y = -1, seen_x = -1;
  assert(syscall(SYS_membarrier, MEMBARRIER_CMD_QUERY, 0) > 0);
  assert(syscall(SYS_membarrier, MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED, 0) == 0);
  Thread a([&] {
    x.store(1, std::memory_order_relaxed);
    std::atomic_signal_fence(std::memory_order_seq_cst);
    seen_y = y.load(std::memory_order_relaxed);
  });
  Thread b([&] {
    y.store(1, std::memory_order_relaxed);
    assert(syscall(SYS_membarrier, MEMBARRIER_CMD_PRIVATE_EXPEDITED, 0) == 0);
    seen_x = x.load(std::memory_order_relaxed);
  });
  a.Join();
  b.Join();
  assert(seen_x == 1 || seen_y == 1);
}

constexpr Scenario kScenarios[] = {
    {"signals_reach_a_waiter", "passes", SignalsReachAWaiter},
    {"broadcasts_reach_all", "passes", BroadcastsReachAll},
    {"timed_waits_time_out", "passes", TimedWaitsTimeOut},
    {"waits_sometimes_end_for_no_reason", "sometimes", WaitsSometimesEndForNoReason},
    {"first_waiter_is_sometimes_signalled", "sometimes", FirstWaiterIsSometimesSignalled},
    {"second_waiter_is_sometimes_signalled", "sometimes", SecondWaiterIsSometimesSignalled},
    {"signal_is_lost", "deadlock", SignalIsLost},
    {"signal_does_not_order", "race", SignalDoesNotOrder},
    {"wait_without_the_mutex", "misuse", WaitWithoutTheMutex},
    {"destroy_waited_for_condition", "misuse", DestroyWaitedForCondition},
    {"barrier_orders_its_rounds", "passes", BarrierOrdersItsRounds},
    {"barrier_is_destroyed_by_the_serial_thread", "passes", BarrierIsDestroyedByTheSerialThread},
    {"barrier_does_not_order_what_follows", "race", BarrierDoesNotOrderWhatFollows},
    {"barrier_is_one_short", "deadlock", BarrierIsOneShort},
    {"destroyed_barrier_is_used", "misuse", DestroyedBarrierIsUsed},
    {"posts_order_waits", "passes", PostsOrderWaits},
    {"semaphore_lets_as_many_in", "passes", SemaphoreLetsAsManyIn},
    {"semaphore_errors", "passes", SemaphoreErrors},
    {"semaphore_lacks_a_post", "deadlock", SemaphoreLacksAPost},
    {"destroyed_semaphore_is_posted", "misuse", DestroyedSemaphoreIsPosted},
    {"futex_mutex", "passes", FutexMutex},
    {"futex_errors", "passes", FutexErrors},
    {"futex_bitsets", "passes", FutexBitsets},
    {"futex_requeue", "passes", FutexRequeue},
    {"futex_does_not_order", "race", FutexDoesNotOrder},
    {"membarrier_fences_the_others", "passes", MembarrierFencesTheOthers},
};

}  // namespace
}  // namespace hammerlock::explore::test_program

int main(int argc, char** argv) {
  using namespace hammerlock::explore::test_program;
  return Main(kScenarios, sizeof(kScenarios) / sizeof(*kScenarios), argc, argv);
}
