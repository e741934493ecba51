// SPDX-License-Identifier: Apache-2.0
//
// Known bad: a seqlock whose reader has no fence between the data and the second look at the
// sequence number. The second look may be made first, and the reader keeps a torn pair.
// See Boehm, "Can seqlocks get along with programming language memory models?", MSPC 2012.
#include <atomic>

#include "scenario/litmus.h"

struct SeqlockWithoutFence {
  struct alignas(64) Line {
    std::atomic<int> value{0};
  };

  Line sequence, first, second;
  int kept = 0, r0 = 0, r1 = 0;

  void P0() {
    sequence.value.store(1, std::memory_order_relaxed);
    std::atomic_thread_fence(std::memory_order_release);  // Before the data can be seen.
    first.value.store(1, std::memory_order_relaxed);
    second.value.store(1, std::memory_order_relaxed);
    sequence.value.store(2, std::memory_order_release);  // pairs with the acquire in P1
  }

  void P1() {
    const int before = sequence.value.load(std::memory_order_acquire);  // pairs with P0's release
    r0 = first.value.load(std::memory_order_relaxed);
    r1 = second.value.load(std::memory_order_relaxed);
    // The bug: an acquire fence belongs here.
    const int after = sequence.value.load(std::memory_order_relaxed);
    kept = before % 2 == 0 && before == after;
  }
};

LITMUS(SeqlockWithoutFence, kept, r0, r1) {
  Acceptable([](int kept, int, int) { return kept == 0; }, "the reader saw a writer and gave up");
  Acceptable({1, 0, 0}, "the pair before");
  Acceptable({1, 1, 1}, "the pair after");
  Forbidden([](int, int r0, int r1) { return r0 != r1; }, "a torn pair was kept");
}
