// SPDX-License-Identifier: Apache-2.0
//
// The search behind linearizability.h.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/container/inlined_vector.h"
#include "absl/hash/hash.h"
#include "absl/types/span.h"
#include "scenario/history.h"
#include "scenario/judgement.h"
#include "scenario/specification.h"

namespace hammerlock::internal {

// What the search goes by. Tests turn one off at a time, to see that they would notice.
struct SearchRules {
  static constexpr bool kRespectOrder = true;
  static constexpr bool kMemoHasCounts = true;
  static constexpr bool kMemoHasState = true;
  static constexpr bool kPendingMayTakeEffect = true;
  static constexpr bool kSplitOnlyIntervals = true;
};

// How many calls of each column have been linearized.
using Counts = absl::InlinedVector<uint32_t, 6>;

// Configurations from which no linearization exists.
template <class Model, class Rules>
class DeadConfigurations {
 public:
  bool empty() const { return set_.empty(); }
  bool Contains(const Counts& counts, const Model& state) const {
    return set_.contains(View{counts, state});
  }
  void Add(const Counts& counts, Model state) { set_.emplace(Key{counts, std::move(state)}); }

 private:
  struct Key {
    Counts counts;
    Model state;
  };
  struct View {
    const Counts& counts;
    const Model& state;
  };
  struct Hash {
    using is_transparent = void;
    template <class K>
    size_t operator()(const K& key) const {
      const size_t counts = Rules::kMemoHasCounts ? absl::HashOf(key.counts) : 0;
      // A model without a hash costs comparisons, no more.
      if constexpr (Rules::kMemoHasState && std::is_default_constructible_v<absl::Hash<Model>>) {
        return absl::HashOf(counts, key.state);
      } else {
        return counts;
      }
    }
  };
  struct Equal {
    using is_transparent = void;
    template <class A, class B>
    bool operator()(const A& a, const B& b) const {
      return (!Rules::kMemoHasCounts || a.counts == b.counts) &&
             (!Rules::kMemoHasState || a.state == b.state);
    }
  };
  absl::flat_hash_set<Key, Hash, Equal> set_;
};

template <class Model, class Rules = SearchRules>
class LinearizationSearch {
 public:
  // REQUIRES: the arguments outlive this object.
  LinearizationSearch(const Specification<Model>& specification, const Model& start,
                      const History& history, const CheckBudget& budget)
      : specification_(specification),
        start_(start),
        history_(history),
        budget_(budget),
        done_(history.columns(), 0) {
    for (size_t id = 0; id < history.size(); ++id) left_ += MustBeLinearized(id);
    RankCalls();
  }

  // To be called once.
  Judgement Run() {
    const auto deadline = std::chrono::steady_clock::now() + budget_.time;
    frames_.resize(history_.size() + 1, Frame{start_, -1});
    bool undecided = false;
    Judgement judgement;
    while (left_ > 0) {
      Frame& frame = frames_[order_.size()];
      const int64_t rank = NextCandidate(frame.tried);
      if (rank < 0) {
        NoteDeadEnd(judgement.dead_ends);
        if (order_.empty()) {
          judgement.verdict = Linearizability::kIllegal;
          break;
        }
        dead_.Add(done_, frame.state);
        Undo();
        continue;
      }
      if (judgement.steps == budget_.steps ||
          (judgement.steps % 4096 == 4095 && std::chrono::steady_clock::now() > deadline)) {
        judgement.why_unknown = "the check of a history ran out of its budget";
        break;
      }
      ++judgement.steps;
      frame.tried = rank;
      const size_t id = by_rank_[rank];
      Frame& next = frames_[order_.size() + 1];
      next.state = frame.state;
      const auto step = Apply(next.state, id, nullptr);
      undecided = undecided || step == Specification<Model>::Step::kUnknown;
      if (step != Specification<Model>::Step::kAllowed) continue;
      Do(id);
      if (!dead_.empty() && dead_.Contains(done_, next.state)) {
        Undo();
        continue;
      }
      next.tried = -1;
    }
    if (left_ == 0) {
      judgement.verdict = Linearizability::kOk;
      judgement.order = std::move(order_);
      judgement.dead_ends.clear();
    } else if (undecided && judgement.verdict == Linearizability::kIllegal) {
      judgement.verdict = Linearizability::kUnknown;
      judgement.why_unknown =
          "a call that never returned may have had an effect that its Allows cannot tell";
    }
    if (judgement.verdict == Linearizability::kIllegal) ExplainDeadEnds(judgement.dead_ends);
    return judgement;
  }

