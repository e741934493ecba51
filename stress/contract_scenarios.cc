// SPDX-License-Identifier: Apache-2.0
//
// Scenarios that end in every way there is: what stress/contract_test.py runs.
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <thread>

#include "scenario/free_form.h"
#include "scenario/litmus.h"

struct Passes {
  int r0 = 0;
  void P0() { r0 = 1; }
};
LITMUS(Passes, r0) { Acceptable({1}, "always"); }

struct Undescribed {
  int r0 = 0;
  void P0() { r0 = 2; }
};
LITMUS(Undescribed, r0) { Acceptable({1}, "never"); }

FREE_FORM(FailsOnAChoice) {
  const unsigned first = hammerlock::Choose(10);
  const unsigned second = hammerlock::Choose(10);
  hammerlock::Expect(first + second != 9, "nine");
}

FREE_FORM(Crashes) { std::abort(); }
FREE_FORM(Exits) { _exit(3); }

FREE_FORM(Hangs) {
  std::atomic<int> never{0};
  std::thread other([&] { never.wait(0, std::memory_order_seq_cst); });
  other.join();
}

FREE_FORM(RunsForLong) { hammerlock::Note("ran"); }
