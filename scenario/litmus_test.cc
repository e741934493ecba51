// SPDX-License-Identifier: Apache-2.0
#include "scenario/litmus.h"

#include <atomic>
#include <memory>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "scenario/execution.h"

namespace hammerlock {
namespace {

using ::testing::HasSubstr;

// Threads are run one after the other here, so that each outcome is known.
struct Ordered {
  int x = 0;
  int r0 = -1;
  int r1 = -1;
  void P0() { x += 1; }
  void P1() { r0 = x; }
  void P2() { x += 10; }
  void Final() { r1 = x; }
};

LITMUS(Ordered, r0, r1) {
  Acceptable({0, 11}, "P1 first");
  Interesting({1, 11}, "P0 first");
  Forbidden([](int r0, int) { return r0 == 11; }, "P1 last");
}

Scenario& Find(std::string_view name) {
  for (const auto& s : Scenarios()) {
    if (s->name() == name) return *s;
  }
  ADD_FAILURE() << "no scenario " << name;
  std::abort();
}

Tally RunInOrder(Scenario& scenario, std::vector<int> order, size_t size) {
  SeededChoices choices(1);
  const std::unique_ptr<Batch> batch = scenario.Make(choices, size);
  EXPECT_EQ(batch->threads(), static_cast<int>(order.size()));
  for (const int thread : order) batch->Run(thread, {0, size});
  Tally tally;
  batch->Finish({0, size}, tally);
  return tally;
}

TEST(LitmusTest, GradesByValueAndByPredicate) {
  Scenario& s = Find("Ordered");
  EXPECT_EQ(RunInOrder(s, {1, 0, 2}, 5).outcomes().at("r0=0 r1=11").grade, Grade::kAcceptable);
  EXPECT_EQ(RunInOrder(s, {0, 1, 2}, 5).outcomes().at("r0=1 r1=11").grade, Grade::kInteresting);
  const Tally bad = RunInOrder(s, {0, 2, 1}, 5);
  EXPECT_EQ(bad.failures(), 5u);
  EXPECT_EQ(bad.first_failure()->execution, 1u);
  EXPECT_THAT(bad.first_failure()->why, HasSubstr("P1 last"));
}

TEST(LitmusTest, AnOutcomeNobodyDescribedFails) {
  const Tally tally = RunInOrder(Find("Ordered"), {2, 1, 0}, 3);
  EXPECT_EQ(tally.failures(), 3u);
  EXPECT_EQ(tally.outcomes().at("r0=10 r1=11").grade, Grade::kUndescribed);
}

TEST(LitmusTest, ReportsWhatWasDescribedAndNeverSeen) {
  const Tally described = Find("Ordered").Described();
  EXPECT_EQ(described.outcomes().size(), 2u);
  EXPECT_EQ(described.executions(), 0u);
}

TEST(LitmusTest, TheFirstFailureIsCountedWithinTheRange) {
  SeededChoices choices(1);
  const std::unique_ptr<Batch> batch = Find("Ordered").Make(choices, 10);
  // Executions 0 to 6 end well, 7 to 9 do not.
  batch->Run(1, {0, 7});
  batch->Run(0, {0, 10});
  batch->Run(2, {0, 10});
  batch->Run(1, {7, 10});
  Tally tally;
  batch->Finish({0, 10}, tally);
  EXPECT_EQ(tally.executions(), 10u);
  EXPECT_EQ(tally.failures(), 3u);
  EXPECT_EQ(tally.first_failure()->execution, 8u);
}

struct OneThread {
  int r = 0;
  void P0() {
    r = 1;
    if (fails) Fail("said so");
  }
  static inline bool fails = false;
};

LITMUS(OneThread, r) { Acceptable({1}, "always"); }

TEST(LitmusTest, WhatTheCodeUnderTestSaysFailsToo) {
  EXPECT_EQ(RunInOrder(Find("OneThread"), {0}, 4).failures(), 0u);
  OneThread::fails = true;
  const Tally tally = RunInOrder(Find("OneThread"), {0}, 4);
  OneThread::fails = false;
  EXPECT_EQ(tally.executions(), 4u);
  EXPECT_EQ(tally.failures(), 1u);
  EXPECT_THAT(tally.first_failure()->why, HasSubstr("said so"));
}

struct EightThreads {
  std::atomic<int> n{0};
  int r = 0;
  void P0() { Add(1); }
  void P1() { Add(2); }
  void P2() { Add(4); }
  void P3() { Add(8); }
  void P4() { Add(16); }
  void P5() { Add(32); }
  void P6() { Add(64); }
  void P7() { Add(128); }
  void Final() { r = n.load(std::memory_order_relaxed); }
  void Add(int bit) { n.fetch_add(bit, std::memory_order_relaxed); }
};

LITMUS(EightThreads, r) { Acceptable({255}, "each once"); }

TEST(LitmusTest, RunsEachOfEightThreadsOnce) {
  EXPECT_EQ(RunInOrder(Find("EightThreads"), {7, 6, 5, 4, 3, 2, 1, 0}, 2).failures(), 0u);
}

}  // namespace
}  // namespace hammerlock
