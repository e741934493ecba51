// SPDX-License-Identifier: Apache-2.0
#include "scenario/isolate.h"

#include <signal.h>
#include <unistd.h>

#include <cstdlib>
#include <thread>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace hammerlock {
namespace {

using ::testing::HasSubstr;

Result Blank() {
  Result blank;
  blank.scenario = "S";
  blank.seed = 5;
  return blank;
}

Result Isolated(const std::function<Result(Progress&)>& run, bool* interrupted = nullptr) {
  CatchInterruptions();
  bool ignored;
  return RunIsolated(
      Blank(), {}, [&](int, Progress& progress) { return run(progress); },
      interrupted ? interrupted : &ignored)[0];
}

Result Passed(Progress&) {
  Result r;
  r.verdict = Verdict::kPass;
  r.tally.Pass(3);
  return r;
}

TEST(IsolateTest, HandsTheResultOver) {
  const Result r = Isolated(Passed);
  EXPECT_EQ(r.verdict, Verdict::kPass);
  EXPECT_EQ(r.tally.executions(), 3u);
}

TEST(IsolateTest, ADeathBySignalIsAFailureWithWhatWasTold) {
  const Result r = Isolated([](Progress& progress) -> Result {
    progress.executions = 7;
    progress.SetReplay("1/S/first");
    progress.SetReplay("1/S/second");
    signal(SIGABRT, SIG_DFL);
    std::abort();
  });
  EXPECT_EQ(r.verdict, Verdict::kFail);
  EXPECT_THAT(r.why, HasSubstr("Aborted"));
  EXPECT_EQ(r.tally.executions(), 8u);
  EXPECT_EQ(r.tally.first_failure()->execution, 8u);
  EXPECT_EQ(r.replay, "1/S/second");
  EXPECT_EQ(r.scenario, "S");
  EXPECT_EQ(r.seed, 5u);
}

TEST(IsolateTest, AnExitOfTheCodeUnderTestIsAFailure) {
  EXPECT_THAT(Isolated([](Progress&) -> Result { _exit(0); }).why, HasSubstr("exit code 0"));
  EXPECT_THAT(Isolated([](Progress&) -> Result { _exit(66); }).why, HasSubstr("sanitizer"));
  EXPECT_EQ(Isolated([](Progress&) -> Result { _exit(0); }).verdict, Verdict::kFail);
}

TEST(IsolateTest, ABadEndAfterAGoodResultIsAFailure) {
  const Result r = Isolated([](Progress& progress) {
    std::atexit([] { _exit(23); });
    return Passed(progress);
  });
  EXPECT_EQ(r.verdict, Verdict::kFail);
  EXPECT_THAT(r.why, HasSubstr("23"));
}

TEST(IsolateTest, AnyThreadCanAbandonTheChild) {
  const Result r = Isolated([](Progress& progress) -> Result {
    std::thread([&] {
      Result hung;
      hung.verdict = Verdict::kFail;
      hung.why = "hung";
      progress.Abandon(hung);
    }).join();
    std::abort();
  });
  EXPECT_EQ(r.verdict, Verdict::kFail);
  EXPECT_EQ(r.why, "hung");
}

TEST(IsolateTest, AnInterruptionIsInconclusiveAndEndsTheChild) {
  bool interrupted = false;
  const Result r = Isolated(
      [](Progress& progress) -> Result {
        progress.executions = 2;
        kill(getppid(), SIGTERM);
        for (;;) pause();
      },
      &interrupted);
  EXPECT_TRUE(interrupted);
  EXPECT_EQ(r.verdict, Verdict::kInconclusive);
  EXPECT_EQ(r.tally.executions(), 2u);
}

TEST(IsolateTest, ALongResultGetsThrough) {
  const Result r = Isolated([](Progress& progress) {
    Result big = Passed(progress);
    big.why = std::string(1 << 20, 'x');
    return big;
  });
  EXPECT_EQ(r.why.size(), 1u << 20);
}

TEST(IsolateTest, JobsRunAtOnceAndOneThatFailsIsEnough) {
  // The first waits for word of the second's failure: one after the other, this would not end.
  const auto run = [](int job, Progress& progress) -> Result {
    Result r;
    if (job == 1) {
      r.verdict = Verdict::kFail;
      r.tally.Fail("found");
      return r;
    }
    while (!progress.Enough()) std::this_thread::yield();
    r.verdict = Verdict::kPass;
    r.tally.Pass(2);
    return r;
  };
  CatchInterruptions();
  bool interrupted;
  const std::vector<Result> results =
      RunIsolated(Blank(), {.tick = {}, .jobs = 2, .stop_at_first = true}, run, &interrupted);
  ASSERT_EQ(results.size(), 2u);
  EXPECT_EQ(results[0].verdict, Verdict::kPass);
  EXPECT_EQ(results[1].verdict, Verdict::kFail);
  EXPECT_EQ(Together(results).verdict, Verdict::kFail);
  EXPECT_EQ(Together(results).tally.executions(), 3u);
}

TEST(IsolateTest, AJobThatDiesLeavesTheOthersTheirResults) {
  const auto run = [](int job, Progress& progress) -> Result {
    if (job != 0) return Passed(progress);
    signal(SIGABRT, SIG_DFL);
    std::abort();
  };
  CatchInterruptions();
  bool interrupted;
  const std::vector<Result> results =
      RunIsolated(Blank(), {.tick = {}, .jobs = 3, .stop_at_first = false}, run, &interrupted);
  EXPECT_EQ(results[0].verdict, Verdict::kFail);
  EXPECT_EQ(results[1].tally.executions(), 3u);
  EXPECT_EQ(results[2].verdict, Verdict::kPass);
  EXPECT_FALSE(interrupted);
}

}  // namespace
}  // namespace hammerlock
