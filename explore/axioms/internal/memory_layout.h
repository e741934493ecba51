// SPDX-License-Identifier: Apache-2.0
//
// Where a program's locations lie in one execution. What a program may show, and whether it has a
// data race, does not depend on it: an engine must not care either.
#pragma once

#include <array>
#include <cstdint>

#include "explore/axioms/program.h"
#include "scenario/choices.h"

namespace hammerlock::axioms::internal {

struct Place {
  char* address = nullptr;
  int size = 0;   // In bytes.
  int pivot = 0;  // Every plain access of the location has this byte of it: any two overlap.
};

// Part of a location, as a plain access may touch it.
struct Part {
  char* address;
  int size;
};

using Places = std::array<Place, kMaxLocations>;

inline constexpr int kMemorySize = 64 * kMaxLocations;

// Each location is an int, far from the others: nobody who looks at neighbouring bytes finds any.
Places LayOutApart(char* memory);

// That, or all in the same eight bytes, or (those that are never accessed atomically) across the
// borders of eight bytes, with others beside them. `atomic`: those that are, somewhere.
Places LayOut(char* memory, const std::array<bool, kMaxLocations>& atomic, Random& random);

// REQUIRES: place has a pivot.
Part RandomPart(const Place& place, Random& random);

}  // namespace hammerlock::axioms::internal
