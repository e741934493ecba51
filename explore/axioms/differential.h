// SPDX-License-Identifier: Apache-2.0
//
// Holds what an engine shows of a program against what the judge allows.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "explore/axioms/model.h"
#include "explore/axioms/outcome.h"
#include "explore/axioms/program.h"

namespace hammerlock::axioms {

// What one execution showed; none: it ended at a data race.
using Shown = std::optional<Outcome>;

// An outcome is allowed if an execution without a data race has it. So if an execution has one
// that the engine overlooks, its outcome is unsound, unless another one without has the same.
struct Difference {
  std::vector<Outcome> unsound;  // Seen, but not allowed: the engine is wrong.
  std::vector<Outcome> missing;  // Allowed, but not seen: incomplete, or not long enough.
  bool false_race = false;       // The engine told of a race in a program that has none.
  bool missed_race = false;      // The program has one, and the engine found none.
  uint64_t executions = 0;
  // What was compared with.
  size_t allowed = 0;
  bool racy = false;

  bool empty() const { return unsound.empty() && missing.empty() && !false_race && !missed_race; }
};

// How many executions. After `least`, it is enough when every allowed outcome has been seen, and
// a race if there is one.
struct Effort {
  uint64_t least = 1'000;
  uint64_t most = 100'000;
};

// `run` makes one execution, and the same one whenever the seed is the same; seeds are 0, 1, 2...
Difference Compare(const Judged& judged, const std::function<Shown(uint64_t seed)>& run,
                   Effort effort = {});
// Judges the program first.
Difference Compare(const Program& program, const std::function<Shown(uint64_t seed)>& run,
                   Effort effort = {});

// The program, then a line for each outcome that differs. Empty if none does.
std::string Describe(const Program& program, const Difference& difference);

}  // namespace hammerlock::axioms
