// SPDX-License-Identifier: Apache-2.0
//
// boost::lockfree::spsc_queue, as it comes: a ring from one producer to one consumer.
//
// It is not linearizable as a bounded queue. "Full" and "empty" are told by a look at the other
// side's index, which may be out of date (store buffering; every x86_64 does it). In a ring of two,
// with the model's own functions in both operations, hammerlock finds within a second:
//
//     #  thread 0         thread 1
//     1  push(1) = true
//     2                   pop() = 1
//     3                   pop() = none
//     4  push(2) = true
//     5  push(3) = false
//   At most the rows 1 2 3 4 can be linearized, in this order; then none can be the next:
//     5  push(3) = false, but the model returns true
//   Or the rows 1 4 5 2 can be linearized, in this order; then none can be the next:
//     3  pop() = none, but the model returns 2
//
// Boost does not promise more: so while the other side is at work a refusal is allowed at any time,
// and what is accepted must come out, once and in order. While nobody else is there the answers
// must be exact.
#include <boost/lockfree/spsc_queue.hpp>
#include <cstdint>
#include <optional>

#include "scenario/generator.h"
#include "scenario/linearizable.h"
#include "scenario/models.h"

namespace {

using Queue = boost::lockfree::spsc_queue<int, boost::lockfree::capacity<2>>;

bool Push(Queue& queue, int value) { return queue.push(value); }

// Boost returns through an out-parameter; an operation returns what it found.
std::optional<int> Pop(Queue& queue) {
  int value;
  if (!queue.pop(value)) return std::nullopt;
  return value;
}

}  // namespace

LINEARIZABLE(BoostSpscQueueIsAQueue, Queue, hammerlock::BoundedQueueModel) {
  StartModel(2);
  Op("push", Push)
      .With(hammerlock::Fresh())
      .By(0)
      .OnlyInThreads()
      .Allows([](Model& model, int64_t value, bool accepted) {
        return !accepted || model.TryPush(value);
      });
  Op("pop", Pop).By(1).OnlyInThreads().Allows([](Model& model, std::optional<int64_t> found) {
    return !found || model.TryPop() == found;
  });

  Op("push_alone", Push, &Model::TryPush).With(hammerlock::Fresh()).OnlyBeforeAndAfter();
  Op("pop_alone", Pop, &Model::TryPop).OnlyBeforeAndAfter();
}
