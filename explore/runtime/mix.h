// SPDX-License-Identifier: Apache-2.0
//
// Hashes. splitmix64 (Steele, Lea, Flood, OOPSLA 2014) as scenario/choices.h has it: not from
// there, since the runtime shares no inline function with what it runs.
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

// Of a text, by FNV-1a. `basis` keeps hashes for different purposes apart.
inline uint64_t HashOf(const char* text, uint64_t basis = 0) {
  uint64_t hash = 0xcbf29ce484222325u ^ basis;
  for (; *text != '\0'; ++text) hash = (hash ^ static_cast<uint8_t>(*text)) * 0x100000001b3u;
  return hash;
}

}  // namespace hammerlock::explore
