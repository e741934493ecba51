// SPDX-License-Identifier: Apache-2.0
//
// A ring that forgets an element on its third lap if it holds two by then; and its correct twin.
//
// Purpose: a bug behind a rare sequence of operations, with no concurrency in it. Nothing is
//   wrong before the ninth push, and then only if the ring was filled enough at the right moment.
// Thread safety: a lock around everything.
#pragma once

#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>
#include <type_traits>

#include "scenario/generator.h"

namespace hammerlock::fuzz {

template <bool kForgets>
class LapRing {
 public:
  static constexpr int64_t kCapacity = 4;

  bool TryPush(int64_t value) {
    std::lock_guard lock(mu_);
    if (tail_ - head_ == kCapacity) return false;
    items_[tail_++ % kCapacity] = value;
    if constexpr (kForgets) {
      if (tail_ == 3 * kCapacity && tail_ - head_ >= 2) ++head_;
    }
    return true;
  }

  std::optional<int64_t> TryPop() {
    std::lock_guard lock(mu_);
    if (head_ == tail_) return std::nullopt;
    return items_[head_++ % kCapacity];
  }

 private:
  std::mutex mu_;
  int64_t items_[kCapacity] = {};
  int64_t head_ = 0;
  int64_t tail_ = 0;
};

// Programs long enough for three laps.
void DeclareLapRing(auto& that) {
  using Scenario = std::remove_reference_t<decltype(that)>;
  that.StartModel(Scenario::Subject::kCapacity);
  that.Threads(1, 2);
  that.Calls(0, 16);
  that.Before(0, 8);
  that.After(0, 8);
  that.Op("push", &Scenario::Subject::TryPush, &Scenario::Model::TryPush).With(Fresh());
  that.Op("pop", &Scenario::Subject::TryPop, &Scenario::Model::TryPop);
}

}  // namespace hammerlock::fuzz
