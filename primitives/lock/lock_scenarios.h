// SPDX-License-Identifier: Apache-2.0
//
// What every lock must do, said once: each lock's test names itself and takes these over.
//
//   struct SpinLockExcludes : LockExcludes<SpinLock> {};
//   LITMUS(SpinLockExcludes, r0, r1) { DescribeExclusion(*this); }
#pragma once

#include <atomic>
#include <chrono>
#include <concepts>
#include <cstdint>
#include <mutex>
#include <optional>
#include <thread>
#include <type_traits>
#include <utility>
#include <vector>

#include "primitives/internal/thread_annotations.h"
#include "primitives/lock/lock_guard.h"
#include "scenario/choices.h"
#include "scenario/execution.h"
#include "scenario/linearizable.h"
#include "scenario/models.h"

namespace hammerlock {

// The C++ named requirements, as far as the compiler can check them.

template <class L>
concept Lockable = requires(L& lock) {
  { lock.lock() } -> std::same_as<void>;
  { lock.unlock() } -> std::same_as<void>;
  { lock.try_lock() } -> std::same_as<bool>;
} && !std::is_copy_constructible_v<L> && !std::is_move_constructible_v<L>;

template <class L>
concept TimedLockable = Lockable<L> && requires(L& lock, std::chrono::milliseconds duration,
                                                std::chrono::system_clock::time_point time) {
  { lock.try_lock_for(duration) } -> std::same_as<bool>;
  { lock.try_lock_until(time) } -> std::same_as<bool>;
};

template <class L>
concept SharedLockable = Lockable<L> && requires(L& lock) {
  { lock.lock_shared() } -> std::same_as<void>;
  { lock.unlock_shared() } -> std::same_as<void>;
  { lock.try_lock_shared() } -> std::same_as<bool>;
};

// Litmus: two numbers that are equal whenever nobody owns the lock.

inline constexpr int kTorn = -1;  // A visitor found them different,
inline constexpr int kBusy = -2;  // or did not get in.

template <class Lock>
struct TwinsUnderLock {
  Lock lock;
  int first = 0, second = 0;
  int r0 = 0, r1 = 0;

  // How many have been here before. REQUIRES: the lock is held.
  int Visit() {
    const int before = first;
    first = before + 1;
    if (second != before) return kTorn;
    second = before + 1;
    return before;
  }
};

template <class Lock>
struct LockExcludes : TwinsUnderLock<Lock> {
  void P0() { this->r0 = LockAndVisit(); }
  void P1() { this->r1 = LockAndVisit(); }

  int LockAndVisit() {
    const LockGuard<Lock> guard(this->lock);
    return this->Visit();
  }
};

template <class Litmus>
void DescribeExclusion(Litmus& that) {
  that.Acceptable({0, 1}, "P0 came first");
  that.Acceptable({1, 0}, "P1 came first");
  that.Forbidden({0, 0}, "a visit was lost");
  that.Forbidden([](int r0, int r1) { return r0 == kTorn || r1 == kTorn; },
                 "one was in while the other was at work");
}

template <class Lock>
struct TryLockExcludes : TwinsUnderLock<Lock> {
  void P0() {
    const LockGuard<Lock> guard(this->lock);
    this->r0 = this->Visit();
  }
  void P1() {
    if (!this->lock.try_lock()) {
      this->r1 = kBusy;
      return;
    }
    this->r1 = this->Visit();
    this->lock.unlock();
  }
};

template <class Litmus>
void DescribeTryLock(Litmus& that) {
  that.Acceptable({0, 1}, "P0 came first");
  that.Acceptable({1, 0}, "P1 came first");
  that.Acceptable({0, kBusy}, "P1 came while P0 was in");
  that.Forbidden({0, 0}, "a visit was lost");
  that.Forbidden([](int r0, int r1) { return r0 == kTorn || r1 == kTorn; },
                 "one was in while the other was at work");
}

// Litmus: what was written before the lock was released, even before it was taken, is there for
// whoever takes it next.
template <class Lock>
struct LockCarriesMessage {
  Lock lock;
  int message = 0;
  bool sent = false;
  int r0 = 0;

  void P0() {
    message = 42;
    const LockGuard<Lock> guard(lock);
    sent = true;
  }
  void P1() {
    bool seen;
    {
      const LockGuard<Lock> guard(lock);
      seen = sent;
    }
    r0 = seen ? message : kBusy;
  }
};

template <class Litmus>
void DescribeMessage(Litmus& that) {
  that.Acceptable({kBusy}, "P1 came first");
  that.Acceptable({42}, "the message arrived");
  that.Forbidden({0}, "it was sent and is not there");
}

// Litmus: who knows that nobody else will come may destroy a lock as soon as it has unlocked it,
// although the previous owner's unlock() may not have returned. ASan sees who touches it.
template <class Lock>
struct LastOwnerDestroys {
  struct Owned {
    Lock lock;
    int left = 2;
  };
  Owned* const owned = new Owned;
  int r0 = 0, r1 = 0;

