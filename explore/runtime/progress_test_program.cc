// SPDX-License-Identifier: Apache-2.0
//
// Executions that have had their steps: livelocks are found, slow programs are not taken for any.
#include <semaphore.h>

#include <atomic>
#include <mutex>
#include <thread>

#include "explore/runtime/test_program.h"

namespace hammerlock::explore::test_program {
namespace {

using std::memory_order_acquire;
using std::memory_order_relaxed;
using std::memory_order_release;

constexpr uint64_t kMaxSteps = 3000;

// "After you": each hands the turn to the other, and nobody takes it.
void AfterYou() {
  std::atomic<int> turn{0};
  const auto politely = [&](int self) {
    while (turn.load(memory_order_relaxed) != 2) turn.store(1 - self, memory_order_relaxed);
  };
  Thread a([&] { politely(0); });
  Thread b([&] { politely(1); });
}

// The same with flags, and three of them.
template <bool kYields>
void NobodyGoesFirst() {
  std::atomic<bool> wants[3] = {};
  const auto politely = [&](int self) {
    for (;;) {
      wants[self].store(true, memory_order_relaxed);
      bool alone = false;  // A mistake: nobody ever is.
      for (int other = 0; other < 3; ++other) {
        if (other != self && wants[other].load(memory_order_relaxed)) alone = false;
      }
      if (alone) return;
      wants[self].store(false, memory_order_relaxed);
      if (kYields) std::this_thread::yield();
    }
  };
  Thread a([&] { politely(0); });
  Thread b([&] { politely(1); });
  politely(2);
}

template <bool kUnlocks, bool kLooksFirst>
void SpinLock() {
  std::atomic<bool> locked{false};
  int count = 0;
  const auto use = [&] {
    // Pairs with the release below.
    while (locked.exchange(true, memory_order_acquire)) {
      while (kLooksFirst && locked.load(memory_order_relaxed)) {
      }
    }
    assert(++count <= 2);
    if (kUnlocks) locked.store(false, memory_order_release);
  };
  Thread a(use);
  Thread b(use);
}

void WaitsForNobody() {
  std::atomic<bool> flag{false};
  // Reached through what the compiler cannot follow: it would see that nobody sets the flag.
  std::atomic<bool>* volatile reached = &flag;
  while (!reached->load(memory_order_relaxed)) {
  }
}

void WaitsWithAMutex() {
  std::mutex mutex;
  bool done = false;
  const auto is_done = [&] {
    std::lock_guard<std::mutex> lock(mutex);
    return done;
  };
  Thread a([&] {
    while (!is_done()) std::this_thread::yield();
  });
}

// Two mutexes in opposite orders, with try_lock: one of the two gets through in the end.
void BackOff() {
  std::mutex first, second;
  const auto both = [](std::mutex& mine, std::mutex& other) {
    for (;;) {
      mine.lock();
      if (other.try_lock()) break;
      mine.unlock();
    }
    other.unlock();
    mine.unlock();
  };
  Thread a([&] { both(first, second); });
  Thread b([&] { both(second, first); });
}

// Slow ones, of `steps` for each of two threads. The first counts in a register.
template <int kSteps>
void CountsPrivately() {
  std::atomic<int> x{0};
  const auto work = [&] {
    for (int i = 0; i < kSteps; ++i) x.store(1, memory_order_relaxed);
  };
  Thread a(work);
  Thread b(work);
}

int global;

void CountsInMemory() {
  global = 0;
  std::atomic<int> x{0};
  Thread a([&] {
    while (global != 1'000'000) ++global, x.store(1, memory_order_relaxed);
  });
}

void CountsInASemaphore() {
  sem_t semaphore;
  sem_init(&semaphore, 0, 0);
  Thread a([&] {
    for (int value = 0; value != 1'000'000; sem_getvalue(&semaphore, &value)) sem_post(&semaphore);
  });
}

void WaitsForATime() {
  std::atomic<bool> never{false};
  const int64_t until = ClockNow(CLOCK_MONOTONIC) + 100'000'000;
  Thread a([&] {
    while (!never.load(memory_order_relaxed) && ClockNow(CLOCK_MONOTONIC) < until) {
    }
  });
}

void WaitsForADistantTime() {
  std::atomic<bool> never{false};
  const int64_t until = ClockNow(CLOCK_MONOTONIC) + 1'000'000'000'000;
  Thread a([&] {
    while (!never.load(memory_order_relaxed) && ClockNow(CLOCK_MONOTONIC) < until) {
    }
  });
}

constexpr Scenario kScenarios[] = {
    {"after_you", "livelock", AfterYou, true, kMaxSteps},
    {"nobody_goes_first", "livelock", NobodyGoesFirst<false>, true, kMaxSteps},
    {"nobody_goes_first_and_yields", "livelock", NobodyGoesFirst<true>, true, kMaxSteps},
    {"spin_lock_is_kept", "livelock", SpinLock<false, false>, true, kMaxSteps},
    {"spin_lock_is_kept_and_watched", "livelock", SpinLock<false, true>, true, kMaxSteps},
    {"spin_lock", "passes", SpinLock<true, true>, true, kMaxSteps},
    {"waits_for_nobody", "livelock", WaitsForNobody, true, kMaxSteps},
    {"waits_with_a_mutex", "livelock", WaitsWithAMutex, true, kMaxSteps},
    {"back_off", "passes", BackOff, true, kMaxSteps},
    {"slow", "passes", CountsPrivately<kMaxSteps * 3 / 4>, true, kMaxSteps},
    {"slower", "endless", CountsPrivately<30000>, true, kMaxSteps},
    {"counts_in_memory", "endless", CountsInMemory, true, kMaxSteps},
    {"counts_in_a_semaphore", "endless", CountsInASemaphore, true, kMaxSteps},
    {"waits_for_a_time", "passes", WaitsForATime, true, kMaxSteps},
    {"waits_for_a_distant_time", "endless", WaitsForADistantTime, true, kMaxSteps},
};

}  // namespace
}  // namespace hammerlock::explore::test_program

int main(int argc, char** argv) {
  using namespace hammerlock::explore::test_program;
  return Main(kScenarios, sizeof(kScenarios) / sizeof(*kScenarios), argc, argv);
}
