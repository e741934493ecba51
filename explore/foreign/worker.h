// SPDX-License-Identifier: Apache-2.0
//
// A worker: one process that explores the program.
#pragma once

#include <cstdint>

#include "explore/foreign/findings.h"
#include "explore/foreign/options.h"

namespace hammerlock::explore {

// Runs executions, until the options or *stop say that it is enough. `seed` and `executions` (0: no
// bound) are this worker's share.
void Explore(const ForeignOptions& options, uint64_t seed, uint64_t executions, bool pass_output,
             const volatile bool* stop, Findings* findings);

// Runs the one execution of a trace.
void Repeat(const ForeignOptions& options, const char* trace, Findings* findings);

}  // namespace hammerlock::explore
