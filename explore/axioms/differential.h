// SPDX-License-Identifier: Apache-2.0
//
// Holds what an engine shows of a program against what the judge allows.
#pragma once

#include <cstdint>
#include <functional>
#include <set>
#include <string>
#include <vector>

#include "explore/axioms/outcome.h"
#include "explore/axioms/program.h"

namespace hammerlock::axioms {

struct Difference {
  std::vector<Outcome> unsound;  // Seen, but not allowed: the engine is wrong.
  std::vector<Outcome> missing;  // Allowed, but not seen: incomplete, or not long enough.
  uint64_t executions = 0;

  bool empty() const { return unsound.empty() && missing.empty(); }
};

// How many executions. After `least`, it is enough when every allowed outcome has been seen.
struct Effort {
  uint64_t least = 1'000;
  uint64_t most = 100'000;
};

// `run` makes one execution, and the same one whenever the seed is the same; seeds are 0, 1, 2...
Difference Compare(const std::set<Outcome>& allowed,
                   const std::function<Outcome(uint64_t seed)>& run, Effort effort = {});
// Judges the program first.
Difference Compare(const Program& program, const std::function<Outcome(uint64_t seed)>& run,
                   Effort effort = {});

// The program, then a line for each outcome that differs. Empty if none does.
std::string Describe(const Program& program, const Difference& difference);

}  // namespace hammerlock::axioms
