// SPDX-License-Identifier: Apache-2.0
//
// The engine and the judge, which was written from the standard's text and knows nothing of the
// engine: the same outcomes, no more and no fewer, and data races in the same programs.
#include <cstdint>

#include "explore/axioms/critical_cycle.h"
#include "explore/axioms/generator.h"
#include "explore/axioms/litmus_suite.h"
#include "explore/axioms/near_race.h"
#include "explore/axioms/race_suite.h"
#include "explore/judged_program.h"
#include "explore/runtime/clock.h"
#include "gtest/gtest.h"

namespace hammerlock::explore {

using namespace axioms;

namespace {

// What is missing after so many executions is taken to be impossible for the engine.
constexpr Effort kEffort{1000, 5'000'000};
constexpr uint64_t kPrograms = 250;
constexpr uint64_t kNearRaces = 5000;

void ExpectTheSame(const Program& program) {
  const Difference difference = HoldAgainstJudge(program, kEffort);
  EXPECT_TRUE(difference.empty()) << Describe(program, difference);
}

TEST(Differential, NamedLitmusTests) {
  for (const LitmusTest& test : LitmusSuite()) {
    SCOPED_TRACE(test.name);
    ExpectTheSame(*Parse(test.program));
  }
}

TEST(Differential, NamedRaces) {
  for (const RaceTest& test : RaceSuite()) {
    SCOPED_TRACE(test.name);
    ExpectTheSame(*Parse(test.program));
  }
}

TEST(Differential, ProgramsNearToARace) {
  for (uint64_t seed = 0; seed < kNearRaces; ++seed) ExpectTheSame(RandomNearRace(seed));
}

TEST(Differential, RandomPrograms) {
  for (uint64_t seed = 0; seed < kPrograms; ++seed) ExpectTheSame(RandomProgram(seed));
}

TEST(Differential, CriticalCycles) {
  for (uint64_t seed = 0; seed < kPrograms; ++seed) {
    ExpectTheSame(RandomCriticalCycle(seed).program);
  }
}

// As programs of more threads have them: what is kept of a store's accesses differs (accesses.h).
TEST(Differential, WideClocks) {
  const int width = g_clock_width;
  g_clock_width = 2 * kLanesAStep;
  for (const LitmusTest& test : LitmusSuite()) {
    SCOPED_TRACE(test.name);
    ExpectTheSame(*Parse(test.program));
  }
  for (uint64_t seed = 0; seed < kPrograms / 2; ++seed) ExpectTheSame(RandomProgram(seed));
  g_clock_width = width;
}

}  // namespace
}  // namespace hammerlock::explore