  void P0() { r0 = Leave(); }
  void P1() { r1 = Leave(); }

  bool Leave() {
    bool last;
    {
      const LockGuard<Lock> guard(owned->lock);
      last = --owned->left == 0;
    }
    if (last) delete owned;
    return last;
  }
};

template <class Litmus>
void DescribeDestruction(Litmus& that) {
  that.Acceptable({1, 0}, "P0 came last");
  that.Acceptable({0, 1}, "P1 came last");
  that.Forbidden([](int r0, int r1) { return r0 == r1; }, "not one of them came last");
}

// Linearizable: a counter that is as good as its lock.
template <class Lock>
class GuardedCounter {
 public:
  int64_t FetchAdd(int64_t n) {
    const LockGuard<Lock> guard(lock_);
    return std::exchange(count_, count_ + n);
  }

  // Nothing if somebody else has the lock.
  std::optional<int64_t> TryFetchAdd(int64_t n) {
    if (!lock_.try_lock()) return std::nullopt;
    const int64_t before = std::exchange(count_, count_ + n);
    lock_.unlock();
    return before;
  }

 protected:
  Lock lock_;
  int64_t count_ = 0;
};

template <class Counter>
void DeclareGuardedCounter(Linearizable<Counter, CounterModel>& that) {
  that.Op("fetch_add", &Counter::FetchAdd, &CounterModel::FetchAdd);
  that.Op("try_fetch_add", &Counter::TryFetchAdd)
      .OnlyInThreads()
      .Allows([](CounterModel& model, int64_t n, std::optional<int64_t> before) {
        return !before || model.FetchAdd(n) == *before;
      });
  // Who is alone gets the lock.
  that.Op("try_alone", &Counter::TryFetchAdd,
          [](CounterModel& model, int64_t n) { return std::optional(model.FetchAdd(n)); })
      .OnlyBeforeAndAfter();
}

// Free form: runs `body(thread, random)` in each of several threads, the caller among them.
template <class F>
void InThreads(int threads, F body) {
  // Drawn here, because Choose is repeatable from one thread only.
  std::vector<Random> randoms;
  for (int i = 0; i < threads; ++i) randoms.emplace_back(Choose(1u << 16));
  std::vector<std::thread> others;
  for (int i = 1; i < threads; ++i) others.emplace_back([&, i] { body(i, randoms[i]); });
  body(0, randoms[0]);
  for (std::thread& other : others) other.join();
}

// Now and then lets another thread run, with the lock held.
inline void MaybeYield(Random& random) {
  if (random.Below(8) == 0) std::this_thread::yield();
}

// Free form: more threads than cores take two locks in every way there is.
template <class Lock>
void CrowdAtTwoLocks() {
  constexpr int kThreads = 5;
  constexpr int kRounds = 30;
  struct {
    Lock lock;
    int count = 0;
  } a, b;
  std::atomic<int> a_in_all{0}, b_in_all{0};
  InThreads(kThreads, [&](int, Random& random) ABSL_NO_THREAD_SAFETY_ANALYSIS {
    int a_mine = 0, b_mine = 0;
    for (int round = 0; round < kRounds; ++round) {
      switch (random.Below(4)) {
        case 0: {
          const std::lock_guard guard(a.lock);
          MaybeYield(random);
          ++a.count, ++a_mine;
          break;
        }
        case 1: {
          const std::unique_lock guard(b.lock, std::try_to_lock);
          if (!guard) break;
          MaybeYield(random);
          ++b.count, ++b_mine;
          break;
        }
        case 2: {
          const std::scoped_lock guard(b.lock, a.lock);
          MaybeYield(random);
          ++a.count, ++a_mine, ++b.count, ++b_mine;
          break;
        }
        case 3: {  // Hand over hand.
          a.lock.lock();
          ++a.count, ++a_mine;
          b.lock.lock();
          a.lock.unlock();
          MaybeYield(random);
          ++b.count, ++b_mine;
          b.lock.unlock();
          break;
        }
      }
    }
    a_in_all.fetch_add(a_mine, std::memory_order_relaxed);  // read after the join
    b_in_all.fetch_add(b_mine, std::memory_order_relaxed);
  });
  ExpectEq(a.count, a_in_all.load(std::memory_order_relaxed));
  ExpectEq(b.count, b_in_all.load(std::memory_order_relaxed));
}

// Free form: the lock is taken by one thread and released by another.
template <class Lock>
void HandOverToAnotherThread() ABSL_NO_THREAD_SAFETY_ANALYSIS {
  Lock lock;
  int count = 0;
  lock.lock();
  Expect(!lock.try_lock(), "a lock that is held was given away");
  std::thread other([&]() ABSL_NO_THREAD_SAFETY_ANALYSIS {
    ++count;
    lock.unlock();
  });
  lock.lock();  // Returns when the other has released it.
  ++count;
  lock.unlock();
  other.join();
  ExpectEq(count, 2);
  if (Expect(lock.try_lock(), "a free lock was refused")) lock.unlock();
}

}  // namespace hammerlock
