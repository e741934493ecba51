// SPDX-License-Identifier: Apache-2.0
#include "stress/workers.h"

#include <sched.h>

#include <vector>

#include "gtest/gtest.h"

namespace hammerlock::stress {
namespace {

// Counts which thread ran what, and that nothing is judged before all have run it.
class CountingBatch : public Batch {
 public:
  CountingBatch(int threads, size_t size)
      : ran_(threads, std::vector<int>(size, 0)), finished_(size, 0) {}

  int threads() const override { return static_cast<int>(ran_.size()); }

  void Run(int thread, Range range) override {
    for (size_t i = range.begin; i < range.end; ++i) ++ran_[thread][i];
  }

  void Finish(Range range, Tally& tally) override {
    for (size_t i = range.begin; i < range.end; ++i) {
      bool all_once = ++finished_[i] == 1;
      for (const std::vector<int>& thread : ran_) all_once &= thread[i] == 1;
      if (all_once) {
        tally.Pass();
      } else {
        tally.Fail("not run once by each");
      }
    }
  }

 private:
  std::vector<std::vector<int>> ran_;
  std::vector<int> finished_;
};

void ExpectAllRun(Workers& workers, int threads, size_t size, const Manner& manner) {
  CountingBatch batch(threads, size);
  Tally tally;
  workers.Run(batch, size, manner, tally);
  EXPECT_EQ(tally.executions(), size);
  EXPECT_EQ(tally.failures(), 0u);
}

TEST(WorkersTest, EachThreadRunsEachExecutionOnceInEveryManner) {
  Workers workers(1);
  for (const Affinity affinity : {Affinity::kFree, Affinity::kSame, Affinity::kDifferent}) {
    for (const Noise noise : {Noise::kNone, Noise::kYield, Noise::kPreempt}) {
      for (const size_t stride : {1, 7, 1000}) {
        ExpectAllRun(workers, 2, 200, {stride, 16, noise, affinity});
      }
    }
  }
}

TEST(WorkersTest, TheNumberOfThreadsMayChangeFromBatchToBatch) {
  Workers workers(1);
  for (const int threads : {2, 1, 5, 3, 8, 2, 64, 1, 2}) {
    ExpectAllRun(workers, threads, 50, {10, 0, Noise::kNone, Affinity::kFree});
  }
}

TEST(WorkersTest, FewerExecutionsThanThreads) {
  Workers workers(1);
  ExpectAllRun(workers, 4, 1, {1, 0, Noise::kNone, Affinity::kFree});
  ExpectAllRun(workers, 4, 0, {1, 0, Noise::kNone, Affinity::kFree});
}

TEST(WorkersTest, TheCallingThreadIsLeftAsFreeAsItWas) {
  cpu_set_t before, after;
  ASSERT_EQ(sched_getaffinity(0, sizeof(before), &before), 0);
  {
    Workers workers(1);
    ExpectAllRun(workers, 2, 10, {1, 0, Noise::kNone, Affinity::kDifferent});
  }
  ASSERT_EQ(sched_getaffinity(0, sizeof(after), &after), 0);
  EXPECT_TRUE(CPU_EQUAL(&before, &after));
}

// The twin of the first test: a batch whose thread 1 leaves one execution out is noticed.
class ForgetfulBatch : public CountingBatch {
 public:
  using CountingBatch::CountingBatch;
  void Run(int thread, Range range) override {
    if (thread == 1 && range.begin == 0) ++range.begin;
    CountingBatch::Run(thread, range);
  }
};

TEST(WorkersTest, AnExecutionLeftOutWouldBeNoticed) {
  Workers workers(1);
  ForgetfulBatch batch(2, 10);
  Tally tally;
  workers.Run(batch, 10, {1, 0, Noise::kNone, Affinity::kFree}, tally);
  EXPECT_EQ(tally.failures(), 1u);
  EXPECT_EQ(tally.first_failure()->execution, 1u);
}

}  // namespace
}  // namespace hammerlock::stress
