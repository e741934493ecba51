// SPDX-License-Identifier: Apache-2.0
//
// absl::Mutex, as it comes.
#include <cstdint>
#include <optional>
#include <thread>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "scenario/execution.h"
#include "scenario/free_form.h"
#include "scenario/linearizable.h"
#include "scenario/models.h"

namespace {

class Account {
 public:
  int64_t Add(int64_t n) {
    const absl::MutexLock lock(&mutex_);
    return std::exchange(balance_, balance_ + n);
  }

  int64_t Get() {
    const absl::ReaderMutexLock lock(&mutex_);
    return balance_;
  }

  // Nothing if somebody else has the lock.
  std::optional<int64_t> TryGet() {
    if (!mutex_.TryLock()) return std::nullopt;
    const int64_t balance = balance_;
    mutex_.Unlock();
    return balance;
  }

 private:
  absl::Mutex mutex_;
  int64_t balance_ ABSL_GUARDED_BY(mutex_) = 0;
};

}  // namespace

// absl::Mutex hides what it does inside from TSan, and tells it of the lock itself. So TSan misses
// what orders the mmap of a thread's first semaphore before the first post to it: a false alarm.
extern "C" const char* __tsan_default_suppressions() { return "race:AbslInternalPerThreadSemPost"; }

LINEARIZABLE(AbslMutexGuardsAnAccount, Account, hammerlock::CounterModel) {
  Op("add", &Account::Add, &Model::FetchAdd);
  Op("get", &Account::Get, &Model::Get);
  Op("try_get", &Account::TryGet)
      .OnlyInThreads()
      .Allows([](Model& model, std::optional<int64_t> balance) {
        return !balance || model.Get() == *balance;
      });
}

// Two threads take turns by conditions that the mutex itself evaluates.
FREE_FORM(AbslMutexAwaitsConditions) {
  constexpr int kTurns = 20;
  absl::Mutex mutex;
  int turn = 0;
  const auto play = [&](int me) {
    for (int i = me; i < kTurns; i += 2) {
      const auto mine = [&turn, i] { return turn == i; };
      const absl::MutexLock lock(&mutex, absl::Condition(&mine));
      hammerlock::ExpectEq(turn, i);
      ++turn;
    }
  };
  std::thread other(play, 1);
  play(0);
  other.join();
  hammerlock::ExpectEq(turn, kTurns);
}
