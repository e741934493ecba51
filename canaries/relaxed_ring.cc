// SPDX-License-Identifier: Apache-2.0
//
// Known bad: a single-producer single-consumer ring with relaxed indices. The consumer may see
// the index before the element.
#include <atomic>

#include "scenario/litmus.h"

struct RelaxedRing {
  alignas(64) std::atomic<unsigned> head{0};
  alignas(64) std::atomic<unsigned> tail{0};
  alignas(64) int slots[2] = {};
  int r0 = -1, r1 = -1;

  void P0() {
    Push(1);
    Push(2);
  }
  void P1() {
    r0 = Pop();
    r1 = Pop();
  }

  void Push(int value) {
    const unsigned t = tail.load(std::memory_order_relaxed);
    slots[t % 2] = value;
    tail.store(t + 1, std::memory_order_relaxed);  // The bug: release is wanted.
  }

  int Pop() {
    const unsigned h = head.load(std::memory_order_relaxed);
    if (tail.load(std::memory_order_relaxed) == h) return -1;  // The bug: acquire is wanted.
    const int value = slots[h % 2];
    head.store(h + 1, std::memory_order_relaxed);
    return value;
  }
};

LITMUS(RelaxedRing, r0, r1) {
  Acceptable({-1, -1}, "the consumer came first");
  Acceptable({-1, 1}, "the first element came in between");
  Acceptable({1, -1}, "the second element was not there yet");
  Acceptable({1, 2}, "both elements, in order");
  Forbidden([](int r0, int r1) { return r0 == 0 || r1 == 0; }, "an element was read unwritten");
}
