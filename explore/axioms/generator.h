// SPDX-License-Identifier: Apache-2.0
//
// Random programs to hold an engine against the judge with. The same seed gives the same program
// everywhere.
#pragma once

#include <cstdint>

#include "explore/axioms/program.h"

namespace hammerlock::axioms {

// Any instructions in any order: 2 to 4 threads, 1 to 3 locations, at most 9 instructions. Each
// location is written, and used by two threads or more (nearly always).
Program RandomProgram(uint64_t seed);

// An upper bound of the candidates that the judge may have to look at; most are put aside early.
uint64_t CandidateBound(const Program& program);
inline constexpr uint64_t kMaxCandidates = 300'000;  // Of any generated program.

}  // namespace hammerlock::axioms
