// SPDX-License-Identifier: Apache-2.0
//
// The enumeration. Candidates are put aside early by what coherence demands of modification order
// already; what is left over is judged by IsConsistent() alone.
#include "explore/axioms/model.h"

#include <utility>
#include <vector>

#include "explore/axioms/internal/candidate.h"
#include "explore/axioms/internal/consistency.h"
#include "explore/axioms/internal/relation.h"

namespace hammerlock::axioms {
namespace {

using internal::Candidate;
using internal::EventSet;
using internal::ForEach;
using internal::Only;
using internal::Relation;

// Which write must precede which in modification order, as far as the sources chosen tell. It is
// a necessary condition only.
Relation RequiredModificationOrder(const Candidate& c, const Rules& rules) {
  Rules known = rules;
  known.same_thread_release_sequence = false;  // Would need the modification order.
  const Relation happens_before = c.HappensBefore(known);
  Relation required;
  const auto add = [&](int before, int after) {
    if (before != after) required.Add(before, after);
  };
  for (int a = 0; a < c.size(); ++a) {
    if (c[a].is_fence()) continue;
    const bool a_reads = c[a].reads();
    if (c[a].is_rmw()) add(c.source(a), a);
    ForEach(happens_before.After(a), [&](int b) {
      if (c[a].location != c[b].location) return;
      const bool b_reads = c[b].reads();
      if (rules.write_write && c[a].writes && c[b].writes) add(a, b);
      if (rules.read_read && a_reads && b_reads) add(c.source(a), c.source(b));
      if (rules.read_write && a_reads && c[b].writes) add(c.source(a), b);
      if (rules.write_read && c[a].writes && b_reads) add(a, c.source(b));
    });
  }
  return required.TransitiveClosure();
}

class Enumeration {
 public:
  Enumeration(const Program& program, const Rules& rules, bool prune)
      : candidate_(program), rules_(rules), prune_(prune) {
    for (int e = 0; e < candidate_.size(); ++e) {
      if (candidate_[e].may_read()) reads_.push_back(e);
      if (candidate_[e].is_plain()) has_plain_ = true;
    }
  }

  Judged Run() {
    ChooseSource(0);
    return std::move(judged_);
  }

 private:
  void ChooseSource(size_t index) {
    if (index == reads_.size()) {
      if (!HasNoThinAir(candidate_, rules_) || !candidate_.Resolve()) return;
      required_ = prune_ ? RequiredModificationOrder(candidate_, rules_) : Relation();
      return ChooseModificationOrder(0);
    }
    const int read = reads_[index];
    for (int write = 0; write < candidate_.size(); ++write) {
      if (write == read || candidate_[write].location != candidate_[read].location ||
          !candidate_[write].may_write()) {
        continue;
      }
      candidate_.set_source(read, write);
      if (!prune_ || IsPossible()) ChooseSource(index + 1);
    }
    if (candidate_[read].guard >= 0) {
      candidate_.set_source(read, Candidate::kAbsent);
      if (!prune_ || IsPossible()) ChooseSource(index + 1);
    }
    candidate_.set_source(read, Candidate::kNone);
  }

  bool IsPossible() {
    return HasNoThinAir(candidate_, rules_) && candidate_.Resolve() &&
           RequiredModificationOrder(candidate_, rules_).IsIrreflexive();
  }

  void ChooseModificationOrder(int location) {
    if (location == candidate_.locations()) {
      if (!IsConsistent(candidate_, rules_)) return;
      ++judged_.executions;
      if (has_plain_ && HasDataRace(candidate_, candidate_.HappensBefore(rules_))) {
        judged_.racy = true;
        return;
      }
      judged_.outcomes.insert(candidate_.Result());
      return;
    }
    // A location's initialisation is its first modification.
    const int first = location;
    ChooseNext(location, first, candidate_.writes(location) & ~Only(first));
  }

  void ChooseNext(int location, int last, EventSet left) {
    if (left == 0) return ChooseModificationOrder(location + 1);
    ForEach(left, [&](int next) {
      if (prune_) {
        if ((required_.Before(next) & left) != 0) return;
        const bool follows_source = candidate_.source(next) == last;
        if (rules_.atomicity && candidate_[next].is_rmw() && !follows_source) return;
      }
      candidate_.set_position(next, candidate_.position(last) + 1);
      ChooseNext(location, next, left & ~Only(next));
    });
  }

  Candidate candidate_;
  const Rules rules_;
  const bool prune_;
  std::vector<int> reads_;
  bool has_plain_ = false;
  Relation required_;  // Of modification order, for the sources chosen.
  Judged judged_;
};

}  // namespace

Judged Judge(const Program& program, const Rules& rules) {
  return Enumeration(program, rules, /*prune=*/true).Run();
}

Judged JudgeWithoutPruning(const Program& program, const Rules& rules) {
  return Enumeration(program, rules, /*prune=*/false).Run();
}

}  // namespace hammerlock::axioms
