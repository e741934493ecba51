// SPDX-License-Identifier: Apache-2.0
//
// Concurrency Kit's ring, in C and as it comes: bounded, in its version for one producer and one
// consumer and in that for any number of them.
//
// Neither is linearizable as a bounded queue. In the former, "full" and "empty" are told by a look
// at the other side's index, which may be out of date (store buffering; see
// boost_spsc_queue_test.cc). In the latter an enqueue that has claimed the last free slot and not
// filled it yet is there for other producers and not there for consumers. With the model's own
// functions in all operations, hammerlock finds within a second, in a ring that holds one element:
//
//     #  thread 0            thread 1
//     1                      enqueue(2) = true
//     2  enqueue(1) = false
//     3  dequeue() = none
//   At most the rows 1 2 can be linearized, in this order; then none can be the next:
//     3  dequeue() = none, which the model does not allow
//
// So while others are at work a refusal is allowed at any time, and what is accepted must come out,
// once and in order. While nobody else is there the answers must be exact.
#include <ck_ring.h>

#include <cstdint>
#include <optional>

#include "scenario/generator.h"
#include "scenario/linearizable.h"
#include "scenario/models.h"

namespace {

constexpr unsigned kSlots = 4;  // It holds one less.

// Elements are pointers, and numbers will do for them.
class Ring {
 public:
  Ring() { ck_ring_init(&ring_, kSlots); }

  bool EnqueueSpsc(intptr_t value) {
    return ck_ring_enqueue_spsc(&ring_, buffer_, reinterpret_cast<void*>(value));
  }
  std::optional<intptr_t> DequeueSpsc() {
    void* value;
    if (!ck_ring_dequeue_spsc(&ring_, buffer_, &value)) return std::nullopt;
    return reinterpret_cast<intptr_t>(value);
  }

  bool EnqueueMpmc(intptr_t value) {
    return ck_ring_enqueue_mpmc(&ring_, buffer_, reinterpret_cast<void*>(value));
  }
  std::optional<intptr_t> DequeueMpmc() {
    void* value;
    if (!ck_ring_dequeue_mpmc(&ring_, buffer_, &value)) return std::nullopt;
    return reinterpret_cast<intptr_t>(value);
  }

 private:
  ck_ring_t ring_;
  ck_ring_buffer_t buffer_[kSlots];
};

using Model = hammerlock::BoundedQueueModel;

bool MayEnqueue(Model& model, int64_t value, bool accepted) {
  return !accepted || model.TryPush(value);
}
bool MayDequeue(Model& model, std::optional<int64_t> found) {
  return !found || model.TryPop() == found;
}

}  // namespace

LINEARIZABLE(CkRingIsAQueueFromOneToOne, Ring, Model) {
  using hammerlock::Fresh;
  StartModel(kSlots - 1);
  Op("enqueue", &Ring::EnqueueSpsc).With(Fresh()).By(0).OnlyInThreads().Allows(MayEnqueue);
  Op("dequeue", &Ring::DequeueSpsc).By(1).OnlyInThreads().Allows(MayDequeue);
  Op("enqueue_alone", &Ring::EnqueueSpsc, &Model::TryPush).With(Fresh()).OnlyBeforeAndAfter();
  Op("dequeue_alone", &Ring::DequeueSpsc, &Model::TryPop).OnlyBeforeAndAfter();
}

LINEARIZABLE(CkRingIsAQueueFromManyToMany, Ring, Model) {
  using hammerlock::Fresh;
  StartModel(kSlots - 1);
  Op("enqueue", &Ring::EnqueueMpmc).With(Fresh()).OnlyInThreads().Allows(MayEnqueue);
  Op("dequeue", &Ring::DequeueMpmc).OnlyInThreads().Allows(MayDequeue);
  Op("enqueue_alone", &Ring::EnqueueMpmc, &Model::TryPush).With(Fresh()).OnlyBeforeAndAfter();
  Op("dequeue_alone", &Ring::DequeueMpmc, &Model::TryPop).OnlyBeforeAndAfter();
}
