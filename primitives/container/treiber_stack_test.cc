// SPDX-License-Identifier: Apache-2.0
#include "primitives/container/treiber_stack.h"

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

LINEARIZABLE(TreiberStackIsAStack, TreiberStack<int>, StackModel) {
  Op("push", &Subject::Push, &Model::Push).With(Fresh());
  Op("pop", &Subject::TryPop, &Model::TryPop);
}

LINEARIZABLE(TreiberStackIsAStackWhileItFrees, TreiberStack<int>, StackModel) {
  Construct(kFreeAtOnce);
  Op("push", &Subject::Push, &Model::Push).With(Fresh());
  Op("pop", &Subject::TryPop, &Model::TryPop);
  Before(2, 3);
}

struct TreiberStackTwoPops {
  TreiberStackTwoPops() {
    stack.Push(1);
    stack.Push(2);
  }

  TreiberStack<int> stack{kFreeAtOnce};
  int r0 = 0, r1 = 0;

  void P0() { r0 = stack.TryPop().value_or(kEmpty); }
  void P1() { r1 = stack.TryPop().value_or(kEmpty); }
};
LITMUS(TreiberStackTwoPops, r0, r1) {
  Acceptable({2, 1}, "P0 came first");
  Acceptable({1, 2}, "P1 came first");
}

// The ABA problem's own shape: while P1 is in the midst of popping a, P0 takes a and b away, and
// pushes something that may get a's address.
struct TreiberStackSurvivesAba {
  TreiberStackSurvivesAba() {
    for (const int value : {1, 2, 3}) stack.Push(value);
  }

  TreiberStack<int> stack{kFreeAtOnce};
  int r0 = 0, r1 = 0, left = 0;

  void P0() {
    r0 = stack.TryPop().value_or(kEmpty);
    r0 = 10 * r0 + stack.TryPop().value_or(kEmpty);
    stack.Push(4);
  }
  void P1() { r1 = stack.TryPop().value_or(kEmpty); }
  void Final() {
    while (const std::optional<int> value = stack.TryPop()) left = 10 * left + *value;
  }
};
LITMUS(TreiberStackSurvivesAba, r0, r1, left) {
  Acceptable({32, 4, 1}, "P0 came first");
  Acceptable({32, 1, 4}, "P1 came before P0's push");
  Acceptable({31, 2, 4}, "P1 came between P0's pops");
  Acceptable({21, 3, 4}, "P1 came first");
}

// Two elements go round and round, so that their nodes are freed and allocated all the time. Each
// thread always finds one: the other holds at most one of them.
struct TreiberStackInChurn {
  TreiberStackInChurn() {
    stack.Push(1);
    stack.Push(2);
  }

  TreiberStack<int> stack{kFreeAtOnce};
  int r0 = 0, r1 = 0, left = 0;

  void P0() { r0 = Churn(); }
  void P1() { r1 = Churn(); }
  void Final() {
    while (const std::optional<int> value = stack.TryPop()) left += 10 + *value;
  }

  int Churn() {
    int found = 0;
    for (int i = 0; i < 6; ++i) {
      const std::optional<int> value = stack.TryPop();
      if (!value) continue;
      ++found;
      stack.Push(*value);
    }
    return found;
  }
};
LITMUS(TreiberStackInChurn, r0, r1, left) {
  Acceptable({6, 6, 23}, "two elements, of sum 3, are left");
}

struct TreiberStackCarriesMessage {
  TreiberStack<int*> stack;
  int message = 0;
  int r0 = 0;

  void P0() {
    message = 42;
    stack.Push(&message);
  }
  void P1() {
    const std::optional<int*> found = stack.TryPop();
    r0 = found ? **found : kEmpty;
  }
};
LITMUS(TreiberStackCarriesMessage, r0) {
  Acceptable({kEmpty}, "P1 came first");
  Acceptable({42}, "the message arrived");
  Forbidden({0}, "it was pushed and is not there");
}

FREE_FORM(TreiberStackGivesEveryElementOnce) {
  TreiberStack<Counted> stack(Choose(2));
  EveryElementComesOutOnce(
      2, 3, false, [&](Counted element) { return stack.Push(std::move(element)), true; },
      [&] { return stack.TryPop(); });
}

FREE_FORM(TreiberStackDestroysWhatIsLeft) {
  {
    TreiberStack<Counted> stack(Choose(2));
    for (int i = 0; i < 5; ++i) stack.Push(Counted(i));
    ExpectEq(stack.TryPop()->value(), 4);
    ExpectEq(Counted::Alive(), 4);
  }
  ExpectEq(Counted::Alive(), 0);
}

FREE_FORM(TreiberStackSurvivesExceptions) {
  TreiberStack<Explosive> stack;
  stack.Push(Explosive(1));
  stack.Push(Explosive(2));
  // In Push() nothing has happened, in TryPop() the element is lost.
  for (const bool pushes : {true, false}) {
    Explosive::fuse() = 1;
    try {
      pushes ? stack.Push(Explosive(3)) : void(stack.TryPop());
      Fail("the exception did not come through");
    } catch (const std::runtime_error&) {
    }
  }
  Explosive::fuse() = 0;
  ExpectEq(stack.TryPop()->value(), 1);
  Expect(!stack.TryPop(), "an element is left over");
}

}  // namespace hammerlock
