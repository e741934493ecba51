// SPDX-License-Identifier: Apache-2.0
#include "primitives/lock/semaphore.h"

#include <atomic>
#include <chrono>
#include <cstdint>
#include <thread>

#include "primitives/internal/thread_annotations.h"
#include "primitives/lock/lock_scenarios.h"
#include "scenario/execution.h"
#include "scenario/free_form.h"
#include "scenario/generator.h"
#include "scenario/linearizable.h"
#include "scenario/litmus.h"

namespace hammerlock {
namespace {

using std::chrono::hours;
using std::chrono::microseconds;
using std::chrono::steady_clock;
using std::chrono::system_clock;

// With one unit it is a lock.
class ABSL_LOCKABLE BinarySemaphore {
 public:
  void lock() ABSL_EXCLUSIVE_LOCK_FUNCTION() { semaphore_.acquire(); }
  bool try_lock() ABSL_EXCLUSIVE_TRYLOCK_FUNCTION(true) { return semaphore_.try_acquire(); }
  void unlock() HAMMERLOCK_UNLOCK_EXCLUSIVE() { semaphore_.release(); }

 private:
  Semaphore semaphore_{1};
};

}  // namespace

struct SemaphoreExcludes : LockExcludes<BinarySemaphore> {};
LITMUS(SemaphoreExcludes, r0, r1) { DescribeExclusion(*this); }

FREE_FORM(SemaphoreInACrowd) { CrowdAtTwoLocks<BinarySemaphore>(); }

struct SemaphoreCarriesMessage {
  Semaphore semaphore{0};
  int message = 0;
  int r0 = 0, r1 = 0;

  void P0() {
    message = 42;
    semaphore.release(2);
  }
  void P1() {
    semaphore.acquire();
    r0 = message;
  }
  void P2() { r1 = semaphore.try_acquire() ? message : kBusy; }
};
LITMUS(SemaphoreCarriesMessage, r0, r1) {
  Acceptable({42, kBusy}, "P2 came first");
  Acceptable({42, 42}, "the message arrived");
  Forbidden([](int r0, int r1) { return r0 == 0 || r1 == 0; }, "it was sent and is not there");
}

// Who has acquired the last unit may destroy it, although release() may not have returned.
struct SemaphoreIsDestroyedByTheAcquirer {
  Semaphore* const semaphore = new Semaphore(0);
  int r0 = 0;

  void P0() { semaphore->release(); }
  void P1() {
    semaphore->acquire();
    delete semaphore;
    r0 = 1;
  }
};
LITMUS(SemaphoreIsDestroyedByTheAcquirer, r0) { Acceptable({1}, "it was destroyed"); }

LINEARIZABLE(SemaphoreCounts, Semaphore, SemaphoreModel) {
  Construct(1u);
  StartModel(1);
  Op("try_acquire", &Subject::try_acquire, &Model::TryAcquire).Weight(2);
  Op(
      "release", [](Subject& s, uint32_t units) { s.release(units); }, &Model::ReleaseMany)
      .With(Between(1, 2));
}

// One release of many units lets as many go on, even if all of them sleep.
FREE_FORM(SemaphoreReleasesManyAtOnce) {
  constexpr int kTakers = 4;
  constexpr int kRounds = 10;
  Semaphore units(0), taken(0);
  InThreads(1 + kTakers, [&](int thread, Random& random) {
    for (int round = 0; round < kRounds; ++round) {
      if (thread == 0) {
        // Time for the others to fall asleep.
        for (unsigned i = random.Below(20); i > 0; --i) std::this_thread::yield();
        units.release(kTakers);
        for (int i = 0; i < kTakers; ++i) taken.acquire();
      } else {
        if (random.Below(2) == 0) {
          units.acquire();
        } else {
          while (!units.try_acquire_for(microseconds(random.Below(30)))) {
          }
        }
        taken.release();
      }
    }
  });
  Expect(!units.try_acquire() && !taken.try_acquire(), "there are units that nobody released");
}

// Those who give up must neither keep a unit nor lose the wake-up of those who do not.
FREE_FORM(SemaphoreAdmitsTwo) {
  constexpr int kThreads = 5;
  constexpr int kRounds = 20;
  Semaphore room(2);
  std::atomic<int> in{0};
  InThreads(kThreads, [&](int, Random& random) {
    for (int round = 0; round < kRounds; ++round) {
      switch (random.Below(3)) {
        case 0:
          if (!room.try_acquire()) continue;
          break;
        case 1:
          if (!room.try_acquire_for(microseconds(random.Below(30)))) continue;
          break;
        case 2:
          room.acquire();
          break;
      }
      Expect(in.fetch_add(1, std::memory_order_relaxed) < 2, "more than two were in");
      MaybeYield(random);
      in.fetch_sub(1, std::memory_order_relaxed);
      room.release();
    }
  });
  Expect(room.try_acquire() && room.try_acquire(), "a unit was lost");
  Expect(!room.try_acquire(), "a unit was made up");
}

FREE_FORM(SemaphoreTimedWaitsEndInTime) {
  Semaphore semaphore(0);
  Expect(!semaphore.try_acquire_for(microseconds(0)), "no time");
  Expect(!semaphore.try_acquire_for(microseconds(50)), "a little time");
  Expect(!semaphore.try_acquire_for(-hours::max()), "less than no time");
  Expect(!semaphore.try_acquire_until(system_clock::now() - hours(1)), "an hour ago");
  Expect(!semaphore.try_acquire_until(steady_clock::time_point::min()), "before all times");
  std::thread waiter(
      [&] { Expect(semaphore.try_acquire_for(hours::max()), "gave up before the end of time"); });
  semaphore.release();
  waiter.join();
  semaphore.release();
  Expect(semaphore.try_acquire_until(steady_clock::time_point::min()), "there, but too late");
}

}  // namespace hammerlock
