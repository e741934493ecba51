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

Result Isolated(const std::function<Result(Progress&)>& run, bool* interrupted = nullptr) {
  CatchInterruptions();
  Result blank;
  blank.scenario = "S";
  blank.seed = 5;
  bool ignored;
  return RunIsolated(blank, {}, run, interrupted ? interrupted : &ignored);
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

}  // namespace
}  // namespace hammerlock
