// SPDX-License-Identifier: Apache-2.0
#include "explore/axioms/near_race.h"

#include <map>
#include <set>
#include <string>

#include "explore/axioms/generator.h"
#include "explore/axioms/model.h"
#include "gtest/gtest.h"

namespace hammerlock::axioms {
namespace {

constexpr uint64_t kPrograms = 1'000;

TEST(NearRaceTest, SameSeedSameProgramEverywhere) {
  for (uint64_t seed = 0; seed < 100; ++seed) EXPECT_EQ(RandomNearRace(seed), RandomNearRace(seed));
  // Written down, so that a program named by its seed stays what it was.
  EXPECT_EQ(Print(RandomNearRace(4)),
            "R x na; F sc; A y 1 rlx; G 1; F acq; W x 2 rlx | "
            "R x na; A y 1 rel; G 1; F acq; W x 1 rlx; W x 2 rlx");
}

TEST(NearRaceTest, ProgramsKeepTheirBounds) {
  for (uint64_t seed = 0; seed < kPrograms; ++seed) {
    const Program program = RandomNearRace(seed);
    SCOPED_TRACE(Print(program));
    EXPECT_GE(program.threads.size(), 2u);
    EXPECT_LE(program.threads.size(), 4u);
    EXPECT_LE(CandidateBound(program), kMaxCandidates);
    size_t guards = 0, plain = 0;
    for (const auto& thread : program.threads) {
      for (const Instruction& i : thread) {
        guards += i.kind == Instruction::Kind::kGuard;
        plain += i.plain();
      }
    }
    EXPECT_LE(program.size() - guards, 12u);
    EXPECT_GE(plain, 1u);
    const auto parsed = Parse(Print(program));  // Refuses orders that C++ does not give.
    ASSERT_TRUE(parsed.ok()) << parsed.status();
    EXPECT_EQ(Print(*parsed), Print(program));
  }
}

// Both are of use: the ones to see false alarms with, the others to see what is overlooked.
TEST(NearRaceTest, AboutHalfHaveARace) {
  int racy = 0, undecided = 0;
  for (uint64_t seed = 0; seed < kPrograms; ++seed) {
    const Judged judged = Judge(RandomNearRace(seed));
    racy += judged.racy;
    undecided += judged.racy && !judged.outcomes.empty();
  }
  EXPECT_GT(racy, static_cast<int>(kPrograms) * 4 / 10);
  EXPECT_LT(racy, static_cast<int>(kPrograms) * 6 / 10);
  // In many of those it depends on the execution.
  EXPECT_GT(undecided, racy / 3);
}

// Programs without a race that hang on one thing: take an order away, and there is one.
TEST(NearRaceTest, ManyAreCloseToARace) {
  int close = 0, race_free = 0;
  for (uint64_t seed = 0; seed < kPrograms; ++seed) {
    const Program program = RandomNearRace(seed);
    if (Judge(program).racy) continue;
    ++race_free;
    Program weaker = program;
    for (auto& thread : weaker.threads) {
      for (Instruction& i : thread) {
        if (i.accesses() && !i.plain()) i.order = i.failure = Order::kRelaxed;
        if (i.kind == Instruction::Kind::kFence) i.order = Order::kAcquire;
      }
    }
    close += Judge(weaker).racy;
  }
  EXPECT_GT(close, race_free / 2);
}

TEST(NearRaceTest, EverythingComesUp) {
  std::map<Instruction::Kind, std::set<Order>> orders;
  int both = 0;
  for (uint64_t seed = 0; seed < kPrograms; ++seed) {
    std::set<int> plain, atomic;
    for (const auto& thread : RandomNearRace(seed).threads) {
      for (const Instruction& i : thread) {
        orders[i.kind].insert(i.order);
        if (i.accesses()) (i.plain() ? plain : atomic).insert(i.location);
      }
    }
    for (const int l : plain) both += atomic.contains(l);
  }
  using enum Instruction::Kind;
  EXPECT_EQ(orders[kLoad].size(), 4u);
  EXPECT_EQ(orders[kStore].size(), 4u);
  EXPECT_EQ(orders[kFence].size(), 4u);
  for (const auto kind : {kExchange, kFetchAdd, kCompareExchange}) {
    EXPECT_EQ(orders[kind].size(), 5u);
  }
  EXPECT_TRUE(orders.contains(kGuard));
  EXPECT_GT(both, 200);  // Locations that are accessed both ways.
}

}  // namespace
}  // namespace hammerlock::axioms
