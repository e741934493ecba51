// SPDX-License-Identifier: Apache-2.0
#include "primitives/lock/rw_lock.h"

#include <atomic>
#include <cstdint>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <thread>

#include "primitives/internal/thread_annotations.h"
#include "primitives/lock/lock_guard.h"
#include "primitives/lock/lock_scenarios.h"
#include "scenario/execution.h"
#include "scenario/free_form.h"
#include "scenario/linearizable.h"
#include "scenario/litmus.h"

namespace hammerlock {

static_assert(SharedLockable<RwLock>);

// As a lock without readers.

struct RwLockExcludesWriters : LockExcludes<RwLock> {};
LITMUS(RwLockExcludesWriters, r0, r1) { DescribeExclusion(*this); }

struct RwLockCarriesMessage : LockCarriesMessage<RwLock> {};
LITMUS(RwLockCarriesMessage, r0) { DescribeMessage(*this); }

FREE_FORM(RwLockInACrowdOfWriters) { CrowdAtTwoLocks<RwLock>(); }

FREE_FORM(RwLockIsHandedOver) { HandOverToAnotherThread<RwLock>(); }

// A reader beside a writer: each of them looks at both numbers, and the writer changes them.
struct RwLockExcludesReaderFromWriter : TwinsUnderLock<RwLock> {
  void P0() {
    const LockGuard<RwLock> guard(lock);
    r0 = Visit();
  }
  void P1() {
    const SharedLockGuard<RwLock> guard(lock);
    const int before = first;
    r1 = second == before ? before : kTorn;
  }
};
LITMUS(RwLockExcludesReaderFromWriter, r0, r1) {
  Acceptable({0, 0}, "the reader came first");
  Acceptable({0, 1}, "the writer came first");
  Forbidden([](int r0, int r1) { return r0 == kTorn || r1 == kTorn; },
            "one was in while the other was at work");
}

// What a reader has read must not be overwritten before it is read: the other direction.
struct RwLockTryLock : TwinsUnderLock<RwLock> {
  void P0() {
    if (!lock.try_lock_shared()) {
      r0 = kBusy;
      return;
    }
    const int before = first;
    r0 = second == before ? before : kTorn;
    lock.unlock_shared();
  }
  void P1() {
    if (!lock.try_lock()) {
      r1 = kBusy;
      return;
    }
    r1 = Visit();
    lock.unlock();
  }
};
LITMUS(RwLockTryLock, r0, r1) {
  Acceptable({0, 0}, "the reader came first");
  Acceptable({1, 0}, "the writer came first");
  Acceptable({kBusy, 0}, "the reader came while the writer was in");
  Acceptable({0, kBusy}, "the writer came while the reader was in");
  Forbidden({kBusy, kBusy}, "each found the other in");
  Forbidden([](int r0, int r1) { return r0 == kTorn || r1 == kTorn; },
            "one was in while the other was at work");
}

namespace {

class RwGuardedCounter : public GuardedCounter<RwLock> {
 public:
  int64_t Get() {
    const SharedLockGuard<RwLock> guard(lock_);
    return count_;
  }
  // Nothing if a writer has the lock.
  std::optional<int64_t> TryGet() {
    const std::shared_lock guard(lock_, std::try_to_lock);
    if (!guard) return std::nullopt;
    return count_;
  }
};

}  // namespace

LINEARIZABLE(RwLockGuardsACounter, RwGuardedCounter, CounterModel) {
  DeclareGuardedCounter(*this);
  Op("get", &Subject::Get, &Model::Get).Weight(2);
  Op("try_get", &Subject::TryGet)
      .OnlyInThreads()
      .Allows(
          [](Model& model, std::optional<int64_t> seen) { return !seen || model.Get() == *seen; });
}

// Phase-fair, as far as it shows without a clock: a reader that comes after a writer has
// announced itself does not get in before it, although other readers still are in.
FREE_FORM(RwLockReadersDoNotOvertakeAWaitingWriter) {
  RwLock lock;
  bool written = false;
  const auto body = [&]() ABSL_NO_THREAD_SAFETY_ANALYSIS {
    lock.lock_shared();
    std::thread writer([&] {
      const LockGuard<RwLock> guard(lock);
      written = true;
    });
    // It is refused as soon as the writer is there.
    while (lock.try_lock_shared()) {
      lock.unlock_shared();
      std::this_thread::yield();
    }
    std::thread reader([&] {
      const SharedLockGuard<RwLock> guard(lock);
      Expect(written, "a reader overtook the writer");
    });
    if (Choose(2) == 0) std::this_thread::yield();
    Expect(!written, "the writer got in beside a reader");
    lock.unlock_shared();
    writer.join();
    reader.join();
  };
  body();
}

FREE_FORM(RwLockReadersShare) {
  RwLock lock;
  const SharedLockGuard<RwLock> guard(lock);
  std::thread other([&]() {
    const SharedLockGuard<RwLock> guard(lock);  // Would wait for ever if readers did not share.
    const std::shared_lock once_more(lock, std::try_to_lock);
    Expect(once_more.owns_lock(), "a reader was refused although there is no writer");
    Expect(!std::unique_lock(lock, std::try_to_lock), "a writer got in beside readers");
  });
  other.join();
}

FREE_FORM(RwLockInACrowd) {
  constexpr int kThreads = 5;
  constexpr int kRounds = 30;
  RwLock lock;
  int first = 0, second = 0;  // Always equal while no writer is in.
  std::atomic<int> in_all{0};
  InThreads(kThreads, [&](int, Random& random) ABSL_NO_THREAD_SAFETY_ANALYSIS {
    int mine = 0;
    const auto read = [&] {
      const int before = first;
      MaybeYield(random);
      Expect(second == before, "a writer was in beside a reader");
    };
    const auto write = [&] {
      Expect(first == second, "two writers were in");
      ++first;
      MaybeYield(random);
      ++second;
      ++mine;
    };
    for (int round = 0; round < kRounds; ++round) {
      switch (random.Below(5)) {
        case 0:
        case 1: {
          const std::shared_lock guard(lock);
          read();
          break;
        }
        case 2: {
          const std::shared_lock guard(lock, std::try_to_lock);
          if (guard) read();
          break;
        }
        case 3: {
          const std::lock_guard guard(lock);
          write();
          break;
        }
        case 4: {
          const std::unique_lock guard(lock, std::try_to_lock);
          if (guard) write();
          break;
        }
      }
    }
    in_all.fetch_add(mine, std::memory_order_relaxed);  // read after the join
  });
  ExpectEq(first, in_all.load(std::memory_order_relaxed));
}

}  // namespace hammerlock
