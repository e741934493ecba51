// SPDX-License-Identifier: Apache-2.0
//
// Known bad: a stack whose pop looks at the top under the lock and takes it off under the lock,
// but lets go in between. Two pops may return the same element. Nothing races, and every
// single-threaded test passes.
#include <mutex>
#include <optional>
#include <vector>

#include "scenario/linearizable.h"
#include "scenario/models.h"

namespace hammerlock {

class TornStack {
 public:
  void Push(int value) {
    const std::lock_guard lock(mu_);
    elements_.push_back(value);
  }

  std::optional<int> TryPop() {
    int top;
    {
      const std::lock_guard lock(mu_);
      if (elements_.empty()) return std::nullopt;
      top = elements_.back();
    }  // The bug.
    const std::lock_guard lock(mu_);
    if (!elements_.empty()) elements_.pop_back();
    return top;
  }

 private:
  std::mutex mu_;
  std::vector<int> elements_;
};

LINEARIZABLE(TornStackIsAStack, TornStack, StackModel) {
  Op("push", &Subject::Push, &Model::Push).With(Fresh());
  Op("pop", &Subject::TryPop, &Model::TryPop);
}

}  // namespace hammerlock
