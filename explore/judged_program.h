// SPDX-License-Identifier: Apache-2.0
//
// The engine before its judge: a program of //explore/axioms, run in the explorer's runtime.
#pragma once

#include "explore/axioms/differential.h"
#include "explore/axioms/program.h"

namespace hammerlock::explore {

// What the engine shows of the program and the standard does not allow, and the other way round.
// An execution that fails (these programs have no races and always end) ends the process.
axioms::Difference HoldAgainstJudge(const axioms::Program& program, axioms::Effort effort);

}  // namespace hammerlock::explore
