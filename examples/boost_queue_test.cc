// SPDX-License-Identifier: Apache-2.0
//
// boost::lockfree::queue, as it comes: an unbounded queue for any number of threads.
#include <boost/lockfree/queue.hpp>
#include <cstdint>
#include <optional>

#include "scenario/generator.h"
#include "scenario/linearizable.h"
#include "scenario/models.h"

namespace {

using Queue = boost::lockfree::queue<int>;

// Boost returns through an out-parameter; an operation returns what it found.
std::optional<int> Pop(Queue& queue) {
  int value;
  if (!queue.pop(value)) return std::nullopt;
  return value;
}

}  // namespace

// Nodes are used again, never freed, so a pop that has fallen behind may read a node's link while
// another thread writes to it; its compare-exchange then fails by the tag. A data race by the
// letter of the standard, and so by design.
extern "C" const char* __tsan_default_suppressions() {
  return "race:boost/lockfree/detail/freelist.hpp";
}

LINEARIZABLE(BoostQueueIsAQueue, Queue, hammerlock::QueueModel) {
  Construct(2);  // Nodes allocated beforehand, so that they are used again soon.
  Op(
      "push", [](Queue& queue, int value) { return queue.push(value); },
      [](Model& model, int64_t value) { return model.Push(value), true; })
      .With(hammerlock::Fresh());
  Op("pop", Pop, &Model::TryPop);
}
