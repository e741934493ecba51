// SPDX-License-Identifier: Apache-2.0
//
// The watchdog is about time, so these tests wait for it; none asserts how long it took.
#include "stress/watchdog.h"

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace hammerlock::stress {
namespace {

using ::testing::HasSubstr;

// What the watchdog said, once it has.
class Verdict {
 public:
  void Set(const std::string& text) {
    {
      const std::lock_guard lock(mu_);
      text_ = text;
    }
    changed_.notify_all();
  }
  std::string Wait() {
    std::unique_lock lock(mu_);
    changed_.wait(lock, [this] { return !text_.empty(); });
    return text_;
  }
  bool said() {
    const std::lock_guard lock(mu_);
    return !text_.empty();
  }

 private:
  std::mutex mu_;
  std::condition_variable changed_;
  std::string text_;
};

__attribute__((noinline)) void SleepsInHere(std::mutex& mu) {
  const std::lock_guard lock(mu);
  asm volatile("");  // No tail call: the frame is to be seen.
}

TEST(WatchdogTest, ThreadsThatSleepForEverAreADeadlockWithTheirStacks) {
  std::mutex held;
  held.lock();
  std::thread sleeper([&] { SleepsInHere(held); });
  Verdict verdict;
  std::string text;
  {
    Watchdog watchdog(
        {0.5, 1e9}, [] { return uint64_t{7}; },
        [&](const std::string& what) { verdict.Set(what); });
    text = verdict.Wait();
  }
  held.unlock();
  sleeper.join();
  EXPECT_THAT(text, HasSubstr("deadlock"));
  EXPECT_THAT(text, HasSubstr("SleepsInHere"));
}

TEST(WatchdogTest, ThreadsThatSpinForEverAreALivelock) {
  std::atomic<bool> stop{false};
  std::thread spinner([&] {
    while (!stop.load(std::memory_order_relaxed)) {  // only a flag
    }
  });
  Verdict verdict;
  std::string text;
  {
    Watchdog watchdog(
        {1e9, 0.5}, [] { return uint64_t{7}; },
        [&](const std::string& what) { verdict.Set(what); });
    text = verdict.Wait();
  }
  stop.store(true, std::memory_order_relaxed);  // only a flag
  spinner.join();
  EXPECT_THAT(text, HasSubstr("livelock"));
}

TEST(WatchdogTest, ProgressIsNeitherHoweverSlow) {
  std::atomic<uint64_t> looks{0};
  Verdict verdict;
  {
    // Each look finds that something got on, so that the limits never apply.
    Watchdog watchdog(
        {0.3, 1e9}, [&] { return looks.fetch_add(1, std::memory_order_relaxed); },  // a count
        [&](const std::string& what) { verdict.Set(what); });
    while (looks.load(std::memory_order_relaxed) < 8) std::this_thread::yield();  // a count
  }
  EXPECT_FALSE(verdict.said());
}

}  // namespace
}  // namespace hammerlock::stress
