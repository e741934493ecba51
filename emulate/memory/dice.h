// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "emulate/memory/deviation.h"

namespace hammerlock::emulate {

// Random numbers that depend on the seed and on what is asked alone, not on what was asked before:
// an execution in which one choice is taken differently keeps all others, as far as its threads
// do the same.
class Dice {
 public:
  explicit Dice(uint64_t seed) : seed_(Mix(seed + 1)) {}

  uint64_t Roll(const Event& event, unsigned salt) const {
    return Mix(seed_ ^ Mix(event.number * 0x9e3779b97f4a7c15 + event.thread * 0x100000001b3 +
                           salt * 0xd6e8feb86659fd93));
  }
  // True in so many of 256 cases.
  bool Chance(const Event& event, unsigned salt, unsigned of_256) const {
    return (Roll(event, salt) & 255) < of_256;
  }
  // REQUIRES: n is not 0.
  unsigned Below(const Event& event, unsigned salt, unsigned n) const {
    return static_cast<unsigned>((Roll(event, salt) >> 32) * n >> 32);
  }

 private:
  // The finalizer of MurmurHash3 (Appleby), a bijection that mixes well.
  static uint64_t Mix(uint64_t x) {
    x ^= x >> 33;
    x *= 0xff51afd7ed558ccd;
    x ^= x >> 33;
    x *= 0xc4ceb9fe1a85ec53;
    return x ^ x >> 33;
  }

  uint64_t seed_;
};

}  // namespace hammerlock::emulate
