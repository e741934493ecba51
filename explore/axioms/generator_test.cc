// SPDX-License-Identifier: Apache-2.0
#include "explore/axioms/generator.h"

#include <map>
#include <set>
#include <string>

#include "explore/axioms/model.h"
#include "gtest/gtest.h"

namespace hammerlock::axioms {
namespace {

constexpr uint64_t kPrograms = 1'000;

TEST(GeneratorTest, SameSeedSameProgramEverywhere) {
  for (uint64_t seed = 0; seed < 100; ++seed) EXPECT_EQ(RandomProgram(seed), RandomProgram(seed));
  // Written down, so that a program named by its seed stays what it was.
  EXPECT_EQ(Print(RandomProgram(3)), "W y 1 rel; R x rlx; A y 10 acq | R y acq; W x 1 sc");
}

TEST(GeneratorTest, ProgramsKeepTheirBounds) {
  for (uint64_t seed = 0; seed < kPrograms; ++seed) {
    const Program program = RandomProgram(seed);
    SCOPED_TRACE(Print(program));
    EXPECT_GE(program.threads.size(), 2u);
    EXPECT_LE(program.threads.size(), 4u);
    EXPECT_GE(program.locations(), 1);
    EXPECT_LE(program.locations(), 3);
    EXPECT_LE(program.size(), 9u);
    EXPECT_LE(CandidateBound(program), kMaxCandidates);
    const auto parsed = Parse(Print(program));  // Refuses orders that C++ does not give.
    ASSERT_TRUE(parsed.ok()) << parsed.status();
    EXPECT_EQ(Print(*parsed), Print(program));
  }
}

TEST(GeneratorTest, EveryInstructionComesWithEveryOrder) {
  std::map<Instruction::Kind, std::set<Order>> orders;
  std::set<Order> failures;
  for (uint64_t seed = 0; seed < kPrograms; ++seed) {
    for (const auto& thread : RandomProgram(seed).threads) {
      for (const Instruction& i : thread) {
        orders[i.kind].insert(i.order);
        if (i.kind == Instruction::Kind::kCompareExchange) failures.insert(i.failure);
      }
    }
  }
  using enum Instruction::Kind;
  EXPECT_EQ(orders[kLoad].size(), 3u);
  EXPECT_EQ(orders[kStore].size(), 3u);
  EXPECT_EQ(orders[kFence].size(), 4u);
  for (const auto kind : {kExchange, kFetchAdd, kCompareExchange}) {
    EXPECT_EQ(orders[kind].size(), 5u);
  }
  EXPECT_EQ(failures.size(), 3u);
}

Program WithSeqCstThroughout(Program program) {
  for (auto& thread : program.threads) {
    for (Instruction& i : thread) i.order = i.failure = Order::kSeqCst;
  }
  return program;
}

// A program that shows no more than sequential consistency does tests little.
TEST(GeneratorTest, AGoodShareIsWeak) {
  int weak = 0;
  for (uint64_t seed = 0; seed < kPrograms; ++seed) {
    const Program program = RandomProgram(seed);
    const auto outcomes = AllowedOutcomes(program);
    const auto sequential = AllowedOutcomes(WithSeqCstThroughout(program));
    EXPECT_GE(outcomes.size(), sequential.size()) << Print(program);
    weak += outcomes.size() > sequential.size();
  }
  EXPECT_GT(weak, static_cast<int>(kPrograms) / 3);
  EXPECT_LT(weak, static_cast<int>(kPrograms) * 9 / 10);  // And strong ones must be there too.
}

TEST(GeneratorTest, BoundCountsSourcesAndModificationOrders) {
  EXPECT_EQ(CandidateBound(*Parse("W x 1 rlx; W y 1 rlx | R y rlx; R x rlx")), 4u);
  EXPECT_EQ(CandidateBound(*Parse("W x 1 rlx | W x 2 rlx | W x 3 rlx")), 6u);
  EXPECT_EQ(CandidateBound(*Parse("A x 1 rlx | A x 1 rlx")), 2u * 2u * 2u);
}

}  // namespace
}  // namespace hammerlock::axioms
