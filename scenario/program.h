// SPDX-License-Identifier: Apache-2.0
//
// Program: who calls what with which arguments. Plain data; what programs a scenario has, and
// how they are drawn, printed and parsed, its Grammar knows.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/container/inlined_vector.h"
#include "scenario/value.h"

namespace hammerlock {

using Arguments = absl::InlinedVector<Value, 2>;

struct Call {
  int operation = 0;  // Index in the scenario's operations.
  Arguments arguments;

  friend bool operator==(const Call&, const Call&) = default;
  template <class H>
  friend H AbslHashValue(H h, const Call& c) {
    return H::combine(std::move(h), c.operation, c.arguments);
  }
};

struct Program {
  std::vector<Call> before;                // One after the other, before the threads start.
  std::vector<std::vector<Call>> threads;  // At once.
  std::vector<Call> after;                 // One after the other, when the threads have ended.

  size_t size() const {
    size_t n = before.size() + after.size();
    for (const auto& calls : threads) n += calls.size();
    return n;
  }

  friend bool operator==(const Program&, const Program&) = default;
};

// `push(1)`; with `result` null what is called, otherwise what came back too: `pop() = none`.
// A void result says nothing and is left out.
std::string Print(std::string_view name, const Arguments& arguments, const Value* result = nullptr);

}  // namespace hammerlock
