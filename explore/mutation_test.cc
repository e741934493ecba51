// SPDX-License-Identifier: Apache-2.0
//
// The engine with one rule dropped at a time: the named races, the litmus suite, programs near to a
// race and critical cycles notice each.
// What a tool finds with such an engine would be worth nothing, so a suite that overlooks one is
// not enough.
#include "explore/runtime/mutation.h"

#include <cstdint>

#include "explore/axioms/critical_cycle.h"
#include "explore/axioms/litmus_suite.h"
#include "explore/axioms/near_race.h"
#include "explore/axioms/race_suite.h"
#include "explore/judged_program.h"
#include "gtest/gtest.h"

namespace hammerlock::explore {

using namespace axioms;

namespace {

constexpr Effort kEffort{300, 3'000'000};
constexpr uint64_t kNearRaces = 1000;
constexpr uint64_t kCycles = 1000;

// The number of programs held against the judge until one differs; 0: none does.
uint64_t Noticed() {
  uint64_t held = 0;
  const auto differs = [&](const Program& program) {
    ++held;
    return !HoldAgainstJudge(program, kEffort).empty();
  };
  for (const RaceTest& test : RaceSuite()) {
    if (differs(*Parse(test.program))) return held;
  }
  for (const LitmusTest& test : LitmusSuite()) {
    if (differs(*Parse(test.program))) return held;
  }
  for (uint64_t seed = 0; seed < kNearRaces; ++seed) {
    if (differs(RandomNearRace(seed))) return held;
  }
  for (uint64_t seed = 0; seed < kCycles; ++seed) {
    if (differs(RandomCriticalCycle(seed).program)) return held;
  }
  return 0;
}

// The twin: what notices the mutations has nothing to say of the engine itself.
TEST(NoMutation, IsNotNoticed) {
  g_mutation = Mutation::kNone;
  EXPECT_EQ(Noticed(), 0u);
}

class EachMutation : public testing::TestWithParam<int> {};

TEST_P(EachMutation, IsNoticed) {
  g_mutation = static_cast<Mutation>(GetParam());
  const uint64_t held = Noticed();
  g_mutation = Mutation::kNone;
  EXPECT_NE(held, 0u) << "no program tells the mutated engine from the judge";
  RecordProperty("programs", static_cast<int>(held));
}

INSTANTIATE_TEST_SUITE_P(All, EachMutation,
                         testing::Range(1, static_cast<int>(Mutation::kPromisesNeedNotBeKept)));

}  // namespace
}  // namespace hammerlock::explore
