// SPDX-License-Identifier: Apache-2.0
//
// Judgement: whether a history is linearizable, and why.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/types/span.h"
#include "scenario/history.h"
#include "scenario/value.h"

namespace hammerlock {

enum class Linearizability { kOk, kIllegal, kUnknown };

// What a check may cost; beyond it the verdict is kUnknown. Steps are counted alike on every
// machine; the time is for models whose steps are slow.
struct CheckBudget {
  uint64_t steps = uint64_t{1} << 20;
  std::chrono::nanoseconds time = std::chrono::seconds(10);
};

// What histories of keyed operations must be: linearizable as a whole, or only each key's calls
// by themselves, which is less where the order is not one of intervals.
enum class Keys { kTogether, kEachAlone };

struct Judgement {
  // A call that could have come next and did not fit.
  struct Refusal {
    size_t id;
    std::optional<Value> expected;  // What the model returns; empty: it only allows or forbids.
  };
  // A longest sequence of calls that can be linearized, and why it ends there.
  struct DeadEnd {
    std::vector<size_t> order;
    std::vector<Refusal> refusals;
  };

  Linearizability verdict = Linearizability::kUnknown;
  std::vector<size_t> order;       // kOk: a linearization.
  std::vector<DeadEnd> dead_ends;  // kIllegal: some, all of the same length.
  std::vector<size_t> part;        // The calls the verdict is about; empty: all.
  std::string why_unknown;
  uint64_t steps = 0;  // Calls applied to the model.

  // Makes a judgement on History::Restrict(ids) one on the history.
  void Translate(absl::Span<const size_t> ids);
};

// An illegal history in columns and where it cannot be linearized, for people. `operations` are
// the operations' names, `criterion` is what it is not: "linearizable".
std::string Explain(const Judgement& judgement, const History& history,
                    absl::Span<const std::string> operations,
                    std::string_view criterion = "linearizable");

}  // namespace hammerlock
