// SPDX-License-Identifier: Apache-2.0
//
// Draws: orders that fit an instruction, and weighted choices, for the generators.
#pragma once

#include <initializer_list>
#include <vector>

#include "explore/axioms/program.h"
#include "scenario/choices.h"

namespace hammerlock::axioms::internal {

// How strong a program's orders are. Orders drawn evenly are rarely all weak or all strong, and
// the interesting programs are.
enum class Style { kRelaxed, kReleaseAcquire, kSeqCst, kAcquireReleaseAndSeqCst, kAny };

class Draw {
 public:
  explicit Draw(uint64_t seed) : random_(seed) {}

  int Below(int n) { return static_cast<int>(random_.Below(static_cast<unsigned>(n))); }
  bool OneIn(int n) { return Below(n) == 0; }
  // An index, each as probable as its weight.
  int Weighted(std::initializer_list<int> weights);
  template <class T>
  T OneOf(const std::vector<T>& values) {
    return values[Below(static_cast<int>(values.size()))];
  }

  void NewStyle();
  // Gives the instruction orders that C++ allows it.
  void DrawOrders(Instruction& instruction);

 private:
  Order DrawOrder(const std::vector<Order>& allowed);

  Random random_;
  Style style_ = Style::kAny;
};

}  // namespace hammerlock::axioms::internal
