// SPDX-License-Identifier: Apache-2.0
//
// Critical cycles, as diy makes them (Alglave, Maranget, Sarkar, Sewell, "Litmus: running tests
// against hardware", TACAS 2011): the shapes of which every behaviour that is not sequentially
// consistent is made. The same seed gives the same cycle everywhere.
#pragma once

#include <cstdint>
#include <string>

#include "explore/axioms/outcome.h"
#include "explore/axioms/program.h"

namespace hammerlock::axioms {

// 2 to 4 threads, joined by reads-from, from-reads and coherence edges into a cycle that
// sequential consistency forbids. Each thread has one access or two, of two locations or of one,
// perhaps with a fence between, all of any order.
struct CriticalCycle {
  std::string name;  // Its edges as diy writes them: `PodWW Rfe PodRR Fre`.
  Program program;
  OutcomePattern weak;  // What shows when the cycle is real. Often allowed, often not.
};

CriticalCycle RandomCriticalCycle(uint64_t seed);

}  // namespace hammerlock::axioms
