// SPDX-License-Identifier: Apache-2.0
//
// The C++ library's threads, locks and what is built on them, all of which reach the interposed
// functions or system calls through headers and through libstdc++'s own code.
#include <atomic>
#include <barrier>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <exception>
#include <future>
#include <latch>
#include <memory>
#include <mutex>
#include <semaphore>
#include <shared_mutex>
#include <stdexcept>
#include <stop_token>
#include <string>
#include <system_error>
#include <thread>
#include <vector>

#include "explore/runtime/test_program.h"

namespace hammerlock::explore::test_program {
namespace {

using std::chrono::milliseconds;

// Two threads that run the same, joined.
template <class Body>
void Twice(Body body) {
  std::thread a(body), b(body);
  a.join();
  b.join();
}

void MutexExcludes() {
  std::mutex mutex;
  int count = 0;
  Twice([&] {
    for (int i = 0; i < 3; ++i) {
      const std::lock_guard lock(mutex);
      ++count;
    }
  });
  assert(count == 6);
}

void OtherMutexesExclude() {
  std::recursive_mutex recursive;
  std::timed_mutex timed;
  std::recursive_timed_mutex both;
  int count = 0;
  Twice([&] {
    const std::scoped_lock a(recursive, both);
    const std::lock_guard b(recursive);
    if (timed.try_lock_for(milliseconds(1))) {
      ++count;
      assert(timed.try_lock_until(std::chrono::steady_clock::now()) == false);
      timed.unlock();
    }
  });
  assert(count == 2);
}

void ScopedLocksDoNotDeadlock() {
  std::mutex a, b;
  std::thread one([&] { const std::scoped_lock lock(a, b); });
  std::thread other([&] { const std::scoped_lock lock(b, a); });
  one.join();
  other.join();
}

void ConditionVariableQueue() {
  std::mutex mutex;
  std::condition_variable changed;
  std::deque<int> queue;
  bool done = false;
  int sum = 0;
  std::thread producer([&] {
    for (int i = 1; i <= 2; ++i) {
      {
        const std::lock_guard lock(mutex);
        queue.push_back(i);
      }
      changed.notify_one();
    }
    const std::lock_guard lock(mutex);
    done = true;
    changed.notify_all();
  });
  std::thread consumer([&] {
    std::unique_lock lock(mutex);
    for (;;) {
      changed.wait(lock, [&] { return done || !queue.empty(); });
      for (; !queue.empty(); queue.pop_front()) sum += queue.front();
      if (done) return;
    }
  });
  producer.join();
  consumer.join();
  assert(sum == 3);
}

void WaitsForSomeTime() {
  std::mutex mutex;
  std::condition_variable changed;
  bool flag = false;
  std::thread waiter([&] {
    std::unique_lock lock(mutex);
    while (!flag) changed.wait_for(lock, milliseconds(5));
  });
  {
    const std::lock_guard lock(mutex);
    flag = true;
    changed.notify_one();
  }
  waiter.join();
  std::unique_lock lock(mutex);
  const auto start = std::chrono::steady_clock::now();
  assert(!changed.wait_for(lock, milliseconds(5), [] { return false; }));
  assert(std::chrono::steady_clock::now() - start >= milliseconds(5));
  const auto later = std::chrono::system_clock::now() + milliseconds(5);
  assert(!changed.wait_until(lock, later, [] { return false; }));
  assert(std::chrono::system_clock::now() >= later);
}

void ConditionVariableAnyWithStopToken() {
  std::mutex mutex;
  std::condition_variable_any changed;
  std::jthread waiter([&](std::stop_token stop) {
    std::unique_lock lock(mutex);
    assert(!changed.wait(lock, stop, [] { return false; }));
  });
  waiter.request_stop();
}

void SharedMutexLetsReadersShare() {
  std::shared_mutex mutex;
  std::shared_timed_mutex timed;
  int a = 0, b = 0;
  std::thread writer([&] {
    const std::unique_lock lock(mutex);
    ++a;
    ++b;
  });
  Twice([&] {
    const std::shared_lock lock(mutex);
    assert(a == b);
    if (timed.try_lock_shared_for(milliseconds(1))) timed.unlock_shared();
  });
  writer.join();
}

void SemaphoresHandOver() {
  std::counting_semaphore<4> items(0);
  std::binary_semaphore reply(0);
  int x = 0;
  std::thread a([&] {
    x = 5;
    items.release(2);
    reply.acquire();
    assert(x == 6);
  });
  items.acquire();
  assert(x == 5);
  items.acquire();
  assert(!items.try_acquire_for(milliseconds(1)));
  x = 6;
  reply.release();
  a.join();
}

template <class T>
void WaitsForAValue() {
  std::atomic<T> flag{0};
  int x = 0;
  std::thread a([&] {
    x = 1;
    flag.store(1, std::memory_order_release);
    flag.notify_all();
  });
  flag.wait(0, std::memory_order_acquire);
  assert(x == 1);
  a.join();
}
void AtomicFlagWaits() {
  std::atomic_flag flag;
  int x = 0;
  std::thread a([&] {
    x = 1;
    flag.test_and_set(std::memory_order_release);
    flag.notify_one();
  });
  flag.wait(false, std::memory_order_acquire);
  assert(x == 1);
  a.join();
}
void AtomicRefCounts() {
  int count = 0;
  Twice([&] { std::atomic_ref(count).fetch_add(1, std::memory_order_relaxed); });
  assert(count == 2);
}

void LatchMeets() {
  std::latch latch(2);
  int x = 0, y = 0;
  std::thread a([&] {
    x = 1;
    latch.arrive_and_wait();
    assert(y == 1);
  });
  y = 1;
  latch.arrive_and_wait();
  assert(x == 1);
  a.join();
}

void BarrierMeetsAgainAndAgain() {
  int completed = 0, x = 0;
  std::barrier barrier(2, [&]() noexcept { ++completed; });
  std::thread a([&] {
    x = 1;
    barrier.arrive_and_wait();
    barrier.arrive_and_wait();
    assert(x == 2);
  });
  barrier.arrive_and_wait();
  assert(x == 1);
  x = 2;
  barrier.arrive_and_wait();
  a.join();
  assert(completed == 2);
}

void CallOnceCallsOnce() {
  std::once_flag once;
  int count = 0;
  Twice([&] {
    std::call_once(once, [&] { ++count; });
    assert(count == 1);
  });
}
void CallOnceThatThrowsIsRepeated() {
  std::once_flag once;
  int attempts = 0;
  std::atomic<int> caught{0};
  Twice([&] {
    try {
      std::call_once(once, [&] {
        if (attempts++ == 0) throw std::runtime_error("first");
      });
    } catch (const std::runtime_error&) {
      caught.fetch_add(1);
    }
  });
  assert(attempts == 2 && caught.load() == 1);
}

void PromisesAreKept() {
  std::promise<int> promise;
  std::shared_future<int> future = promise.get_future().share();
  std::thread a([&] { promise.set_value(7); });
  assert(future.get() == 7);
  a.join();
  std::promise<void> later;
  assert(later.get_future().wait_for(milliseconds(1)) == std::future_status::timeout);
}
void AsyncReturns() {
  auto future =
      std::async(std::launch::async, [] { return std::string("a string of some length"); });
  assert(future.get().size() == 23);
  std::packaged_task<int()> task([] { return 4; });
  auto result = task.get_future();
  std::thread a(std::move(task));
  assert(result.get() == 4);
  a.join();
}
void AsyncThrows() {
  auto future = std::async(std::launch::async, []() -> int { throw std::runtime_error("boo"); });
  try {
    future.get();
    assert(false);
  } catch (const std::runtime_error& e) {
    assert(std::string(e.what()) == "boo");
  }
}

void JthreadStops() {
  std::atomic<int> count{0};
  std::jthread thread([&](std::stop_token stop) {
    while (!stop.stop_requested()) {
      count.fetch_add(1, std::memory_order_relaxed);
      std::this_thread::yield();
    }
  });
}

void ExceptionsInFlightStayApart() {
  std::atomic<int> switches{0};
  const auto nest = [&](int mine) {
    for (int i = 0; i < 2; ++i) {
      try {
        switches.fetch_add(1);
        throw mine;
      } catch (int outer) {
        switches.fetch_add(1);
        try {
          throw outer * 10;
        } catch (int inner) {
          switches.fetch_add(1);
          assert(inner == mine * 10);
        }
        assert(outer == mine);
        try {
          throw;
        } catch (int again) {
          switches.fetch_add(1);
          assert(again == mine);
        }
      }
    }
    assert(std::uncaught_exceptions() == 0);
  };
  std::thread a(nest, 1), b(nest, 2);
  a.join();
  b.join();
}

std::atomic<int> alive;
struct Counted {
  Counted() { alive.fetch_add(1); }
  ~Counted() { alive.fetch_sub(1); }
  int value = 0;
};
thread_local Counted counted;
thread_local std::string text = "a text that is too long to be short";

void ThreadLocalObjects() {
  Twice([] {
    ++counted.value;
    text += '!';
    std::this_thread::yield();
    assert(counted.value == 1 && text.size() == 36);
  });
  assert(alive.load() == 0);
}

int Magic() {
  static const std::string value = (std::this_thread::yield(), "a static string of some length");
  return static_cast<int>(value.size());
}
void StaticsAreInitialisedOnce() {
  Twice([] { assert(Magic() == 30); });
}

void SharedPointersCount() {
  auto shared = std::make_shared<int>(3);
  std::weak_ptr<int> weak = shared;
  std::thread a([shared] { assert(*shared == 3); });
  std::thread b([weak] {
    if (const auto locked = weak.lock()) assert(*locked == 3);
  });
  shared.reset();
  a.join();
  b.join();
  assert(weak.expired());
}
// A finding in the library: libstdc++ 12's load reads the pointer under a lock bit that it
// clears with memory_order_relaxed, so that the next store's write is not ordered after it.
void AtomicSharedPointer() {
  std::atomic<std::shared_ptr<int>> shared(std::make_shared<int>(1));
  std::thread a([&] { shared.store(std::make_shared<int>(2)); });
  const auto seen = shared.load();
  assert(*seen == 1 || *seen == 2);
  a.join();
  assert(*shared.load() == 2);
}

void SleepsAreVirtual() {
  const auto start = std::chrono::steady_clock::now();
  std::this_thread::sleep_for(std::chrono::hours(1));
  const auto slept = std::chrono::steady_clock::now() - start;
  assert(slept >= std::chrono::hours(1) && slept < std::chrono::hours(2));
}
void ManyThreads() {
  std::vector<std::thread> threads;
  std::atomic<int> count{0};
  for (int i = 0; i < 100; ++i) threads.emplace_back([&] { count.fetch_add(1); });
  for (std::thread& thread : threads) thread.join();
  assert(count.load() == 100 && std::thread::hardware_concurrency() > 0);
}
void DetachedThreadIsJoined() {
  std::thread a([] {});
  a.detach();
  assert(!a.joinable());
  try {
    a.join();
    assert(false);
  } catch (const std::system_error&) {
  }
}

void LocksInOppositeOrders() {
  std::mutex m, n;
  std::thread a([&] {
    const std::lock_guard first(m);
    const std::lock_guard second(n);
  });
  std::thread b([&] {
    const std::lock_guard first(n);
    const std::lock_guard second(m);
  });
  a.join();
  b.join();
}
void NotificationIsLost() {
  std::mutex mutex;
  std::condition_variable changed;
  std::atomic<bool> flag{false};
  std::thread a([&] {
    std::unique_lock lock(mutex);
    while (!flag) changed.wait(lock);
  });
  flag = true;
  changed.notify_one();
  a.join();
}
void RelaxedDoubleCheckedLocking() {
  std::atomic<int*> pointer{nullptr};
  std::mutex mutex;
  Twice([&] {
    int* p = pointer.load(std::memory_order_relaxed);
    if (p == nullptr) {
      const std::lock_guard lock(mutex);
      p = pointer.load(std::memory_order_relaxed);
      if (p == nullptr) {
        p = new int(5);
        pointer.store(p, std::memory_order_release);
      }
    }
    assert(*p == 5);
  });
  delete pointer.load();
}

constexpr Scenario kScenarios[] = {
    {"mutex_excludes", "passes", MutexExcludes},
    {"other_mutexes_exclude", "passes", OtherMutexesExclude},
    {"scoped_locks_do_not_deadlock", "passes", ScopedLocksDoNotDeadlock},
    {"condition_variable_queue", "passes", ConditionVariableQueue},
    {"waits_for_some_time", "passes", WaitsForSomeTime},
    {"condition_variable_any_with_stop_token", "passes", ConditionVariableAnyWithStopToken},
    {"shared_mutex_lets_readers_share", "passes", SharedMutexLetsReadersShare},
    {"semaphores_hand_over", "passes", SemaphoresHandOver},
    {"waits_for_a_char", "passes", WaitsForAValue<char>},
    {"waits_for_an_int", "passes", WaitsForAValue<int>},
    {"waits_for_a_long", "passes", WaitsForAValue<long>},
    {"atomic_flag_waits", "passes", AtomicFlagWaits},
    {"atomic_ref_counts", "passes", AtomicRefCounts},
    {"latch_meets", "passes", LatchMeets},
    {"barrier_meets_again_and_again", "passes", BarrierMeetsAgainAndAgain},
    {"call_once_calls_once", "passes", CallOnceCallsOnce},
    {"call_once_that_throws_is_repeated", "passes", CallOnceThatThrowsIsRepeated},
    {"promises_are_kept", "passes", PromisesAreKept},
    {"async_returns", "passes", AsyncReturns},
    {"async_throws", "passes", AsyncThrows},
    {"jthread_stops", "passes", JthreadStops},
    {"exceptions_in_flight_stay_apart", "passes", ExceptionsInFlightStayApart},
    {"thread_local_objects", "passes", ThreadLocalObjects},
    {"statics_are_initialised_once", "passes", StaticsAreInitialisedOnce},
    {"shared_pointers_count", "passes", SharedPointersCount},
    {"atomic_shared_pointer", "race", AtomicSharedPointer},
    {"sleeps_are_virtual", "passes", SleepsAreVirtual},
    {"many_threads", "passes", ManyThreads},
    {"detached_thread_is_joined", "passes", DetachedThreadIsJoined},
    {"locks_in_opposite_orders", "deadlock", LocksInOppositeOrders},
    {"notification_is_lost", "deadlock", NotificationIsLost},
    {"relaxed_double_checked_locking", "race", RelaxedDoubleCheckedLocking},
};

}  // namespace
}  // namespace hammerlock::explore::test_program

int main(int argc, char** argv) {
  using namespace hammerlock::explore::test_program;
  return Main(kScenarios, sizeof(kScenarios) / sizeof(*kScenarios), argc, argv);
}
