// SPDX-License-Identifier: Apache-2.0
//
// A linearizable object: operations and a model. The programs, the histories and their check are
// the harness's affair.
#include <deque>
#include <mutex>
#include <optional>

#include "scenario/generator.h"
#include "scenario/linearizable.h"
#include "scenario/models.h"

namespace {

class LockedQueue {
 public:
  void Push(int value) {
    const std::lock_guard lock(mutex_);
    items_.push_back(value);
  }

  std::optional<int> TryPop() {
    const std::lock_guard lock(mutex_);
    if (items_.empty()) return std::nullopt;
    const int value = items_.front();
    items_.pop_front();
    return value;
  }

 private:
  std::mutex mutex_;
  std::deque<int> items_;
};

}  // namespace

LINEARIZABLE(LockedQueueIsAQueue, LockedQueue, hammerlock::QueueModel) {
  Op("push", &LockedQueue::Push, &Model::Push).With(hammerlock::Fresh());
  Op("pop", &LockedQueue::TryPop, &Model::TryPop);
}
