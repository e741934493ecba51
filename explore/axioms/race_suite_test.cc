// SPDX-License-Identifier: Apache-2.0
#include "explore/axioms/race_suite.h"

#include <algorithm>

#include "explore/axioms/internal/expect_different.h"
#include "explore/axioms/model.h"
#include "gtest/gtest.h"

namespace hammerlock::axioms {
namespace {

TEST(RaceSuiteTest, JudgeAgreesWithEveryVerdict) {
  for (const RaceTest& test : RaceSuite()) {
    SCOPED_TRACE(test.name);
    const auto program = Parse(test.program);
    ASSERT_TRUE(program.ok()) << program.status();
    EXPECT_EQ(Print(*program), test.program);
    EXPECT_EQ(Judge(*program).racy, test.racy) << test.why;
  }
}

TEST(RaceSuiteTest, NamesAndProgramsAreDifferent) { internal::ExpectDifferent(RaceSuite()); }

// Each rule that makes happens-before, and those that forbid a thread to pass its guard, decide
// about a race somewhere.
TEST(RaceSuiteTest, NoticesTheRulesThatRacesHangOn) {
  const auto changed = [](const Rules& rules) {
    return std::ranges::count_if(RaceSuite(), [&](const RaceTest& test) {
      return Judge(*Parse(test.program), rules).racy != test.racy;
    });
  };
  EXPECT_EQ(changed({}), 0);
  EXPECT_GT(changed({.atomicity = false}), 0);
  EXPECT_GT(changed({.atomic_to_atomic = false}), 0);
  EXPECT_GT(changed({.fence_to_fence = false}), 0);
  EXPECT_GT(changed({.fence_to_atomic = false}), 0);
  EXPECT_GT(changed({.atomic_to_fence = false}), 0);
  EXPECT_GT(changed({.release_sequence = false}), 0);
  EXPECT_GT(changed({.strongly_happens_before = false}), 0);
  EXPECT_GT(changed({.operation_operation = false}), 0);
  EXPECT_GT(changed({.fence_fence = false}), 0);
  EXPECT_GT(changed({.same_thread_release_sequence = true}), 0);
}

}  // namespace
}  // namespace hammerlock::axioms
