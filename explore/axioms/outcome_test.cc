// SPDX-License-Identifier: Apache-2.0
#include "explore/axioms/outcome.h"

#include "gtest/gtest.h"

namespace hammerlock::axioms {
namespace {

Program TwoReaders() { return *Parse("W x 1 rlx; W y 2 rlx | R x rlx; A y 1 rlx | R x rlx"); }

TEST(OutcomeTest, PrintsRegistersByThreadAndThenLocations) {
  Outcome outcome;
  outcome.registers = {1, 0, -1};
  outcome.memory = {1, 3};
  EXPECT_EQ(Print(TwoReaders(), outcome), "1:1 1:0 2:-1 x=1 y=3");
}

TEST(OutcomeTest, PatternMatchesWhatItAsksAndNothingElse) {
  Outcome outcome;
  outcome.registers = {1, 0, -1};
  outcome.memory = {1, 3};
  for (const char* const matches :
       {"1:1 1:0 2:-1 x=1 y=3", "1:1 1:0 2:-1", "1:* 1:0 2:*", "y=3", "y=3 x=*", ""}) {
    EXPECT_TRUE(ParsePattern(TwoReaders(), matches)->Matches(outcome)) << matches;
  }
  for (const char* const differs : {"1:1 1:0 2:0", "1:* 1:1 2:*", "y=2", "1:1 1:0 2:-1 x=0"}) {
    EXPECT_FALSE(ParsePattern(TwoReaders(), differs)->Matches(outcome)) << differs;
  }
}

TEST(OutcomeTest, PatternOfAnotherProgramIsRefused) {
  for (const char* const wrong :
       {"1:1 1:0", "0:1 1:0 2:0", "1:1 1:0 2:0 2:0", "z=1", "x", "x=one", "1:1:1 1:0 2:0"}) {
    EXPECT_FALSE(ParsePattern(TwoReaders(), wrong).ok()) << wrong;
  }
}

}  // namespace
}  // namespace hammerlock::axioms
