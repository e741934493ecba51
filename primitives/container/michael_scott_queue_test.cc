// SPDX-License-Identifier: Apache-2.0
#include "primitives/container/michael_scott_queue.h"

#include <cstddef>
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

// Frees at every opportunity, so that an address comes back soon.
constexpr std::size_t kFreeAtOnce = 1;

constexpr int kEmpty = -1;

}  // namespace

LINEARIZABLE(MichaelScottQueueIsAQueue, MichaelScottQueue<int>, QueueModel) {
  Op("push", &Subject::Push, &Model::Push).With(Fresh());
  Op("pop", &Subject::TryPop, &Model::TryPop);
}

LINEARIZABLE(MichaelScottQueueIsAQueueWhileItFrees, MichaelScottQueue<int>, QueueModel) {
  Construct(kFreeAtOnce);
  Op("push", &Subject::Push, &Model::Push).With(Fresh());
  Op("pop", &Subject::TryPop, &Model::TryPop);
}

struct MichaelScottQueueTwoPushes {
  MichaelScottQueue<int> queue{kFreeAtOnce};
  int r0 = 0, r1 = 0;

  void P0() { queue.Push(1); }
  void P1() { queue.Push(2); }
  void Final() {
    r0 = queue.TryPop().value_or(kEmpty);
    r1 = queue.TryPop().value_or(kEmpty);
  }
};
LITMUS(MichaelScottQueueTwoPushes, r0, r1) {
  Acceptable({1, 2}, "P0 came first");
  Acceptable({2, 1}, "P1 came first");
}

struct MichaelScottQueueTwoPops {
  MichaelScottQueueTwoPops() {
    queue.Push(1);
    queue.Push(2);
  }

  MichaelScottQueue<int> queue{kFreeAtOnce};
  int r0 = 0, r1 = 0;

  void P0() { r0 = queue.TryPop().value_or(kEmpty); }
  void P1() { r1 = queue.TryPop().value_or(kEmpty); }
};
LITMUS(MichaelScottQueueTwoPops, r0, r1) {
  Acceptable({1, 2}, "P0 came first");
  Acceptable({2, 1}, "P1 came first");
}

// One end against the other, with never more than one element in between.
struct MichaelScottQueueKeepsOrder {
  MichaelScottQueue<int> queue{kFreeAtOnce};
  int r0 = 0, r1 = 0;

  void P0() {
    queue.Push(1);
    queue.Push(2);
  }
  void P1() {
    r0 = queue.TryPop().value_or(kEmpty);
    r1 = queue.TryPop().value_or(kEmpty);
  }
};
LITMUS(MichaelScottQueueKeepsOrder, r0, r1) {
  Acceptable({kEmpty, kEmpty}, "P1 came first");
  Acceptable({kEmpty, 1}, "the first push came in between");
  Acceptable({1, kEmpty}, "the second push came too late");
  Acceptable({1, 2}, "both arrived in order");
}

// Two elements go round and round, so that their nodes are freed and allocated all the time. Each
// thread always finds one: the other holds at most one of them.
struct MichaelScottQueueInChurn {
  MichaelScottQueueInChurn() {
    queue.Push(1);
    queue.Push(2);
  }

  MichaelScottQueue<int> queue{kFreeAtOnce};
  int r0 = 0, r1 = 0, left = 0;

  void P0() { r0 = Churn(); }
  void P1() { r1 = Churn(); }
  void Final() {
    while (const std::optional<int> value = queue.TryPop()) left += 10 + *value;
  }

  int Churn() {
    int found = 0;
    for (int i = 0; i < 6; ++i) {
      const std::optional<int> value = queue.TryPop();
      if (!value) continue;
      ++found;
      queue.Push(*value);
    }
    return found;
  }
};
LITMUS(MichaelScottQueueInChurn, r0, r1, left) {
  Acceptable({6, 6, 23}, "two elements, of sum 3, are left");
}

struct MichaelScottQueueCarriesMessage {
  MichaelScottQueue<int*> queue;
  int message = 0;
  int r0 = 0;

  void P0() {
    message = 42;
    queue.Push(&message);
  }
  void P1() {
    const std::optional<int*> found = queue.TryPop();
    r0 = found ? **found : kEmpty;
  }
};
LITMUS(MichaelScottQueueCarriesMessage, r0) {
  Acceptable({kEmpty}, "P1 came first");
  Acceptable({42}, "the message arrived");
  Forbidden({0}, "it was pushed and is not there");
}

FREE_FORM(MichaelScottQueueGivesEveryElementOnce) {
  MichaelScottQueue<Counted> queue(Choose(2));
  EveryElementComesOutOnce(
      2, 3, true, [&](Counted element) { return queue.Push(std::move(element)), true; },
      [&] { return queue.TryPop(); });
}

FREE_FORM(MichaelScottQueueDestroysWhatIsLeft) {
  {
    MichaelScottQueue<Counted> queue(Choose(2));
    for (int i = 0; i < 5; ++i) queue.Push(Counted(i));
    ExpectEq(queue.TryPop()->value(), 0);
    ExpectEq(Counted::Alive(), 4);
  }
  ExpectEq(Counted::Alive(), 0);
}

FREE_FORM(MichaelScottQueueSurvivesExceptions) {
  MichaelScottQueue<Explosive> queue;
  queue.Push(Explosive(1));
  queue.Push(Explosive(2));
  // In Push() nothing has happened, in TryPop() the element is lost.
  for (const bool pushes : {true, false}) {
    Explosive::fuse() = 1;
    try {
      pushes ? queue.Push(Explosive(3)) : void(queue.TryPop());
      Fail("the exception did not come through");
    } catch (const std::runtime_error&) {
    }
  }
  Explosive::fuse() = 0;
  ExpectEq(queue.TryPop()->value(), 2);
  Expect(!queue.TryPop(), "an element is left over");
}

}  // namespace hammerlock
