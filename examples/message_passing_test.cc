// SPDX-License-Identifier: Apache-2.0
//
// A litmus test: a few lines a thread, and a grade for every outcome.
#include <atomic>

#include "scenario/litmus.h"

struct MessagePassing {
  int message = 0;  // Plain: it is the flag that makes this right.
  std::atomic<bool> sent{false};
  int r0 = 0;

  void P0() {
    message = 42;
    sent.store(true, std::memory_order_release);  // pairs with the acquire in P1
  }
  void P1() {
    const bool arrived = sent.load(std::memory_order_acquire);  // pairs with the release in P0
    r0 = arrived ? message : -1;
  }
};

LITMUS(MessagePassing, r0) {
  Acceptable({-1}, "P1 looked too early");
  Acceptable({42}, "the message arrived");
  Forbidden({0}, "the flag arrived without the message");
}
