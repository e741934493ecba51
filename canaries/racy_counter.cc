// SPDX-License-Identifier: Apache-2.0
//
// Known bad: two threads count in a plain variable. An update is lost now and then.
#include "scenario/litmus.h"

struct RacyCounter {
  int count = 0;
  int r0 = 0;

  void P0() { Add(); }
  void P1() { Add(); }
  void Final() { r0 = count; }

  // The pause between reading and writing is what a longer computation would be.
  void Add() {
    const int read = count;
    asm volatile("" ::: "memory");
    count = read + 1;
  }
};

LITMUS(RacyCounter, r0) {
  Acceptable({2}, "both were counted");
  Forbidden({1}, "an update was lost");
}
