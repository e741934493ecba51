// SPDX-License-Identifier: Apache-2.0
#include "explore/axioms/critical_cycle.h"

#include <algorithm>
#include <set>
#include <string>

#include "explore/axioms/generator.h"
#include "explore/axioms/model.h"
#include "gtest/gtest.h"

namespace hammerlock::axioms {
namespace {

constexpr uint64_t kCycles = 1'000;

bool ShowsCycle(const CriticalCycle& cycle, const Program& program) {
  const std::set<Outcome> outcomes = AllowedOutcomes(program);
  return std::ranges::any_of(outcomes, [&](const Outcome& o) { return cycle.weak.Matches(o); });
}

TEST(CriticalCycleTest, SameSeedSameCycleEverywhere) {
  for (uint64_t seed = 0; seed < 100; ++seed) {
    const CriticalCycle cycle = RandomCriticalCycle(seed);
    EXPECT_EQ(cycle.program, RandomCriticalCycle(seed).program);
    EXPECT_EQ(cycle.name, RandomCriticalCycle(seed).name);
  }
  // Written down, so that a cycle named by its seed stays what it was.
  EXPECT_EQ(RandomCriticalCycle(1).name, "PodWW-fence.sc Coe PodWW Coe PodWR Fre");
  EXPECT_EQ(Print(RandomCriticalCycle(1).program),
            "W x 1 sc; F sc; W y 1 sc | X y 2 sc; W z 1 sc | W z 2 sc; R x sc");
}

TEST(CriticalCycleTest, CyclesKeepTheirBounds) {
  for (uint64_t seed = 0; seed < kCycles; ++seed) {
    const Program program = RandomCriticalCycle(seed).program;
    SCOPED_TRACE(Print(program));
    EXPECT_GE(program.threads.size(), 2u);
    EXPECT_LE(program.threads.size(), 4u);
    EXPECT_GE(program.locations(), 2);
    for (const auto& thread : program.threads) EXPECT_LE(thread.size(), 3u);
    EXPECT_LE(CandidateBound(program), kMaxCandidates);
    const auto parsed = Parse(Print(program));
    ASSERT_TRUE(parsed.ok()) << parsed.status();
  }
}

TEST(CriticalCycleTest, ClassicsAreAmongThem) {
  std::set<std::string> names;
  for (uint64_t seed = 0; seed < kCycles; ++seed) names.insert(RandomCriticalCycle(seed).name);
  // SB, MP, LB, S, R, 2+2W. Which edge comes first depends on where the location is entered.
  const auto has = [&](std::string_view a, std::string_view b) {
    return names.contains(std::string(a)) || names.contains(std::string(b));
  };
  EXPECT_TRUE(has("PodWR Fre PodWR Fre", ""));
  EXPECT_TRUE(has("PodWW Rfe PodRR Fre", "PodRR Fre PodWW Rfe"));
  EXPECT_TRUE(has("PodRW Rfe PodRW Rfe", ""));
  EXPECT_TRUE(has("PodWW Rfe PodRW Coe", "PodRW Coe PodWW Rfe"));
  EXPECT_TRUE(has("PodWW Coe PodWR Fre", "PodWR Fre PodWW Coe"));
  EXPECT_TRUE(has("PodWW Coe PodWW Coe", ""));
}

// A cycle is what sequential consistency forbids, by its definition. This tests the judge's S as
// much as the generator's values.
TEST(CriticalCycleTest, SeqCstThroughoutForbidsEachAndWeakerOrdersAllowMany) {
  int allowed = 0;
  for (uint64_t seed = 0; seed < kCycles; ++seed) {
    const CriticalCycle cycle = RandomCriticalCycle(seed);
    Program strong = cycle.program;
    for (auto& thread : strong.threads) {
      for (Instruction& i : thread) i.order = i.failure = Order::kSeqCst;
    }
    EXPECT_FALSE(ShowsCycle(cycle, strong)) << cycle.name << ": " << Print(strong);
    allowed += ShowsCycle(cycle, cycle.program);
  }
  EXPECT_GT(allowed, static_cast<int>(kCycles) / 4);
  EXPECT_LT(allowed, static_cast<int>(kCycles) * 3 / 4);
}

}  // namespace
}  // namespace hammerlock::axioms
