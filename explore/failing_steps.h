// SPDX-License-Identifier: Apache-2.0
//
// A failing execution, run once more to be shown step by step.
#pragma once

#include "explore/runtime/search.h"
#include "explore/scenario_run.h"
#include "scenario/result.h"

namespace hammerlock::explore {

// Repeats `trace`, which fails as `failing`, writes down what happens, and puts it into the
// result: why it failed, its steps, and these for programs.
void TellSteps(ScenarioRun& run, const ChoiceTrace& trace, const Failing& failing, Result& result);

}  // namespace hammerlock::explore
