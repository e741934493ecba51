// SPDX-License-Identifier: Apache-2.0
//
// moodycamel::ConcurrentQueue, as it comes. It keeps the order of each producer's elements and no
// other, and a dequeue may miss elements that other threads are just adding; so the model is one
// queue a producer, and "nothing there" is allowed at any time but when nobody else is there.
#include <concurrentqueue/concurrentqueue.h>

#include <array>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "scenario/generator.h"
#include "scenario/linearizable.h"

namespace {

constexpr int kProducers = 2;

// A producer's token stands for it; it may change threads.
class Queue {
 public:
  template <int kProducer>
  bool Enqueue(int value) {
    return queue_.enqueue(tokens_[kProducer], value);
  }

  std::optional<int> TryDequeue() {
    int value;
    if (!queue_.try_dequeue(value)) return std::nullopt;
    return value;
  }

 private:
  moodycamel::ConcurrentQueue<int> queue_;
  std::array<moodycamel::ProducerToken, kProducers> tokens_{moodycamel::ProducerToken(queue_),
                                                            moodycamel::ProducerToken(queue_)};
};

class ProducersModel {
 public:
  template <int kProducer>
  bool Enqueue(int64_t value) {
    elements_[kProducer].push_back(value);
    return true;
  }

  // Whether `value` is the next one of some producer; then it is taken out.
  bool Take(int64_t value) {
    for (std::vector<int64_t>& elements : elements_) {
      if (elements.empty() || elements.front() != value) continue;
      elements.erase(elements.begin());
      return true;
    }
    return false;
  }

  bool Empty() const {
    for (const std::vector<int64_t>& elements : elements_) {
      if (!elements.empty()) return false;
    }
    return true;
  }

  friend bool operator==(const ProducersModel&, const ProducersModel&) = default;
  template <class H>
  friend H AbslHashValue(H h, const ProducersModel& m) {
    return H::combine(std::move(h), m.elements_);
  }

 private:
  std::array<std::vector<int64_t>, kProducers> elements_;
};

}  // namespace

LINEARIZABLE(ConcurrentQueueKeepsEachProducersOrder, Queue, ProducersModel) {
  using hammerlock::Fresh;
  Op("enqueue0", &Queue::Enqueue<0>, &Model::Enqueue<0>).With(Fresh()).By(0);
  Op("enqueue1", &Queue::Enqueue<1>, &Model::Enqueue<1>).With(Fresh()).By(1);
  Op("dequeue", &Queue::TryDequeue)
      .OnlyInThreads()
      .Weight(2)
      .Allows(
          [](Model& model, std::optional<int64_t> found) { return !found || model.Take(*found); });
  Op("dequeue_alone", &Queue::TryDequeue)
      .OnlyBeforeAndAfter()
      .Allows([](Model& model, std::optional<int64_t> found) {
        return found ? model.Take(*found) : model.Empty();
      });
  Threads(2, 3);
}
