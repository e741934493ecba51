// SPDX-License-Identifier: Apache-2.0
//
// Executions are independent of each other: over any hundred seeds every outcome of store
// buffering appears at its rate, and an outcome says nothing about the next one.
#include <array>
#include <cmath>
#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <vector>

#include "explore/axioms/explore_program.h"
#include "explore/axioms/model.h"
#include "explore/runtime/runtime.h"
#include "explore/runtime/search.h"
#include "gtest/gtest.h"

namespace hammerlock::explore {
namespace {

using axioms::CompiledProgram;
using axioms::Outcome;

constexpr int kWindow = 100;
constexpr int kWindows = 200;
constexpr int kSeeds = kWindow * kWindows;

struct Run {
  const CompiledProgram& program;
  Outcome outcome;
};

// The outcome of each execution, numbered in the order of the set of those allowed.
std::vector<int> Outcomes(const std::function<void(uint64_t)>& seed) {
  Prepare(Options());
  const axioms::Program program = *axioms::Parse("W x 1 rlx; R y rlx | W y 1 rlx; R x rlx");
  const CompiledProgram compiled(program);
  const std::set<Outcome> allowed = axioms::AllowedOutcomes(program);
  EXPECT_EQ(allowed.size(), 4u);
  std::vector<int> outcomes;
  for (uint64_t i = 0; i < kSeeds; ++i) {
    Run run{compiled, {}};
    seed(i);
    Execute(
        [](void* argument) {
          Run& r = *static_cast<Run*>(argument);
          r.outcome = RunOnce(r.program);
        },
        &run);
    outcomes.push_back(static_cast<int>(std::distance(allowed.begin(), allowed.find(run.outcome))));
  }
  return outcomes;
}

std::map<int, double> Rates(const std::vector<int>& outcomes) {
  std::map<int, double> rates;
  for (const int o : outcomes) rates[o] += 1.0 / kSeeds;
  return rates;
}

// Windows in which an outcome is farther from its rate than six standard deviations: one in a
// hundred million by chance.
int OddWindows(const std::vector<int>& outcomes) {
  int odd = 0;
  for (const auto& [outcome, rate] : Rates(outcomes)) {
    const double deviation = std::sqrt(kWindow * rate * (1 - rate));
    for (int w = 0; w < kWindows; ++w) {
      int count = 0;
      for (int i = 0; i < kWindow; ++i) count += outcomes[w * kWindow + i] == outcome;
      if (std::abs(count - kWindow * rate) > 6 * deviation) ++odd;
    }
  }
  return odd;
}

// Chi-square of an outcome and the next one: nine degrees of freedom; above 60 once in a hundred
// million by chance.
double Dependence(const std::vector<int>& outcomes) {
  std::map<int, double> rates = Rates(outcomes);
  std::map<std::pair<int, int>, int> pairs;
  for (int i = 0; i + 1 < kSeeds; i += 2) ++pairs[{outcomes[i], outcomes[i + 1]}];
  double sum = 0;
  for (const auto& [a, rate_a] : rates) {
    for (const auto& [b, rate_b] : rates) {
      const double expected = kSeeds / 2 * rate_a * rate_b;
      sum += std::pow(pairs[{a, b}] - expected, 2) / expected;
    }
  }
  return sum;
}

TEST(Independence, OfSeeds) {
  const std::vector<int> outcomes =
      Outcomes([](uint64_t i) { SeedExecution(i, 1, Strategy::kPortfolio); });
  for (const auto& [outcome, rate] : Rates(outcomes)) EXPECT_GT(rate, 0.05) << outcome;
  EXPECT_EQ(OddWindows(outcomes), 0);
  EXPECT_LT(Dependence(outcomes), 60);
}

TEST(Independence, OfExecutionsOfOneSeed) {
  const std::vector<int> outcomes =
      Outcomes([](uint64_t i) { SeedExecution(1, i, Strategy::kPortfolio); });
  EXPECT_EQ(OddWindows(outcomes), 0);
  EXPECT_LT(Dependence(outcomes), 60);
}

// The twins: the tests notice seeds that hang together.
TEST(Independence, IsMissedWherePairsShareASeed) {
  EXPECT_GT(Dependence(Outcomes([](uint64_t i) { SeedExecution(i / 2, 1, Strategy::kPortfolio); })),
            60);
}

TEST(Independence, IsMissedWhereAWindowSharesASeed) {
  EXPECT_GT(
      OddWindows(Outcomes([](uint64_t i) { SeedExecution(i / kWindow, 1, Strategy::kPortfolio); })),
      0);
}

}  // namespace
}  // namespace hammerlock::explore