 private:
  static constexpr size_t kDeadEnds = 3;  // As many as people care to read.

  struct Frame {
    Model state;
    int64_t tried;  // Candidates up to this rank have been.
  };

  // A pending call may have had no effect. (A model that has an answer to everything could as
  // well take it last; one that only allows or forbids could not.)
  bool MustBeLinearized(size_t id) const { return history_[id].returned; }

  // Candidates are tried in the order in which calls probably took effect: those that follow
  // fewer first.
  void RankCalls() {
    std::vector<uint64_t> follows(history_.size());
    for (size_t id = 0; id < history_.size(); ++id) {
      const auto counts = history_.Follows(id);
      follows[id] = std::accumulate(counts.begin(), counts.end(), uint64_t{0});
    }
    by_rank_.resize(history_.size());
    std::iota(by_rank_.begin(), by_rank_.end(), 0);
    std::sort(by_rank_.begin(), by_rank_.end(), [&](size_t a, size_t b) {
      return std::pair(follows[a], a) < std::pair(follows[b], b);
    });
    rank_.resize(history_.size());
    for (size_t rank = 0; rank < by_rank_.size(); ++rank) rank_[by_rank_[rank]] = rank;
  }

  bool MayBeNext(size_t id) const {
    if (!history_[id].returned && !Rules::kPendingMayTakeEffect) return false;
    if (!Rules::kRespectOrder) return true;
    const auto follows = history_.Follows(id);
    for (size_t c = 0; c < done_.size(); ++c) {
      if (follows[c] > done_[c]) return false;
    }
    return true;
  }

  // The least rank above `tried` of a call that may be next, or -1.
  int64_t NextCandidate(int64_t tried) const {
    int64_t best = -1;
    for (size_t c = 0; c < done_.size(); ++c) {
      const auto column = history_.Column(static_cast<int>(c));
      if (done_[c] == column.size()) continue;
      const size_t id = column[done_[c]];
      const auto rank = static_cast<int64_t>(rank_[id]);
      if (rank > tried && (best < 0 || rank < best) && MayBeNext(id)) best = rank;
    }
    return best;
  }

  auto Apply(Model& model, size_t id, std::optional<Value>* expected) const {
    const History::Entry& entry = history_[id];
    return specification_.Apply(model, entry.call, entry.returned ? &entry.result : nullptr,
                                expected);
  }

  void Do(size_t id) {
    order_.push_back(id);
    ++done_[history_[id].column];
    left_ -= MustBeLinearized(id);
  }

  void Undo() {
    const size_t id = order_.back();
    order_.pop_back();
    --done_[history_[id].column];
    left_ += MustBeLinearized(id);
  }

  void NoteDeadEnd(std::vector<Judgement::DeadEnd>& dead_ends) const {
    if (!dead_ends.empty() && order_.size() > dead_ends[0].order.size()) dead_ends.clear();
    if (dead_ends.empty() ||
        (order_.size() == dead_ends[0].order.size() && dead_ends.size() < kDeadEnds)) {
      dead_ends.push_back({order_, {}});
    }
  }

  void ExplainDeadEnds(std::vector<Judgement::DeadEnd>& dead_ends) {
    for (Judgement::DeadEnd& end : dead_ends) {
      Model model = start_;
      std::fill(done_.begin(), done_.end(), 0);
      for (size_t id : end.order) {
        Apply(model, id, nullptr);
        ++done_[history_[id].column];
      }
      for (int64_t rank = NextCandidate(-1); rank >= 0; rank = NextCandidate(rank)) {
        Model scratch = model;
        Judgement::Refusal refusal{by_rank_[rank], std::nullopt};
        Apply(scratch, refusal.id, &refusal.expected);
        end.refusals.push_back(refusal);
      }
    }
  }

  const Specification<Model>& specification_;
  const Model& start_;
  const History& history_;
  const CheckBudget budget_;

  std::vector<size_t> by_rank_;
  std::vector<size_t> rank_;

  // The configuration, and how the search got there. frames_[n] is the one after n calls.
  Counts done_;
  size_t left_ = 0;  // Calls that are still to be linearized.
  std::vector<size_t> order_;
  std::vector<Frame> frames_;
  DeadConfigurations<Model, Rules> dead_;
};

}  // namespace hammerlock::internal
