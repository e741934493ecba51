// SPDX-License-Identifier: Apache-2.0
#include "scenario/free_form.h"

#include <memory>
#include <stdexcept>
#include <thread>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "hammerlock.h"

namespace hammerlock {
namespace {

using ::testing::HasSubstr;

FREE_FORM(Chooses) {
  const unsigned n = Choose(4);
  std::thread other([n] {
    Expect(n != 3, "three is bad");
    hammerlock_outcome(n == 2 ? "two" : "other");
  });
  other.join();
  if (n == 1) throw std::runtime_error("one throws");
}

Tally RunWith(Trace trace) {
  for (const auto& s : Scenarios()) {
    if (s->name() != "Chooses") continue;
    TraceChoices choices(std::move(trace));
    const std::unique_ptr<Batch> batch = s->Make(choices, 1);
    batch->Run(0, {0, 1});
    Tally tally;
    batch->Finish({0, 1}, tally);
    return tally;
  }
  ADD_FAILURE() << "the scenario is not registered";
  return {};
}

TEST(FreeFormTest, PassesWhereNothingFails) {
  const Tally tally = RunWith({2});
  EXPECT_EQ(tally.executions(), 1u);
  EXPECT_EQ(tally.failures(), 0u);
  EXPECT_EQ(tally.outcomes().at("two").count, 1u);
}

TEST(FreeFormTest, AnExpectationInAnyThreadFailsTheExecution) {
  const Tally tally = RunWith({3});
  EXPECT_EQ(tally.failures(), 1u);
  EXPECT_THAT(tally.first_failure()->why, HasSubstr("three is bad"));
  EXPECT_THAT(tally.first_failure()->why, HasSubstr("scenario/free_form_test.cc:"));
}

TEST(FreeFormTest, AnExceptionFailsTheExecution) {
  EXPECT_THAT(RunWith({1}).first_failure()->why, HasSubstr("one throws"));
}

TEST(FreeFormTest, OutsideAnExecutionNothingIsSaidAndChoicesAreZero) {
  Fail("nobody listens");
  hammerlock_fail("nobody listens");
  hammerlock_outcome("nobody counts");
  EXPECT_EQ(Choose(7), 0u);
  EXPECT_EQ(hammerlock_choose(7), 0u);
}

TEST(ExecutionTest, ExpectEqPrintsBoth) {
  Execution execution(nullptr);
  EXPECT_TRUE(ExpectEq(1, 1));
  EXPECT_FALSE(execution.failed());
  EXPECT_FALSE(ExpectEq(1, 2));
  Tally tally;
  execution.Finish(tally);
  EXPECT_THAT(tally.first_failure()->why, HasSubstr("got 1, expected 2"));
  execution.Finish(tally);
  EXPECT_EQ(tally.failures(), 1u);
  EXPECT_EQ(tally.executions(), 2u);
}

}  // namespace
}  // namespace hammerlock
