// SPDX-License-Identifier: Apache-2.0
//
// boost::lockfree::stack, as it comes: an unbounded stack for any number of threads.
#include <boost/lockfree/stack.hpp>
#include <cstdint>
#include <optional>

#include "scenario/generator.h"
#include "scenario/linearizable.h"
#include "scenario/models.h"

namespace {

using Stack = boost::lockfree::stack<int>;

// Boost returns through an out-parameter; an operation returns what it found.
std::optional<int> Pop(Stack& stack) {
  int value;
  if (!stack.pop(value)) return std::nullopt;
  return value;
}

}  // namespace

// Nodes are used again, never freed, so a pop that has fallen behind may read a node's link while
// another thread writes to it; its compare-exchange then fails by the tag. A data race by the
// letter of the standard, and so by design.
extern "C" const char* __tsan_default_suppressions() {
  return "race:boost/lockfree/detail/freelist.hpp\n"
         "race:boost::lockfree::stack<int>::consume_one";
}

LINEARIZABLE(BoostStackIsAStack, Stack, hammerlock::StackModel) {
  Construct(2);  // Nodes allocated beforehand, so that they are used again soon.
  Op(
      "push", [](Stack& stack, int value) { return stack.push(value); },
      [](Model& model, int64_t value) { return model.Push(value), true; })
      .With(hammerlock::Fresh());
  Op("pop", Pop, &Model::TryPop);
}
