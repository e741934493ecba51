// SPDX-License-Identifier: Apache-2.0
//
// Litmus shapes of Armv8 by their names in the field, with what the architecture says of each.
// Names: Alglave, Maranget, Tautschnig, "Herding cats" (TOPLAS 2014); diy's for the variants.
// Verdicts: the Armv8 axiomatic model (Arm Architecture Reference Manual, B2.3; Deacon,
// aarch64.cat).
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "emulate/memory/weak_memory.h"

namespace hammerlock::emulate {

// Addresses of x, y and z are in X1, X2 and X3; 1, 2 and 4 in X9, X10 and X11.
struct Shape {
  const char* name;
  std::vector<std::vector<uint32_t>> threads;
  // What is observed: a register of a thread, or (thread -1) the final value of location 0 to 2.
  struct Observed {
    int thread;
    int number;
  };
  std::vector<Observed> observed;
  const char* outcome;  // The values observed, with blanks between them: the one in question.
  bool allowed;
  const char* why;
};

const std::vector<Shape>& Shapes();

// How often each outcome was seen, with the seeds from `seed` on.
std::map<std::string, uint64_t> See(const Shape& shape, uint64_t seed, uint64_t executions,
                                    const MemoryOptions& options = {});

}  // namespace hammerlock::emulate
