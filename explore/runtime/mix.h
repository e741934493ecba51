// SPDX-License-Identifier: Apache-2.0
//
// splitmix64 (Steele, Lea, Flood, OOPSLA 2014), as scenario/choices.h has it: not from there, since
// the runtime shares no inline function with what it runs.
#pragma once

#include <cstdint>

namespace hammerlock::explore {

// What the generator adds at each step.
inline constexpr uint64_t kGamma = 0x9e3779b97f4a7c15u;

// Spreads each bit over all of them.
inline uint64_t Mix(uint64_t z) {
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return z ^ (z >> 31);
}

}  // namespace hammerlock::explore
