// SPDX-License-Identifier: Apache-2.0
//
// The judge is judged: exact sets of outcomes worked out by hand, and for each rule a program whose
// verdict changes without it.
#include "explore/axioms/model.h"

#include <set>
#include <string>
#include <string_view>

#include "explore/axioms/critical_cycle.h"
#include "explore/axioms/generator.h"
#include "explore/axioms/near_race.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace hammerlock::axioms {
namespace {

using ::testing::ElementsAre;
using ::testing::UnorderedElementsAre;

std::set<std::string> Outcomes(std::string_view text, const Rules& rules = {}) {
  const auto program = Parse(text);
  EXPECT_TRUE(program.ok()) << program.status();
  std::set<std::string> texts;
  for (const Outcome& outcome : AllowedOutcomes(*program, rules)) {
    texts.insert(Print(*program, outcome));
  }
  return texts;
}

bool Shows(std::string_view text, std::string_view pattern_text, const Rules& rules = {}) {
  const auto program = Parse(text);
  const auto pattern = ParsePattern(*program, pattern_text);
  EXPECT_TRUE(pattern.ok()) << pattern.status();
  for (const Outcome& outcome : AllowedOutcomes(*program, rules)) {
    if (pattern->Matches(outcome)) return true;
  }
  return false;
}

TEST(ModelTest, OneThreadReadsItsOwnWrites) {
  EXPECT_THAT(Outcomes("R x rlx; W x 1 rlx; R x rlx; W x 2 rlx"), ElementsAre("0:0 0:1 x=2"));
}

TEST(ModelTest, ValuesFollowReadsFrom) {
  // Three additions in either order, and a compare-exchange that needs the right sum.
  EXPECT_THAT(Outcomes("A x 1 rlx; A x 2 rlx | A x 4 rlx"),
              ElementsAre("0:0 0:1 1:3 x=7", "0:0 0:5 1:1 x=7", "0:4 0:5 1:0 x=7"));
  EXPECT_THAT(Outcomes("A x 5 rlx | C x 5 9 rlx rlx; R x rlx"),
              ElementsAre("0:0 1:0 1:0 x=5", "0:0 1:0 1:5 x=5", "0:0 1:5 1:9 x=9"));
}

TEST(ModelTest, MessagePassing) {
  EXPECT_THAT(
      Outcomes("W x 1 rlx; W y 1 rlx | R y rlx; R x rlx"),
      ElementsAre("1:0 1:0 x=1 y=1", "1:0 1:1 x=1 y=1", "1:1 1:0 x=1 y=1", "1:1 1:1 x=1 y=1"));
  EXPECT_THAT(Outcomes("W x 1 rlx; W y 1 rel | R y acq; R x rlx"),
              ElementsAre("1:0 1:0 x=1 y=1", "1:0 1:1 x=1 y=1", "1:1 1:1 x=1 y=1"));
}

TEST(ModelTest, StoreBufferingUnderSeqCst) {
  EXPECT_THAT(Outcomes("W x 1 sc; R y sc | W y 1 sc; R x sc"),
              ElementsAre("0:0 1:1 x=1 y=1", "0:1 1:0 x=1 y=1", "0:1 1:1 x=1 y=1"));
}

TEST(ModelTest, ModificationOrdersAreIndependent) {
  EXPECT_THAT(Outcomes("W x 1 rlx; W y 2 rlx | W y 1 rlx; W x 2 rlx"),
              UnorderedElementsAre("x=1 y=1", "x=1 y=2", "x=2 y=1", "x=2 y=2"));
}

TEST(ModelTest, CompareExchangeReadsAndFailsOrReadsAndWrites) {
  EXPECT_THAT(Outcomes("C x 0 1 rlx rlx | C x 0 2 rlx rlx"),
              ElementsAre("0:0 1:1 x=1", "0:2 1:0 x=2"));
  // 1 fails before the store and after; it cannot read 2 and yet come first.
  EXPECT_THAT(Outcomes("C x 1 3 rlx rlx | W x 2 rlx"), ElementsAre("0:0 x=2", "0:2 x=2"));
}

TEST(ModelTest, LoadBufferingDoesNotShow) {
  EXPECT_FALSE(Shows("R x rlx; W y 1 rlx | R y rlx; W x 1 rlx", "0:1 1:1"));
}

TEST(ModelTest, CountsExecutionsNotOutcomes) {
  const auto executions = [](std::string_view text) { return Judge(*Parse(text)).executions; };
  EXPECT_EQ(executions("W x 1 rlx | W x 1 rlx"), 2u);              // Two modification orders.
  EXPECT_EQ(executions("W x 1 rlx | W x 1 rlx | W x 1 rlx"), 6u);  // 3!
  EXPECT_EQ(executions("A x 1 rlx | A x 1 rlx | A x 1 rlx"), 6u);  // The same, with reads-from.
  EXPECT_EQ(executions("W x 1 rlx | W x 1 rlx | R x rlx"), 6u);    // 2 orders, 3 sources.
  EXPECT_EQ(executions("W x 1 rlx; W x 2 rlx | R x rlx; R x rlx"), 6u);  // Sources 0<=0<=1<=2.
  EXPECT_EQ(executions("W x 1 rlx | W y 1 rlx"), 1u);
}

// Without a rule something forbidden shows.
struct Mutation {
  std::string_view name;
  bool Rules::* rule;
  std::string_view program;
  std::string_view pattern;
};

class RuleTest : public ::testing::TestWithParam<Mutation> {};

TEST_P(RuleTest, ForbidsWhatShowsWithoutIt) {
  const auto& [name, rule, program, pattern] = GetParam();
  EXPECT_FALSE(Shows(program, pattern));
  Rules without;
  without.*rule = false;
  EXPECT_TRUE(Shows(program, pattern, without));
}

INSTANTIATE_TEST_SUITE_P(
    All, RuleTest,
    ::testing::Values(
        Mutation{"WriteWrite", &Rules::write_write, "W x 1 rlx; W x 2 rlx", "x=1"},
        Mutation{"ReadRead", &Rules::read_read, "W x 1 rlx | R x rlx; R x rlx", "1:1 1:0"},
        Mutation{"ReadWrite", &Rules::read_write, "R x rlx; W x 1 rlx | W x 2 rlx", "0:2 x=2"},
        Mutation{"WriteRead", &Rules::write_read, "W x 1 rlx; R x rlx", "0:0"},
        Mutation{"Atomicity", &Rules::atomicity, "A x 1 rlx | A x 1 rlx", "0:0 1:0"},
        Mutation{"AtomicToAtomic", &Rules::atomic_to_atomic,
                 "W x 1 rlx; W y 1 rel | R y acq; R x rlx", "1:1 1:0"},
        Mutation{"FenceToFence", &Rules::fence_to_fence,
                 "W x 1 rlx; F rel; W y 1 rlx | R y rlx; F acq; R x rlx", "1:1 1:0"},
        Mutation{"FenceToAtomic", &Rules::fence_to_atomic,
                 "W x 1 rlx; F rel; W y 1 rlx | R y acq; R x rlx", "1:1 1:0"},
        Mutation{"AtomicToFence", &Rules::atomic_to_fence,
                 "W x 1 rlx; W y 1 rel | R y rlx; F acq; R x rlx", "1:1 1:0"},
        Mutation{"ReleaseSequence", &Rules::release_sequence,
                 "W x 1 rlx; W y 1 rel | A y 1 rlx | R y acq; R x rlx", "1:1 2:2 2:0"},
        Mutation{"StronglyHappensBefore", &Rules::strongly_happens_before,
                 "W x 1 sc; R y sc | W y 1 sc; R x sc", "0:0 1:0"},
        Mutation{"OperationOperation", &Rules::operation_operation,
                 "W x 1 sc; R y sc | W y 1 sc; R x sc", "0:0 1:0"},
        Mutation{"OperationFence", &Rules::operation_fence,
                 "W x 1 sc; R y sc | W y 1 rlx; F sc; R x rlx", "0:0 1:0"},
        Mutation{"FenceOperation", &Rules::fence_operation,
                 "W x 1 sc; R y sc | W y 1 rlx; F sc; R x rlx", "0:0 1:0"},
        Mutation{"FenceFence", &Rules::fence_fence,
                 "W x 1 rlx; F sc; R y rlx | W y 1 rlx; F sc; R x rlx", "0:0 1:0"}),
    [](const auto& test) { return std::string(test.param.name); });

TEST(Cpp17Test, StoreOfTheSameThreadWasPartOfTheReleaseSequence) {
  constexpr std::string_view kProgram = "W x 1 rlx; W y 1 rel; W y 2 rlx | R y acq; R x rlx";
  EXPECT_TRUE(Shows(kProgram, "1:2 1:0"));
  EXPECT_FALSE(Shows(kProgram, "1:2 1:0", {.same_thread_release_sequence = true}));
  // But not across another thread's store: the order of y is 1 3 2.
  EXPECT_TRUE(
      Shows("W x 1 rlx; W y 1 rel; W y 2 rlx | W y 3 rlx | R y rlx; R y rlx; R y acq; R x rlx",
            "2:1 2:3 2:2 2:0", {.same_thread_release_sequence = true}));
}

TEST(Cpp17Test, SHadToAgreeWithHappensBefore) {
  constexpr std::string_view kZ6U = "W x 1 sc; W y 1 rel | A y 1 sc; R y rlx | W y 3 sc; R x sc";
  EXPECT_TRUE(Shows(kZ6U, "1:1 1:3 2:0"));
  EXPECT_FALSE(Shows(kZ6U, "1:1 1:3 2:0", {.happens_before_in_s = true}));
}

TEST(Cpp17Test, FencesDidNotSeeWhatHappenedBeforeThemInOtherThreads) {
  constexpr std::string_view kWrwc =
      "W x 1 rlx; W z 1 rel | R z acq; F sc; R y rlx | W y 1 rlx; F sc; R x rlx";
  EXPECT_FALSE(Shows(kWrwc, "1:1 1:0 2:0"));
  EXPECT_TRUE(Shows(kWrwc, "1:1 1:0 2:0", {.fences_reach_own_thread_only = true}));
}

TEST(ModelTest, StrengthOfHappensBeforeDecides) {
  // As Z6.U, but the two synchronizing operations are seq_cst themselves.
  EXPECT_FALSE(Shows("W x 1 sc; W y 1 sc | A y 1 sc; R y rlx | W y 3 sc; R x sc", "1:1 1:3 2:0"));
  // IRIW between acquire and seq_cst loads: the stores happen before, but not strongly.
  EXPECT_TRUE(Shows("W x 1 sc | W y 1 sc | R x acq; R y sc | R y acq; R x sc", "2:1 2:0 3:1 3:0"));
  // A second access after the synchronization, and before it, makes it strong.
  EXPECT_FALSE(Shows("W x 1 sc; W z 1 rel | R z acq; R y sc | W y 1 sc; R x sc", "1:1 1:0 2:0"));
}

TEST(ModelTest, CoherenceOrderedBeforeReachesFromLoadToLoad) {
  // The store of x is in S nowhere; the two loads of it are.
  EXPECT_FALSE(Shows("W x 1 rlx | R x sc; R y sc | W y 1 sc; R x sc", "1:1 1:0 2:0"));
}

TEST(ModelTest, FailedCompareExchangeIsALoadWithTheFailureOrder) {
  constexpr std::string_view kAcquires = "W x 1 rlx; W y 1 rel | C y 0 2 rlx acq; R x rlx";
  constexpr std::string_view kDoesNot = "W x 1 rlx; W y 1 rel | C y 0 2 acq rlx; R x rlx";
  EXPECT_FALSE(Shows(kAcquires, "1:1 1:0"));
  EXPECT_TRUE(Shows(kDoesNot, "1:1 1:0"));
}

TEST(GuardTest, EndsItsThreadUnlessTheLastReadReadWhatItWants) {
  // What did not take place leaves 0 in its registers.
  EXPECT_THAT(Outcomes("W x 1 rlx | R x rlx; G 1; R x rlx; W y 1 rlx"),
              ElementsAre("1:0 1:0 x=1 y=0", "1:1 1:1 x=1 y=1"));
  EXPECT_THAT(Outcomes("R x rlx; G 1; W x 2 rlx"), ElementsAre("0:0 x=0"));
  // The last read is that of the program: a second guard asks what the first one let through.
  EXPECT_THAT(Outcomes("R x rlx; G 0; W x 1 rlx; G 0; R x rlx; G 0; W x 2 rlx"),
              ElementsAre("0:0 0:1 x=1"));
  // Nobody reads what was not written, and what did not take place orders nothing.
  EXPECT_THAT(Outcomes("R x rlx; G 1; W y 1 rlx | R y rlx"), ElementsAre("0:0 1:0 x=0 y=0"));
  EXPECT_TRUE(Shows("W x 1 rlx; R z rlx; G 1; F rel; W y 1 rlx | R y acq; R x rlx | W z 1 rlx",
                    "0:0 1:0 1:0"));
}

TEST(GuardTest, GuardsMayDependOnOneAnotherAcrossThreads) {
  EXPECT_THAT(Outcomes("R x rlx; G 0; W y 1 rlx | R y rlx; G 1; W x 1 rlx"),
              ElementsAre("0:0 1:0 x=0 y=1", "0:0 1:1 x=1 y=1"));
  // Each waits for the other: neither goes on.
  EXPECT_THAT(Outcomes("R x rlx; G 1; W y 1 rlx | R y rlx; G 1; W x 1 rlx"),
              ElementsAre("0:0 1:0 x=0 y=0"));
}

TEST(DataRaceTest, ExecutionsWithoutOneKeepTheirOutcomes) {
  const Judged judged = Judge(*Parse("W x 1 na; W y 1 rel | R y acq; R x na"));
  EXPECT_TRUE(judged.racy);
  EXPECT_EQ(judged.executions, 3u);
  EXPECT_THAT(Outcomes("W x 1 na; W y 1 rel | R y acq; R x na"), ElementsAre("1:1 1:1 x=1 y=1"));
}

TEST(DataRaceTest, PlainAccessesSynchronizeWithNothing) {
  // As relaxed ones behind and before fences they would.
  EXPECT_FALSE(Judge(*Parse("W x 1 na; F rel; W y 1 rlx | R y rlx; G 1; F acq; R x na")).racy);
  EXPECT_THAT(Outcomes("W x 1 rlx; F rel; W y 1 na | R y rlx; F acq; R x rlx"), ElementsAre());
  EXPECT_THAT(Outcomes("W x 1 rlx; F rel; W y 1 rlx | R y na; F acq; R x rlx"), ElementsAre());
}

// Putting candidates aside early is an optimisation and no rule.
void ExpectSameWithoutPruning(const Program& program, const Rules& rules) {
  const Judged pruned = Judge(program, rules);
  const Judged full = JudgeWithoutPruning(program, rules);
  EXPECT_EQ(pruned.executions, full.executions) << Print(program);
  EXPECT_EQ(pruned.outcomes, full.outcomes) << Print(program);
  EXPECT_EQ(pruned.racy, full.racy) << Print(program);
}

TEST(PruningTest, ChangesNothing) {
  const Rules kRules[] = {{},
                          {.same_thread_release_sequence = true},
                          {.read_read = false},
                          {.atomicity = false},
                          {.release_sequence = false}};
  int judged = 0;
  for (uint64_t seed = 0; seed < 300; ++seed) {
    for (const Program& program :
         {RandomProgram(seed), RandomCriticalCycle(seed).program, RandomNearRace(seed)}) {
      if (CandidateBound(program) > 1'000) continue;
      ++judged;
      for (const Rules& rules : kRules) ExpectSameWithoutPruning(program, rules);
    }
  }
  EXPECT_GT(judged, 300);
}

}  // namespace
}  // namespace hammerlock::axioms
