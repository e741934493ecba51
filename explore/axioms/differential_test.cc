// SPDX-License-Identifier: Apache-2.0
#include "explore/axioms/differential.h"

#include <set>
#include <vector>

#include "explore/axioms/model.h"
#include "gtest/gtest.h"

namespace hammerlock::axioms {
namespace {

const Program& Mp() {
  static const auto* const kProgram =
      new Program(*Parse("W x 1 rlx; W y 1 rel | R y acq; R x rlx"));
  return *kProgram;
}

std::vector<Outcome> Allowed() {
  const std::set<Outcome> outcomes = AllowedOutcomes(Mp());
  return {outcomes.begin(), outcomes.end()};
}

const Program& RacyMp() {
  static const auto* const kProgram =
      new Program(*Parse("W x 1 na; W y 1 rel | R y rlx; G 1; R x na"));
  return *kProgram;
}

// What RacyMp() shows without a race: the flag is not seen.
Outcome NotSeen() { return *AllowedOutcomes(RacyMp()).begin(); }

TEST(DifferentialTest, RacesAreHeldAgainstTheJudgesToo) {
  const auto finds = [](uint64_t seed) { return seed % 2 == 0 ? Shown() : Shown(NotSeen()); };
  const Difference difference = Compare(RacyMp(), finds, {.least = 1});
  EXPECT_TRUE(difference.empty());
  EXPECT_EQ(difference.executions, 2u);  // One of each.
}

TEST(DifferentialTest, ARaceThatCannotBeIsFalse) {
  const auto allowed = Allowed();
  const auto cries = [&](uint64_t seed) {
    return seed == 500 ? Shown() : Shown(allowed[seed % allowed.size()]);
  };
  const Difference difference = Compare(Mp(), cries);
  EXPECT_TRUE(difference.false_race);
  EXPECT_EQ(difference.executions, 501u);
  EXPECT_EQ(
      Describe(Mp(), difference),
      "W x 1 rlx; W y 1 rel | R y acq; R x rlx\n  race in execution 500, but there can be none\n");
}

TEST(DifferentialTest, ARaceThatIsNotToldIsMissed) {
  const Difference difference =
      Compare(RacyMp(), [](uint64_t) { return NotSeen(); }, {.least = 10, .most = 20});
  EXPECT_TRUE(difference.missed_race);
  EXPECT_TRUE(difference.unsound.empty());
  EXPECT_EQ(Describe(RacyMp(), difference),
            "W x 1 na; W y 1 rel | R y rlx; G 1; R x na\n  no race after 20 executions\n");
}

TEST(DifferentialTest, TheOutcomeOfARacingExecutionIsUnsound) {
  Outcome seen = NotSeen();
  seen.registers = {1, 1};
  const auto overlooks = [&](uint64_t seed) { return seed % 2 == 0 ? Shown() : Shown(seen); };
  EXPECT_EQ(Compare(RacyMp(), overlooks, {.most = 20}).unsound, std::vector<Outcome>{seen});
}

TEST(DifferentialTest, PerfectEngineDiffersInNothingAndStopsAtOnce) {
  const auto allowed = Allowed();
  const Difference difference =
      Compare(Mp(), [&](uint64_t seed) { return allowed[seed % allowed.size()]; }, {.least = 2});
  EXPECT_TRUE(difference.empty());
  EXPECT_EQ(difference.executions, allowed.size());
  EXPECT_EQ(Describe(Mp(), difference), "");
}

TEST(DifferentialTest, WeakEngineIsUnsound) {
  const auto allowed = Allowed();
  const auto weak = [&](uint64_t seed) {
    Outcome outcome = allowed[seed % allowed.size()];
    if (seed == 500) outcome.registers = {1, 0};
    return outcome;
  };
  const Difference difference = Compare(Mp(), weak, {.least = 1'000});
  ASSERT_EQ(difference.unsound.size(), 1u);
  EXPECT_TRUE(difference.missing.empty());
  EXPECT_EQ(difference.executions, 1'000u);
  EXPECT_EQ(Describe(Mp(), difference),
            "W x 1 rlx; W y 1 rel | R y acq; R x rlx\n  unsound: 1:1 1:0 x=1 y=1\n");
}

TEST(DifferentialTest, StrongEngineMisses) {
  const auto allowed = Allowed();
  const Difference difference =
      Compare(Mp(), [&](uint64_t) { return allowed[0]; }, {.least = 10, .most = 20});
  EXPECT_TRUE(difference.unsound.empty());
  EXPECT_EQ(difference.missing, (std::vector<Outcome>{allowed[1], allowed[2]}));
  EXPECT_EQ(difference.executions, 20u);
  EXPECT_EQ(Describe(Mp(), difference),
            "W x 1 rlx; W y 1 rel | R y acq; R x rlx\n"
            "  missing after 20 executions: 1:0 1:1 x=1 y=1\n"
            "  missing after 20 executions: 1:1 1:1 x=1 y=1\n");
}

}  // namespace
}  // namespace hammerlock::axioms
