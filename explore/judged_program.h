// SPDX-License-Identifier: Apache-2.0
//
// The engine before its judge: a program of //explore/axioms, run in the explorer's runtime.
#pragma once

#include "explore/axioms/differential.h"
#include "explore/axioms/program.h"

namespace hammerlock::explore {

// What the engine shows of the program and the standard does not allow, and the other way round.
// Programs with plain accesses come in a different manner each time (explore_program.h). An
// execution that fails other than by a data race (these programs always end) ends the process.
axioms::Difference HoldAgainstJudge(const axioms::Program& program, axioms::Effort effort);

// The same with load buffering by promises, for programs without read-modify-writes. Unsound is
// what the standard does not allow, though it allows load buffering; missing is what promises of
// relaxed stores should show.
axioms::Difference HoldPromisesAgainstJudge(const axioms::Program& program, axioms::Effort effort);
// Whether these show more of such a program than there is without.
bool HasUseForPromises(const axioms::Program& program);

}  // namespace hammerlock::explore
