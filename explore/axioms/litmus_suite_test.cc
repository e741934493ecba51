// SPDX-License-Identifier: Apache-2.0
#include "explore/axioms/litmus_suite.h"

#include <algorithm>
#include <set>
#include <string>

#include "explore/axioms/internal/expect_different.h"
#include "explore/axioms/model.h"
#include "gtest/gtest.h"

namespace hammerlock::axioms {
namespace {

bool Holds(const Program& program, const LitmusExpectation& expectation,
           const std::set<Outcome>& outcomes) {
  const auto pattern = ParsePattern(program, expectation.pattern);
  EXPECT_TRUE(pattern.ok()) << pattern.status();
  const bool shows =
      std::ranges::any_of(outcomes, [&](const Outcome& o) { return pattern->Matches(o); });
  return shows == (expectation.verdict == Verdict::kAllowed);
}

TEST(LitmusSuiteTest, JudgeAgreesWithEveryVerdictAndCount) {
  for (const LitmusTest& test : LitmusSuite()) {
    SCOPED_TRACE(test.name);
    const auto program = Parse(test.program);
    ASSERT_TRUE(program.ok()) << program.status();
    EXPECT_EQ(Print(*program), test.program);
    const std::set<Outcome> outcomes = AllowedOutcomes(*program);
    EXPECT_EQ(outcomes.size(), test.outcomes);
    EXPECT_FALSE(test.expectations.empty());
    for (const LitmusExpectation& expectation : test.expectations) {
      EXPECT_FALSE(expectation.why.empty());
      EXPECT_TRUE(Holds(*program, expectation, outcomes))
          << expectation.pattern << ": " << expectation.why;
    }
  }
}

TEST(LitmusSuiteTest, NamesAndProgramsAreDifferent) {
  EXPECT_GE(internal::ExpectDifferent(LitmusSuite()), 70u);
}

// A suite that a rule can be taken from unnoticed would not notice it missing in an engine either.
TEST(LitmusSuiteTest, NoticesEveryRule) {
  const auto changed = [](const Rules& rules) {
    return std::ranges::count_if(LitmusSuite(), [&](const LitmusTest& test) {
      const auto program = Parse(test.program);
      const std::set<Outcome> outcomes = AllowedOutcomes(*program, rules);
      return std::ranges::any_of(test.expectations, [&](const LitmusExpectation& expectation) {
        return !Holds(*program, expectation, outcomes);
      });
    });
  };
  EXPECT_EQ(changed({}), 0);
  EXPECT_GT(changed({.write_write = false}), 0);
  EXPECT_GT(changed({.read_read = false}), 0);
  EXPECT_GT(changed({.read_write = false}), 0);
  EXPECT_GT(changed({.write_read = false}), 0);
  EXPECT_GT(changed({.atomicity = false}), 0);
  EXPECT_GT(changed({.atomic_to_atomic = false}), 0);
  EXPECT_GT(changed({.fence_to_fence = false}), 0);
  EXPECT_GT(changed({.fence_to_atomic = false}), 0);
  EXPECT_GT(changed({.atomic_to_fence = false}), 0);
  EXPECT_GT(changed({.release_sequence = false}), 0);
  EXPECT_GT(changed({.strongly_happens_before = false}), 0);
  EXPECT_GT(changed({.operation_operation = false}), 0);
  EXPECT_GT(changed({.operation_fence = false}), 0);
  EXPECT_GT(changed({.fence_operation = false}), 0);
  EXPECT_GT(changed({.fence_fence = false}), 0);
  EXPECT_GT(changed({.same_thread_release_sequence = true}), 0);
  EXPECT_GT(changed({.happens_before_in_s = true}), 0);
  EXPECT_GT(changed({.fences_reach_own_thread_only = true}), 0);
}

}  // namespace
}  // namespace hammerlock::axioms
