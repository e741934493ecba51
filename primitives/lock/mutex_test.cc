// SPDX-License-Identifier: Apache-2.0
#include "primitives/lock/mutex.h"

#include <atomic>
#include <chrono>
#include <thread>

#include "primitives/internal/thread_annotations.h"
#include "primitives/lock/lock_scenarios.h"
#include "scenario/execution.h"
#include "scenario/free_form.h"
#include "scenario/linearizable.h"
#include "scenario/litmus.h"

namespace hammerlock {

static_assert(TimedLockable<Mutex>);

struct MutexExcludes : LockExcludes<Mutex> {};
LITMUS(MutexExcludes, r0, r1) { DescribeExclusion(*this); }

struct MutexTryLock : TryLockExcludes<Mutex> {};
LITMUS(MutexTryLock, r0, r1) { DescribeTryLock(*this); }

struct MutexCarriesMessage : LockCarriesMessage<Mutex> {};
LITMUS(MutexCarriesMessage, r0) { DescribeMessage(*this); }

struct MutexIsDestroyedByTheLastOwner : LastOwnerDestroys<Mutex> {};
LITMUS(MutexIsDestroyedByTheLastOwner, r0, r1) { DescribeDestruction(*this); }

LINEARIZABLE(MutexGuardsACounter, GuardedCounter<Mutex>, CounterModel) {
  DeclareGuardedCounter(*this);
}

FREE_FORM(MutexInACrowd) { CrowdAtTwoLocks<Mutex>(); }

FREE_FORM(MutexIsHandedOver) { HandOverToAnotherThread<Mutex>(); }

namespace {

using std::chrono::hours;
using std::chrono::microseconds;
using std::chrono::steady_clock;
using std::chrono::system_clock;

}  // namespace

// Those who give up must neither lose the wake-up of those who do not, nor keep the lock.
FREE_FORM(MutexTimedWaitsInACrowd) {
  constexpr int kThreads = 4;
  constexpr int kRounds = 20;
  Mutex mutex;
  int count = 0;
  std::atomic<int> in_all{0};
  InThreads(kThreads, [&](int, Random& random) ABSL_NO_THREAD_SAFETY_ANALYSIS {
    int mine = 0;
    for (int round = 0; round < kRounds; ++round) {
      const bool gives_up = random.Below(2) == 0;
      if (gives_up) {
        if (!mutex.try_lock_for(microseconds(random.Below(30)))) continue;
      } else {
        mutex.lock();
      }
      ++count, ++mine;
      MaybeYield(random);
      mutex.unlock();
    }
    in_all.fetch_add(mine, std::memory_order_relaxed);  // read after the join
  });
  ExpectEq(count, in_all.load(std::memory_order_relaxed));
}

FREE_FORM(MutexTimedWaitsEndInTime) {
  const auto body = []() ABSL_NO_THREAD_SAFETY_ANALYSIS {
    Mutex mutex;
    mutex.lock();
    Expect(!mutex.try_lock_for(microseconds(0)), "held, no time");
    Expect(!mutex.try_lock_for(microseconds(50)), "held, a little time");
    Expect(!mutex.try_lock_for(-hours::max()), "held, less than no time");
    Expect(!mutex.try_lock_until(steady_clock::time_point::min()), "held, before all times");
    Expect(!mutex.try_lock_until(system_clock::now() - hours(1)), "held, an hour ago");
    std::thread waiter([&]() ABSL_NO_THREAD_SAFETY_ANALYSIS {
      if (Expect(mutex.try_lock_for(hours::max()), "gave up before the end of time")) {
        mutex.unlock();
      }
    });
    mutex.unlock();
    waiter.join();
    if (Expect(mutex.try_lock_until(steady_clock::time_point::min()), "free, but too late")) {
      mutex.unlock();
    }
  };
  body();
}

}  // namespace hammerlock
