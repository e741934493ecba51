// SPDX-License-Identifier: Apache-2.0
#include "explore/judged_program.h"

#include <cstdio>
#include <cstdlib>
#include <optional>
#include <set>
#include <vector>

#include "explore/axioms/explore_program.h"
#include "explore/axioms/model.h"
#include "explore/runtime/runtime.h"
#include "explore/runtime/search.h"
#include "scenario/choices.h"

namespace hammerlock::explore {

using namespace axioms;

namespace {

struct Run {
  const CompiledProgram& program;
  uint64_t manner;
  Outcome outcome;
};

void Body(void* argument) {
  Run& run = *static_cast<Run*>(argument);
  run.outcome = RunOnce(run.program, run.manner);
}

// What an execution shows; those that are none are left out.
Shown Show(const Program& program, const CompiledProgram& compiled, uint64_t seed) {
  const uint64_t manner = compiled.has_plain() ? Random(seed).Next() : 0;
  Run run{compiled, manner, {}};
  for (uint64_t number = seed;; number += uint64_t{1} << 40) {
    SeedExecution(1, number, Strategy::kPortfolio);
    const Ending& ending = Execute(&Body, &run);
    if (ending.discarded) continue;
    if (ending.failure == FailureKind::kRace) return std::nullopt;
    if (ending.failure != FailureKind::kNone || ending.endless) {
      std::fprintf(stderr, "%s: execution %llu failed: %s\n", Print(program).c_str(),
                   static_cast<unsigned long long>(seed), ending.why);
      std::abort();
    }
    return run.outcome;
  }
}

Difference Hold(const Program& program, const Options& options, const Rules& rules, Effort effort) {
  Prepare(options);
  const CompiledProgram compiled(program);
  return Compare(
      Judge(program, rules), [&](uint64_t seed) { return Show(program, compiled, seed); }, effort);
}

}  // namespace

Difference HoldAgainstJudge(const Program& program, Effort effort) {
  return Hold(program, Options(), Rules(), effort);
}

bool HasUseForPromises(const Program& program) {
  if (program.has_read_modify_writes()) return false;
  Rules rules;
  rules.no_load_buffering = false;
  return AllowedOutcomes(program, rules) != AllowedOutcomes(program);
}

Difference HoldPromisesAgainstJudge(const Program& program, Effort effort) {
  Options options;
  options.load_buffering = true;
  Rules rules;
  rules.no_load_buffering = false;
  Difference difference = Hold(program, options, rules, effort);
  if (!difference.unsound.empty()) {
    rules.only_relaxed_stores_promised = false;
    const std::set<Outcome> allowed = AllowedOutcomes(program, rules);
    std::erase_if(difference.unsound, [&](const Outcome& o) { return allowed.contains(o); });
  }
  return difference;
}

}  // namespace hammerlock::explore
