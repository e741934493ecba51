// SPDX-License-Identifier: Apache-2.0
//
// The judge: all that C++20 lets a program show, by brute force. Written from the standard's text
// (N4861: [intro.races], [atomics.order], [atomics.fences]), so that it can judge an engine.
//
// An execution is who reads from whom and in which order each location is modified. All are tried;
// those are kept in which
//   * sequenced-before and reads-from have no cycle (load buffering shows with another rule only),
//   * a read-modify-write reads the last write before its own,
//   * the four coherence requirements hold of happens-before, which is made of sequenced-before
//     and synchronizes-with: releases, release sequences through read-modify-writes, fences,
//   * a total order S of the seq_cst operations and fences exists: it agrees with strongly
//     happens before, and with coherence-ordered before between operations and fences (4.1 to 4.4).
//
// A data race in one of them makes the program's behaviour undefined. An execution without one
// still has its outcome: what an engine shows that stops at a race.
#pragma once

#include <cstdint>
#include <set>

#include "explore/axioms/outcome.h"
#include "explore/axioms/program.h"
#include "explore/axioms/rules.h"

namespace hammerlock::axioms {

struct Judged {
  std::set<Outcome> outcomes;  // Of the executions without a data race.
  bool racy = false;           // Whether there is one with.
  uint64_t executions = 0;     // Consistent ones: distinct in reads-from or modification order.
};

// A few milliseconds for ten instructions; the time grows exponentially with the number of reads
// and writes of one location.
Judged Judge(const Program& program, const Rules& rules = {});

// The same, but no candidate is put aside before it is complete. For testing Judge().
Judged JudgeWithoutPruning(const Program& program, const Rules& rules = {});

inline std::set<Outcome> AllowedOutcomes(const Program& program, const Rules& rules = {}) {
  return Judge(program, rules).outcomes;
}

}  // namespace hammerlock::axioms
