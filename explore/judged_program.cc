// SPDX-License-Identifier: Apache-2.0
#include "explore/judged_program.h"

#include <cstdio>
#include <cstdlib>

#include "explore/axioms/explore_program.h"
#include "explore/runtime/runtime.h"
#include "explore/runtime/search.h"

namespace hammerlock::explore {

using namespace axioms;

namespace {

struct Run {
  const CompiledProgram& program;
  Outcome outcome;
};

void Body(void* argument) {
  Run& run = *static_cast<Run*>(argument);
  run.outcome = RunOnce(run.program);
}

}  // namespace

Difference HoldAgainstJudge(const Program& program, Effort effort) {
  Prepare(Options());
  const CompiledProgram compiled(program);
  return Compare(
      program,
      [&](uint64_t seed) {
        Run run{compiled, {}};
        SeedExecution(1, seed, Strategy::kPortfolio);
        const Ending& ending = Execute(&Body, &run);
        if (ending.failure != FailureKind::kNone || ending.endless) {
          std::fprintf(stderr, "%s: execution %llu failed: %s\n", Print(program).c_str(),
                       static_cast<unsigned long long>(seed), ending.why);
          std::abort();
        }
        return run.outcome;
      },
      effort);
}

}  // namespace hammerlock::explore
