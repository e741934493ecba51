// SPDX-License-Identifier: Apache-2.0
//
// Known bad: a hazard pointer that is published by a relaxed store before the pointer is looked
// at again. The store may still sit in the store buffer when the reclaimer scans, so that both
// sides miss each other, and what is read has been freed. (Michael, "Hazard pointers", TPDS
// 2004, section 3.2, asks for the fence.)
#include <atomic>

#include "scenario/litmus.h"

struct HazardWithoutFence {
  struct alignas(64) Line {
    std::atomic<int*> pointer{nullptr};
  };

  HazardWithoutFence() : object(new int(42)) {
    shared.pointer.store(object, std::memory_order_relaxed);
  }
  ~HazardWithoutFence() {
    if (!freed) delete object;
  }

  Line shared, hazard;
  int* object;
  bool freed = false;
  int r0 = 0;

  // The reader.
  void P0() {
    int* const seen = shared.pointer.load(std::memory_order_relaxed);
    hazard.pointer.store(seen, std::memory_order_relaxed);  // The bug: seq_cst is wanted,
    const int* const again = shared.pointer.load(std::memory_order_acquire);  // here too.
    if (seen != nullptr && seen == again) {
      const volatile int& value = *seen;
      r0 = value;
    }
    hazard.pointer.store(nullptr, std::memory_order_release);  // pairs with the acquire in P1
  }

  // The reclaimer.
  void P1() {
    int* const old = shared.pointer.exchange(nullptr, std::memory_order_seq_cst);
    if (hazard.pointer.load(std::memory_order_seq_cst) != old) {
      *old = 13;
      delete old;
      freed = true;
    }
  }
};

LITMUS(HazardWithoutFence, r0) {
  Acceptable({0}, "there was nothing to read any more");
  Acceptable({42}, "the hazard pointer kept the object");
  Forbidden([](int r0) { return r0 != 0 && r0 != 42; }, "what was read had been freed");
}
