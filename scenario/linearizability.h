// SPDX-License-Identifier: Apache-2.0
//
// Whether a history is linearizable: whether there is an order of its calls in which each comes
// after those it follows, and in which the model returns what was returned.
//
// The search is Wing and Gong's with Lowe's memoisation, over a partial order: a configuration
// is how many calls of each column have been linearized and the model's state; a column's next
// call may be the next one of all if what it follows has been linearized. A configuration that
// led nowhere is not entered again. Histories of keyed operations are first split by key (Horn
// and Kroening). docs/linearizability.md has the argument and the sources.
//
// Thread safety: all is const or by value.
#pragma once

#include <algorithm>
#include <cstddef>
#include <utility>
#include <vector>

#include "scenario/history.h"
#include "scenario/internal/linearization_search.h"
#include "scenario/internal/split_by_key.h"
#include "scenario/judgement.h"
#include "scenario/specification.h"

namespace hammerlock {

// Judges a history of an object that was in the state `start` at first.
template <class Model, class Rules = internal::SearchRules>
Judgement CheckLinearizability(const Specification<Model>& specification, const Model& start,
                               const History& history, const CheckBudget& budget = {},
                               Keys keys = Keys::kTogether) {
  using internal::LinearizationSearch;
  auto parts = internal::SplitByKey(history, [&](int op) { return specification.keyed(op); });
  if (parts.size() < 2) {
    return LinearizationSearch<Model, Rules>(specification, start, history, budget).Run();
  }
  History closed = history;
  closed.Close();
  Judgement whole;
  CheckBudget left = budget;
  std::vector<std::vector<size_t>> orders;
  for (const std::vector<size_t>& ids : parts) {
    const History part = closed.Restrict(ids);
    Judgement judgement = LinearizationSearch<Model, Rules>(specification, start, part, left).Run();
    whole.steps += judgement.steps;
    left.steps -= std::min(left.steps, judgement.steps);
    if (judgement.verdict != Linearizability::kOk) {
      judgement.Translate(ids);
      judgement.steps = whole.steps;
      return judgement;
    }
    for (size_t& id : judgement.order) id = ids[id];
    orders.push_back(std::move(judgement.order));
  }
  // The parts' orders fit together if the history's order is one of intervals; otherwise two
  // keys may each be in order, and both not.
  if (keys == Keys::kTogether && Rules::kSplitOnlyIntervals && !closed.IsIntervalOrder()) {
    Judgement judgement =
        LinearizationSearch<Model, Rules>(specification, start, history, left).Run();
    judgement.steps += whole.steps;
    return judgement;
  }
  whole.verdict = Linearizability::kOk;
  whole.order = internal::Merge(closed, orders);
  return whole;
}

}  // namespace hammerlock
