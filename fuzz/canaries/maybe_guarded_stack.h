// SPDX-License-Identifier: Apache-2.0
//
// A stack whose TryPop takes no lock when it finds the stack empty; and its correct twin.
//
// Purpose: a bug that needs two threads. One after the other nothing is wrong.
#pragma once

#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>
#include <type_traits>
#include <vector>

#include "scenario/generator.h"

namespace hammerlock::fuzz {

template <bool kGuarded>
class MaybeGuardedStack {
 public:
  void Push(int64_t value) {
    std::lock_guard lock(mu_);
    items_.push_back(value);
  }

  std::optional<int64_t> TryPop() {
    if constexpr (!kGuarded) {
      if (items_.empty()) return std::nullopt;
    }
    std::lock_guard lock(mu_);
    if (items_.empty()) return std::nullopt;
    const int64_t value = items_.back();
    items_.pop_back();
    return value;
  }

 private:
  std::mutex mu_;
  std::vector<int64_t> items_;
};

void DeclareStack(auto& that) {
  using Scenario = std::remove_reference_t<decltype(that)>;
  that.Op("push", &Scenario::Subject::Push, &Scenario::Model::Push).With(Fresh());
  that.Op("pop", &Scenario::Subject::TryPop, &Scenario::Model::TryPop);
}

}  // namespace hammerlock::fuzz
