// SPDX-License-Identifier: Apache-2.0
//
// Findings: what one process has found out. They lie in memory that it shares with the process
// that started it, which adds up those of all and tells them, even of one that died.
#pragma once

#include <cstddef>
#include <cstdint>

#include "explore/foreign/outcomes.h"
#include "explore/runtime/search.h"

namespace hammerlock::explore {

struct Findings {
  // Of its owner, for the others to look at.
  uint64_t executions;
  uint64_t failures;
  uint64_t first_failure;  // 1 is the first execution; 0: none failed.
  uint64_t endless;
  uint64_t discarded;  // A promise was not kept: no executions (load_buffering).
  uint64_t seed;
  double seconds;
  bool instrumented;
  bool finished;  // It came to its end by itself.

  // Of the first failure.
  char why[2048];           // Longer than an Ending's: with names in place of addresses.
  bool repeats;             // The failure came again when its trace was run once more.
  uint64_t choices;         // Those that are not 0: before shrinking,
  uint64_t choices_shrunk;  // and after.
  bool has_trace;
  TraceText trace;

  // Of a replay: the trace does not belong to this program.
  bool misfit;

  Outcomes outcomes;
};

// All zero, and shared with processes that are forked later.
Findings* NewFindings(size_t count);

// Adds the counts of another process, and takes over its failure if there is none yet.
void AddFindings(Findings* into, const Findings& from);

}  // namespace hammerlock::explore
