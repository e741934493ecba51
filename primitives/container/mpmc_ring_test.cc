// SPDX-License-Identifier: Apache-2.0
#include "primitives/container/mpmc_ring.h"

#include <optional>
#include <stdexcept>
#include <utility>

#include "primitives/container/container_scenarios.h"
#include "scenario/execution.h"
#include "scenario/free_form.h"
#include "scenario/generator.h"
#include "scenario/linearizable.h"
#include "scenario/litmus.h"
#include "scenario/models.h"

namespace hammerlock {
namespace {

constexpr int kEmpty = -1;

bool Push(MpmcRing<int>& ring, int value) { return ring.TryPush(value); }

}  // namespace

LINEARIZABLE(MpmcRingIsABoundedQueue, MpmcRing<int>, BoundedQueueModel) {
  Construct(2);
  StartModel(2);
  Op("push", Push, &Model::TryPush).With(Fresh());
  Op("pop", &Subject::TryPop, &Model::TryPop);
}

// Three is no power of two, so that a lap ends within the bits of an index.
LINEARIZABLE(MpmcRingIsABoundedQueueOfThree, MpmcRing<int>, BoundedQueueModel) {
  Construct(3);
  StartModel(3);
  Op("push", Push, &Model::TryPush).With(Fresh());
  Op("pop", &Subject::TryPop, &Model::TryPop);
  Before(0, 5);
  Calls(2, 5);
}

// Two pushes where there is room for one.
struct MpmcRingTwoPushes {
  MpmcRing<int> ring{1};
  bool r0 = false, r1 = false;
  int left = 0;

  void P0() { r0 = ring.TryPush(1); }
  void P1() { r1 = ring.TryPush(2); }
  void Final() { left = ring.TryPop().value_or(kEmpty); }
};
LITMUS(MpmcRingTwoPushes, r0, r1, left) {
  Acceptable({1, 0, 1}, "P0 came first");
  Acceptable({0, 1, 2}, "P1 came first");
}

// Two pops where there is one element.
struct MpmcRingTwoPops {
  MpmcRingTwoPops() { ring.TryPush(1); }

  MpmcRing<int> ring{2};
  int r0 = 0, r1 = 0;

  void P0() { r0 = ring.TryPop().value_or(kEmpty); }
  void P1() { r1 = ring.TryPop().value_or(kEmpty); }
};
LITMUS(MpmcRingTwoPops, r0, r1) {
  Acceptable({1, kEmpty}, "P0 came first");
  Acceptable({kEmpty, 1}, "P1 came first");
}

// A slot that is claimed and not filled yet is no reason to call the ring empty: P1's own element
// is in it.
struct MpmcRingIsNotEmptyBesideAPush {
  MpmcRing<int> ring{2};
  int r1 = 0;

  void P0() { ring.TryPush(1); }
  void P1() {
    ring.TryPush(2);
    r1 = ring.TryPop().value_or(kEmpty);
  }
};
LITMUS(MpmcRingIsNotEmptyBesideAPush, r1) {
  Acceptable({1}, "P0's push came first");
  Acceptable({2}, "P1's push came first");
  Forbidden({kEmpty}, "its own element was not there");
}

// Nor is a slot that is claimed and not emptied yet a reason to call it full.
struct MpmcRingIsNotFullBesideAPop {
  MpmcRingIsNotFullBesideAPop() {
    ring.TryPush(1);
    ring.TryPush(2);
  }

  MpmcRing<int> ring{2};
  bool r1 = false;

  void P0() { ring.TryPop(); }
  void P1() {
    ring.TryPop();
    r1 = ring.TryPush(3);
  }
};
LITMUS(MpmcRingIsNotFullBesideAPop, r1) {
  Acceptable({1}, "there was room");
  Forbidden({0}, "the room that it had made itself was not there");
}

struct MpmcRingCarriesMessage {
  MpmcRing<int*> ring{1};
  int message = 0;
  int r0 = 0;

  void P0() {
    message = 42;
    ring.TryPush(&message);
  }
  void P1() {
    const std::optional<int*> found = ring.TryPop();
    r0 = found ? **found : kEmpty;
  }
};
LITMUS(MpmcRingCarriesMessage, r0) {
  Acceptable({kEmpty}, "P1 came first");
  Acceptable({42}, "the message arrived");
  Forbidden({0}, "it was pushed and is not there");
}

FREE_FORM(MpmcRingGivesEveryElementOnce) {
  MpmcRing<Counted> ring(1 + Choose(4));
  EveryElementComesOutOnce(
      2, 3, true, [&](Counted element) { return PushOrLeaveAlone(ring, std::move(element)); },
      [&] { return ring.TryPop(); });
}

FREE_FORM(MpmcRingDestroysWhatIsLeft) { RingDestroysWhatIsLeft<MpmcRing<Counted>>(); }

namespace {

// Its copies throw on demand, its moves do not.
struct ExplosiveToCopy {
  explicit ExplosiveToCopy(int value) : value(value) {}
  ExplosiveToCopy(const ExplosiveToCopy& other) : value(other.value) {
    if (value < 0) throw std::runtime_error("the copy was to throw");
  }
  ExplosiveToCopy(ExplosiveToCopy&&) noexcept = default;

  int value;
};

}  // namespace

FREE_FORM(MpmcRingSurvivesExceptions) {
  MpmcRing<ExplosiveToCopy> ring(2);
  const ExplosiveToCopy throws(-1);
  const ExplosiveToCopy does_not(1);
  try {
    ring.TryPush(throws);
    Fail("the exception did not come through");
  } catch (const std::runtime_error&) {
  }
  Expect(ring.TryPush(does_not), "nothing was to have happened");
  ExpectEq(ring.TryPop()->value, 1);
  Expect(!ring.TryPop(), "an element is left over");
}

FREE_FORM(MpmcRingRefusesCapacitiesThatItCannotHave) {
  RingRefusesCapacitiesThatItCannotHave<MpmcRing<int>>();
}

}  // namespace hammerlock
