// SPDX-License-Identifier: Apache-2.0
#include "scenario/tally.h"

#include "gtest/gtest.h"

namespace hammerlock {
namespace {

TEST(TallyTest, ForbiddenAndUndescribedOutcomesFail) {
  Tally tally;
  tally.Count("a", Grade::kAcceptable, "fine", 3);
  tally.Count("b", Grade::kInteresting, "odd", 2);
  EXPECT_EQ(tally.failures(), 0u);
  tally.Count("c", Grade::kForbidden, "wrong", 4);
  tally.Count("d", Grade::kUndescribed, "", 1);
  EXPECT_EQ(tally.executions(), 10u);
  EXPECT_EQ(tally.failures(), 5u);
  EXPECT_EQ(tally.first_failure()->execution, 6u);
  EXPECT_EQ(tally.first_failure()->why, "the outcome c is forbidden: wrong");
}

TEST(TallyTest, CountingNothingChangesNothing) {
  Tally tally;
  tally.Count("c", Grade::kForbidden, "wrong", 0);
  EXPECT_EQ(tally.executions(), 0u);
  EXPECT_TRUE(tally.outcomes().empty());
}

TEST(TallyTest, DescribedOutcomesStandWithACountOfZero) {
  Tally tally;
  tally.Describe("a", Grade::kAcceptable, "fine");
  ASSERT_EQ(tally.outcomes().count("a"), 1u);
  EXPECT_EQ(tally.outcomes().find("a")->second.count, 0u);
}

TEST(TallyTest, AddRenumbersTheFirstFailure) {
  Tally first, second;
  first.Pass(10);
  second.Pass();
  second.Fail("broken");
  first.Add(second);
  EXPECT_EQ(first.executions(), 12u);
  EXPECT_EQ(first.first_failure()->execution, 12u);

  Tally third;
  third.Fail("later");
  first.Add(third);
  EXPECT_EQ(first.failures(), 2u);
  EXPECT_EQ(first.first_failure()->why, "broken");
}

TEST(TallyTest, BlameFailsWhatWasCountedAsPassed) {
  Tally tally;
  tally.Pass(5);
  tally.Blame("seen too late");
  EXPECT_EQ(tally.executions(), 5u);
  EXPECT_EQ(tally.failures(), 1u);
  EXPECT_EQ(tally.first_failure()->execution, 5u);
}

TEST(TallyTest, InconclusiveIsNeitherPassNorFail) {
  Tally tally;
  tally.Inconclusive("no time");
  tally.Inconclusive("again");
  EXPECT_EQ(tally.executions(), 2u);
  EXPECT_EQ(tally.inconclusive(), 2u);
  EXPECT_EQ(tally.failures(), 0u);
  EXPECT_EQ(tally.why_inconclusive(), "no time");
}

}  // namespace
}  // namespace hammerlock
