// SPDX-License-Identifier: Apache-2.0
//
// No linearizable scenario: a program of calls that wait may hang by right.
#include "primitives/lock/barrier.h"

#include <cstdint>

#include "primitives/lock/lock_scenarios.h"
#include "scenario/execution.h"
#include "scenario/free_form.h"
#include "scenario/litmus.h"

namespace hammerlock {

// Two threads show each other a number, three times over. There must be nobody who reads the
// number of the phase before or after.
struct BarrierSeparatesPhases {
  Barrier<> barrier{2};
  int shown0 = 0, shown1 = 0;
  int r0 = 0, r1 = 0;

  void P0() { Play(shown0, shown1, r0); }
  void P1() { Play(shown1, shown0, r1); }

  void Play(int& mine, const int& other, int& seen) {
    for (int phase = 1; phase <= 3; ++phase) {
      mine = phase;
      barrier.arrive_and_wait();
      seen = 10 * seen + other;
      barrier.arrive_and_wait();
    }
  }
};
LITMUS(BarrierSeparatesPhases, r0, r1) { Acceptable({123, 123}, "each saw each phase once"); }

// What the completion does is there for those who are let go, and what they did for it.
struct BarrierCompletesAPhase {
  struct Add {
    BarrierCompletesAPhase* that;
    void operator()() noexcept { that->sum += that->shown0 + that->shown1; }
  };
  Barrier<Add> barrier{2, Add{this}};
  int shown0 = 0, shown1 = 0;
  int sum = 0;
  int r0 = 0, r1 = 0;

  void P0() { Play(shown0, r0); }
  void P1() { Play(shown1, r1); }

  void Play(int& mine, int& seen) {
    mine = 1;
    barrier.arrive_and_wait();
    seen = sum;
  }
};
LITMUS(BarrierCompletesAPhase, r0, r1) { Acceptable({2, 2}, "both saw the sum of both"); }

// More threads than cores, many phases of one barrier.
FREE_FORM(BarrierIsUsedAgain) {
  constexpr int kThreads = 5;
  constexpr int kPhases = 20;
  int completed = 0;
  int shown[kThreads] = {};
  Barrier barrier(kThreads, [&]() noexcept { ++completed; });
  InThreads(kThreads, [&](int thread, Random& random) {
    for (int phase = 1; phase <= kPhases; ++phase) {
      shown[thread] = phase;
      MaybeYield(random);
      barrier.arrive_and_wait();
      ExpectEq(completed, 2 * phase - 1);
      for (const int other : shown) ExpectEq(other, phase);
      barrier.arrive_and_wait();
    }
  });
  ExpectEq(completed, 2 * kPhases);
}

}  // namespace hammerlock
