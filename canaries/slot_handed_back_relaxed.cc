// SPDX-License-Identifier: Apache-2.0
//
// Known bad: a consumer hands its slot back with a relaxed store. The store may be seen before the
// load that it follows has been made; the producer fills the slot anew, and the consumer takes what
// was not its own. Loads are buffered like that on Arm and POWER, not on x86.
#include <atomic>

#include "scenario/litmus.h"

struct SlotHandedBackRelaxed {
  struct alignas(64) Line {
    std::atomic<int> value{1};
  };

  Line full, data;
  int taken = 0, refilled = 0;

  void P0() {
    taken = data.value.load(std::memory_order_relaxed);
    // The bug: a release belongs here, and an acquire in P1.
    full.value.store(0, std::memory_order_relaxed);
  }

  void P1() {
    refilled = full.value.load(std::memory_order_relaxed) == 0;
    if (refilled) data.value.store(2, std::memory_order_relaxed);
  }
};

LITMUS(SlotHandedBackRelaxed, taken, refilled) {
  Acceptable({1, 0}, "the producer looked too early");
  Acceptable({1, 1}, "taken, then refilled");
  Forbidden([](int taken, int) { return taken == 2; }, "the consumer took what came after");
}
