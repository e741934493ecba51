// SPDX-License-Identifier: Apache-2.0
#include "primitives/container/spsc_ring.h"

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

bool Push(SpscRing<int>& ring, int value) { return ring.TryPush(value); }

}  // namespace

LINEARIZABLE(SpscRingIsABoundedQueue, SpscRing<int>, BoundedQueueModel) {
  Construct(2);
  StartModel(2);
  Op("push", Push, &Model::TryPush).With(Fresh()).By(0);
  Op("pop", &Subject::TryPop, &Model::TryPop).By(1);
}

// Three, so that the array behind it is larger than the ring; many calls, so that it goes round.
LINEARIZABLE(SpscRingIsABoundedQueueOfThree, SpscRing<int>, BoundedQueueModel) {
  Construct(3);
  StartModel(3);
  Op("push", Push, &Model::TryPush).With(Fresh()).By(0);
  Op("pop", &Subject::TryPop, &Model::TryPop).By(1);
  Calls(4, 10);
}

// Store buffering: "full" would have to come before the pop, and "empty" before the push.
struct SpscRingIsNotBothFullAndEmpty {
  SpscRingIsNotBothFullAndEmpty() { ring.TryPush(1); }

  SpscRing<int> ring{2};
  bool r0 = false, r1 = false;

  void P0() {
    ring.TryPush(2);
    r0 = ring.TryPush(3);
  }
  void P1() {
    ring.TryPop();
    r1 = ring.TryPop().has_value();
  }
};
LITMUS(SpscRingIsNotBothFullAndEmpty, r0, r1) {
  Acceptable({0, 1}, "full: the pops came later");
  Acceptable({1, 0}, "empty: the pushes came later");
  Acceptable({1, 1}, "there was room, and an element");
  Forbidden({0, 0}, "each side missed what the other had done");
}

struct SpscRingCarriesMessages {
  SpscRing<int*> ring{1};
  int messages[2] = {};
  int r0 = 0, r1 = 0;

  void P0() {
    for (int& message : messages) {
      message = 42;
      ring.TryPush(&message);
    }
  }
  void P1() {
    r0 = Receive();
    r1 = Receive();
  }

  int Receive() {
    const std::optional<int*> found = ring.TryPop();
    return found ? **found : kEmpty;
  }
};
LITMUS(SpscRingCarriesMessages, r0, r1) {
  Acceptable({kEmpty, kEmpty}, "P1 came first");
  Acceptable({kEmpty, 42}, "the first message came in between");
  Acceptable({42, kEmpty}, "the second one was refused, or came too late");
  Acceptable({42, 42}, "both arrived");
  Forbidden([](int r0, int r1) { return r0 == 0 || r1 == 0; }, "it was pushed and is not there");
}

FREE_FORM(SpscRingGivesEveryElementOnce) {
  SpscRing<Counted> ring(1 + Choose(4));
  EveryElementComesOutOnce(
      1, 1, true, [&](Counted element) { return PushOrLeaveAlone(ring, std::move(element)); },
      [&] { return ring.TryPop(); });
}

FREE_FORM(SpscRingDestroysWhatIsLeft) { RingDestroysWhatIsLeft<SpscRing<Counted>>(); }

FREE_FORM(SpscRingSurvivesExceptions) {
  SpscRing<Explosive> ring(2);
  ring.TryPush(Explosive(1));
  // In TryPush() nothing has happened, in TryPop() the element is still there.
  for (const bool pushes : {true, false}) {
    Explosive::fuse() = 1;
    try {
      pushes ? void(ring.TryPush(Explosive(2))) : void(ring.TryPop());
      Fail("the exception did not come through");
    } catch (const std::runtime_error&) {
    }
  }
  Explosive::fuse() = 0;
  ExpectEq(ring.TryPop()->value(), 1);
  Expect(!ring.TryPop(), "an element is left over");
}

FREE_FORM(SpscRingRefusesCapacitiesThatItCannotHave) {
  RingRefusesCapacitiesThatItCannotHave<SpscRing<int>>();
}

}  // namespace hammerlock
