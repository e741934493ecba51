// SPDX-License-Identifier: Apache-2.0
//
// Each lock beside its peers of the standard library and Abseil. The names differ only in the type,
// so that ratios can be read off one run: BM_Lock<SpinLock>/threads:2 against
// BM_Lock<std::mutex>/threads:2. Times are wall-clock time divided by the iterations of all
// threads. Run on an idle machine: when cores are short, the fair locks (ticket, MCS,
// reader-writer) pay for a context switch per hand-over, the others do not.
#include <barrier>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <semaphore>
#include <shared_mutex>

#include "absl/synchronization/mutex.h"
#include "benchmark/benchmark.h"
#include "primitives/internal/cache_line.h"
#include "primitives/internal/spin.h"
#include "primitives/internal/thread_annotations.h"
#include "primitives/lock/barrier.h"
#include "primitives/lock/condition_variable.h"
#include "primitives/lock/mcs_lock.h"
#include "primitives/lock/mutex.h"
#include "primitives/lock/rw_lock.h"
#include "primitives/lock/semaphore.h"
#include "primitives/lock/spin_lock.h"
#include "primitives/lock/ticket_lock.h"

namespace hammerlock {
namespace {

// Abseil's names for the standard's.
class AbslMutex {
 public:
  void lock() ABSL_NO_THREAD_SAFETY_ANALYSIS { mutex_.Lock(); }
  void unlock() ABSL_NO_THREAD_SAFETY_ANALYSIS { mutex_.Unlock(); }
  void lock_shared() ABSL_NO_THREAD_SAFETY_ANALYSIS { mutex_.ReaderLock(); }
  void unlock_shared() ABSL_NO_THREAD_SAFETY_ANALYSIS { mutex_.ReaderUnlock(); }
  absl::Mutex& get() { return mutex_; }

 private:
  absl::Mutex mutex_;
};

class AbslConditionVariable {
 public:
  void wait(std::unique_lock<AbslMutex>& lock) { condition_.Wait(&lock.mutex()->get()); }
  void notify_one() { condition_.Signal(); }

