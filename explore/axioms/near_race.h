// SPDX-License-Identifier: Apache-2.0
//
// Random programs with plain accesses, to hold an engine's race detector against the judge with:
// about half of them have no data race, and would have one if an order, a fence or a guard were a
// little different; the others are those. The same seed gives the same program everywhere.
#pragma once

#include <cstdint>

#include "explore/axioms/program.h"

namespace hammerlock::axioms {

// 2 to 4 threads, at most 12 instructions, guards aside. A way to keep threads apart that works
// (message passing in all its forms, also through a third thread; counting down; a lock; Dekker's
// exclusion; who comes first) with plain accesses around it, some of the same location as atomic
// ones; usually spoilt in a place or two. And some of no shape at all.
Program RandomNearRace(uint64_t seed);

}  // namespace hammerlock::axioms
