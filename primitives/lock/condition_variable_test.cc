// SPDX-License-Identifier: Apache-2.0
//
// No linearizable scenario: a program of calls that wait may hang by right.
#include "primitives/lock/condition_variable.h"

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "primitives/internal/thread_annotations.h"
#include "primitives/lock/lock_scenarios.h"
#include "primitives/lock/mutex.h"
#include "scenario/execution.h"
#include "scenario/free_form.h"
#include "scenario/litmus.h"

namespace hammerlock {

// The smallest hand-over there is; a lost wake-up hangs.
struct ConditionVariableTakesTurns {
  Mutex mutex;
  ConditionVariable changed;
  int turn = 0;
  int r0 = 0, r1 = 0;

  void P0() {
    r0 = Take(0);
    r0 += Take(2);
  }
  void P1() {
    r1 = Take(1);
    r1 += Take(3);
  }

  int Take(int mine) ABSL_NO_THREAD_SAFETY_ANALYSIS {
    std::unique_lock lock(mutex);
    while (turn != mine) changed.wait(lock);
    ++turn;
    lock.unlock();
    changed.notify_one();
    return mine + 1;
  }
};
LITMUS(ConditionVariableTakesTurns, r0, r1) { Acceptable({4, 6}, "each had both of its turns"); }

namespace {

using std::chrono::hours;
using std::chrono::microseconds;
using std::chrono::steady_clock;
using std::chrono::system_clock;

// A buffer that holds one thing. One side waits with a std::unique_lock, the other with the Mutex
// itself.
class OnePlaceBuffer {
 public:
  void Put(int value, Random& random) ABSL_NO_THREAD_SAFETY_ANALYSIS {
    std::unique_lock lock(mutex_);
    Wait(not_full_, lock, random, [this] { return value_ == 0; });
    value_ = value;
    MaybeYield(random);
    if (random.Below(2) == 0) lock.unlock();
    not_empty_.notify_one();
  }

  int Take(Random& random) ABSL_NO_THREAD_SAFETY_ANALYSIS {
    mutex_.lock();
    Wait(not_empty_, mutex_, random, [this] { return value_ != 0; });
    const int value = value_;
    value_ = 0;
    MaybeYield(random);
    mutex_.unlock();
    not_full_.notify_one();
    return value;
  }

 private:
  // In each of the ways there are.
  template <class Lock, class Predicate>
  static void Wait(ConditionVariable& changed, Lock& lock, Random& random, Predicate predicate) {
    switch (random.Below(3)) {
      case 0:
        while (!predicate()) changed.wait(lock);
        break;
      case 1:
        changed.wait(lock, predicate);
        break;
      case 2:
        while (!changed.wait_for(lock, microseconds(random.Below(30)), predicate)) {
        }
        break;
    }
  }

  Mutex mutex_;
  ConditionVariable not_full_, not_empty_;
  int value_ = 0;  // 0: empty.
};

}  // namespace

// Every notify_one() counts: each lets one particular thread go on, and nobody notifies twice.
FREE_FORM(ConditionVariableMovesEveryItemOnce) {
  constexpr int kPairs = 2;
  constexpr int kItems = 15;
  OnePlaceBuffer buffer;
  std::vector<int> taken[kPairs];
  InThreads(2 * kPairs, [&](int thread, Random& random) {
    for (int i = 0; i < kItems; ++i) {
      if (thread % 2 == 0) {
        buffer.Put(1 + thread / 2 * kItems + i, random);
      } else {
        taken[thread / 2].push_back(buffer.Take(random));
      }
    }
  });
  std::vector<int> times(1 + kPairs * kItems);
  for (const std::vector<int>& items : taken) {
    for (const int item : items) ++times[item];
  }
  for (int item = 1; item <= kPairs * kItems; ++item) ExpectEq(times[item], 1);
}

// The notifier may destroy it at once, although the waiters have not returned.
FREE_FORM(ConditionVariableIsDestroyedByTheNotifier) {
  constexpr int kWaiters = 3;
  Mutex mutex;
  auto changed = std::make_unique<ConditionVariable>();
  int waiting = 0;
  bool go = false;
  std::vector<std::thread> waiters;
  for (int i = 0; i < kWaiters; ++i) {
    waiters.emplace_back([&, changed = changed.get()] {
      std::unique_lock lock(mutex);
      ++waiting;
      while (!go) changed->wait(lock);
    });
  }
  for (;; std::this_thread::yield()) {
    const std::lock_guard lock(mutex);
    if (waiting < kWaiters) continue;
    go = true;
    changed->notify_all();
    changed.reset();
    break;
  }
  for (std::thread& waiter : waiters) waiter.join();
}

FREE_FORM(ConditionVariableTimedWaitsEndInTime) {
  Mutex mutex;
  ConditionVariable changed;
  bool go = false;
  std::unique_lock lock(mutex);
  const auto never = [] { return false; };
  Expect(!changed.wait_for(lock, microseconds(0), never), "no time");
  Expect(!changed.wait_for(lock, microseconds(50), never), "a little time");
  // Without a predicate they may also return for no reason.
  while (changed.wait_until(lock, system_clock::now() - hours(1)) != std::cv_status::timeout) {
  }
  while (changed.wait_until(lock, steady_clock::time_point::min()) != std::cv_status::timeout) {
  }
  Expect(changed.wait_for(lock, -hours::max(), [] { return true; }), "true although too late");
  std::thread notifier([&] {
    const std::lock_guard guard(mutex);
    go = true;
    changed.notify_one();
  });
  while (!go) {
    Expect(changed.wait_for(lock, hours::max()) == std::cv_status::no_timeout,
           "gave up before the end of time");
  }
  Expect(lock.owns_lock() && !mutex.try_lock(), "the lock is not held after the wait");
  lock.unlock();
  notifier.join();
}

}  // namespace hammerlock