 private:
  absl::CondVar condition_;
};

// What all threads of one benchmark share, in every run of it.
template <class Lock>
struct Shared {
  alignas(kCacheLine) Lock lock;
  alignas(kCacheLine) long value = 0;
};

template <class Lock>
Shared<Lock> shared;

void Pause(int hints) {
  for (int i = 0; i < hints; ++i) internal::CpuRelax();
}

// Nothing but the lock and one increment: with several threads, the greatest contention there is.
template <class Lock>
void BM_Lock(benchmark::State& state) {
  for (auto _ : state) {
    shared<Lock>.lock.lock();
    benchmark::DoNotOptimize(++shared<Lock>.value);
    shared<Lock>.lock.unlock();
  }
}

// The same with about half a microsecond of work of one's own in between.
template <class Lock>
void BM_LockNowAndThen(benchmark::State& state) {
  for (auto _ : state) {
    shared<Lock>.lock.lock();
    benchmark::DoNotOptimize(++shared<Lock>.value);
    shared<Lock>.lock.unlock();
    Pause(24);
  }
}

template <class Lock>
void BM_LockShared(benchmark::State& state) {
  for (auto _ : state) {
    shared<Lock>.lock.lock_shared();
    benchmark::DoNotOptimize(shared<Lock>.value);
    shared<Lock>.lock.unlock_shared();
  }
}

// One write in 16.
template <class Lock>
void BM_ReadMostly(benchmark::State& state) {
  int turn = state.thread_index();
  for (auto _ : state) {
    if (++turn % 16 == 0) {
      shared<Lock>.lock.lock();
      benchmark::DoNotOptimize(++shared<Lock>.value);
      shared<Lock>.lock.unlock();
    } else {
      shared<Lock>.lock.lock_shared();
      benchmark::DoNotOptimize(shared<Lock>.value);
      shared<Lock>.lock.unlock_shared();
    }
  }
}

// One unit, so that this is a lock.
template <class Semaphore>
void BM_Semaphore(benchmark::State& state) {
  static Semaphore semaphore(1);
  for (auto _ : state) {
    semaphore.acquire();
    semaphore.release();
  }
}

// Two threads that wake each other in turn; an iteration is half a round trip.
template <class Semaphore>
void BM_SemaphorePingPong(benchmark::State& state) {
  static Semaphore ping(1);
  static Semaphore pong(0);
  Semaphore& mine = state.thread_index() == 0 ? ping : pong;
  Semaphore& other = state.thread_index() == 0 ? pong : ping;
  for (auto _ : state) {
    mine.acquire();
    other.release();
  }
}

template <class Mutex, class ConditionVariable>
void BM_ConditionVariablePingPong(benchmark::State& state) {
  static Mutex mutex;
  static ConditionVariable changed;
  static int turn = 0;
  const int me = state.thread_index();
  for (auto _ : state) {
    std::unique_lock<Mutex> lock(mutex);
    while (turn != me) changed.wait(lock);
    turn = 1 - me;
    changed.notify_one();
  }
}

// Notifying when nobody waits.
template <class ConditionVariable>
void BM_NotifyNobody(benchmark::State& state) {
  ConditionVariable changed;
  for (auto _ : state) changed.notify_one();
}

template <class Barrier>
std::unique_ptr<Barrier> barrier;

template <class Barrier>
void BM_Barrier(benchmark::State& state) {
  for (auto _ : state) barrier<Barrier>->arrive_and_wait();
}

template <class Barrier>
void MakeBarrier(const benchmark::State& state) {
  barrier<Barrier> = std::make_unique<Barrier>(state.threads());
}

// Every benchmark runs with 1, 2 and 4 threads.
#define LOCK_BENCHMARK(...) BENCHMARK_TEMPLATE(__VA_ARGS__)->ThreadRange(1, 4)->UseRealTime()
#define PAIR_BENCHMARK(...) BENCHMARK_TEMPLATE(__VA_ARGS__)->Threads(2)->UseRealTime()

LOCK_BENCHMARK(BM_Lock, SpinLock);
LOCK_BENCHMARK(BM_Lock, TicketLock);
LOCK_BENCHMARK(BM_Lock, McsLock);
LOCK_BENCHMARK(BM_Lock, Mutex);
LOCK_BENCHMARK(BM_Lock, RwLock);
LOCK_BENCHMARK(BM_Lock, std::mutex);
LOCK_BENCHMARK(BM_Lock, AbslMutex);
LOCK_BENCHMARK(BM_Lock, std::shared_mutex);

LOCK_BENCHMARK(BM_LockNowAndThen, SpinLock);
LOCK_BENCHMARK(BM_LockNowAndThen, TicketLock);
LOCK_BENCHMARK(BM_LockNowAndThen, McsLock);
LOCK_BENCHMARK(BM_LockNowAndThen, Mutex);
LOCK_BENCHMARK(BM_LockNowAndThen, RwLock);
LOCK_BENCHMARK(BM_LockNowAndThen, std::mutex);
LOCK_BENCHMARK(BM_LockNowAndThen, AbslMutex);
LOCK_BENCHMARK(BM_LockNowAndThen, std::shared_mutex);

LOCK_BENCHMARK(BM_LockShared, RwLock);
LOCK_BENCHMARK(BM_LockShared, std::shared_mutex);
LOCK_BENCHMARK(BM_LockShared, AbslMutex);

LOCK_BENCHMARK(BM_ReadMostly, RwLock);
LOCK_BENCHMARK(BM_ReadMostly, std::shared_mutex);
LOCK_BENCHMARK(BM_ReadMostly, AbslMutex);

LOCK_BENCHMARK(BM_Semaphore, Semaphore);
LOCK_BENCHMARK(BM_Semaphore, std::counting_semaphore<>);

PAIR_BENCHMARK(BM_SemaphorePingPong, Semaphore);
PAIR_BENCHMARK(BM_SemaphorePingPong, std::counting_semaphore<>);

PAIR_BENCHMARK(BM_ConditionVariablePingPong, Mutex, ConditionVariable);
PAIR_BENCHMARK(BM_ConditionVariablePingPong, std::mutex, std::condition_variable);
PAIR_BENCHMARK(BM_ConditionVariablePingPong, AbslMutex, AbslConditionVariable);

BENCHMARK_TEMPLATE(BM_NotifyNobody, ConditionVariable);
BENCHMARK_TEMPLATE(BM_NotifyNobody, std::condition_variable);

LOCK_BENCHMARK(BM_Barrier, Barrier<>)->Setup(MakeBarrier<Barrier<>>);
LOCK_BENCHMARK(BM_Barrier, std::barrier<>)->Setup(MakeBarrier<std::barrier<>>);

}  // namespace
}  // namespace hammerlock
