// SPDX-License-Identifier: Apache-2.0
#include "explore/axioms/internal/consistency.h"

namespace hammerlock::axioms::internal {
namespace {

// [intro.races] p12: strongly happens before.
Relation StronglyHappensBefore(const Candidate& c, const Relation& happens_before,
                               const Rules& rules) {
  const Relation& sequenced = c.sequenced_before();
  // Simply happens before is happens before, as consume is acquire here.
  Relation strongly = sequenced.Then(happens_before).Then(sequenced);
  strongly.Add(sequenced);
  const Relation synchronizes = c.SynchronizesWith(rules);
  for (int a = 0; a < c.size(); ++a) {
    ForEach(synchronizes.After(a), [&](int d) {
      const bool atomic_operations = !c[a].is_fence() && !c[d].is_fence();
      if (atomic_operations && c[a].seq_cst && c[d].seq_cst) strongly.Add(a, d);
    });
  }
  return strongly.TransitiveClosure();
}

// [atomics.order] p3: coherence-ordered before.
Relation CoherenceOrderedBefore(const Candidate& c) {
  Relation before = c.ReadsFrom();
  for (int a = 0; a < c.size(); ++a) {
    if (c[a].is_fence()) continue;
    ForEach(c.writes(c[a].location), [&](int b) {
      if (a == b) return;
      if (c[a].writes && c.position(a) < c.position(b)) before.Add(a, b);
      if (c[a].reads() && c.position(c.source(a)) < c.position(b)) before.Add(a, b);
    });
  }
  return before.TransitiveClosure();
}

bool MayBePromised(const Candidate& c, int store) {
  const Instruction* const i = c[store].instruction;
  if (i == nullptr || i->kind != Instruction::Kind::kStore) return false;
  if (i->plain() || IsRelease(i->order)) return false;
  for (int e = 0; e < store; ++e) {
    const bool precedes = c[e].is_fence() && c.sequenced_before().Has(e, store);
    if (precedes && IsRelease(c[e].instruction->order)) return false;
  }
  return true;
}

}  // namespace

bool HasNoThinAir(const Candidate& c, const Rules& rules) {
  Relation before = c.sequenced_before();
  for (int e = 0; e < c.size(); ++e) {
    if (!c.HasSource(e)) continue;  // Which is asked before anything is resolved.
    const bool promised = !rules.no_load_buffering && c[e].instruction->is_atomic_load() &&
                          (!rules.only_relaxed_stores_promised || MayBePromised(c, c.source(e)));
    if (!promised) before.Add(c.source(e), e);
  }
  return before.IsAcyclic();
}

bool IsCoherent(const Candidate& c, const Relation& happens_before, const Rules& rules) {
  for (int a = 0; a < c.size(); ++a) {
    for (int b = 0; b < c.size(); ++b) {
      if (c[a].is_fence() || c[a].location != c[b].location || !happens_before.Has(a, b)) continue;
      if (rules.write_write && c[a].writes && c[b].writes) {
        if (c.position(a) >= c.position(b)) return false;
      }
      if (rules.read_read && c[a].reads() && c[b].reads()) {
        if (c.position(c.source(a)) > c.position(c.source(b))) return false;
      }
      if (rules.read_write && c[a].reads() && c[b].writes) {
        if (c.position(c.source(a)) >= c.position(b)) return false;
      }
      if (rules.write_read && c[a].writes && c[b].reads()) {
        if (c.position(a) > c.position(c.source(b))) return false;
      }
    }
  }
  return true;
}

bool IsAtomic(const Candidate& c, const Rules& rules) {
  for (int e = 0; e < c.size(); ++e) {
    if (!c[e].is_rmw()) continue;
    const int distance = c.position(e) - c.position(c.source(e));
    if (rules.atomicity ? distance != 1 : distance < 1) return false;
  }
  return true;
}

bool IsSequentiallyConsistent(const Candidate& c, const Relation& happens_before,
                              const Rules& rules) {
  EventSet operations = 0, fences = 0;
  for (int e = 0; e < c.size(); ++e) {
    if (c[e].seq_cst) (c[e].is_fence() ? fences : operations) |= Only(e);
  }
  if (std::popcount(operations | fences) < 2) return true;
  // What must precede what in S. S exists if and only if this has no cycle.
  Relation precedes;
  if (rules.strongly_happens_before) {
    const Relation strongly = StronglyHappensBefore(c, happens_before, rules);
    ForEach(operations | fences,
            [&](int a) { precedes.AddAll(a, strongly.After(a) & (operations | fences)); });
  }
  if (rules.happens_before_in_s) {
    ForEach(operations | fences,
            [&](int a) { precedes.AddAll(a, happens_before.After(a) & (operations | fences)); });
  }
  const Relation& reach =
      rules.fences_reach_own_thread_only ? c.sequenced_before() : happens_before;
  const Relation coherence = CoherenceOrderedBefore(c);
  for (int a = 0; a < c.size(); ++a) {
    const EventSet a_itself = operations & Only(a);
    const EventSet fences_before_a = reach.Before(a) & fences;
    ForEach(coherence.After(a), [&](int b) {
      const EventSet b_itself = operations & Only(b);
      const EventSet fences_after_b = reach.After(b) & fences;
      ForEach(a_itself, [&](int from) {
        if (rules.operation_operation) precedes.AddAll(from, b_itself);
        if (rules.operation_fence) precedes.AddAll(from, fences_after_b);
      });
      ForEach(fences_before_a, [&](int from) {
        if (rules.fence_operation) precedes.AddAll(from, b_itself);
        if (rules.fence_fence) precedes.AddAll(from, fences_after_b);
      });
    });
  }
  return precedes.IsAcyclic();
}

bool HasDataRace(const Candidate& c, const Relation& happens_before) {
  for (int a = 0; a < c.size(); ++a) {
    for (int b = 0; b < a; ++b) {
      if (!c[a].resolved || !c[b].resolved || c[a].is_fence()) continue;
      const bool conflict = c[a].location == c[b].location && (c[a].writes || c[b].writes);
      const bool atomic = !c[a].is_plain() && !c[b].is_plain();
      if (!conflict || atomic) continue;
      if (!happens_before.Has(a, b) && !happens_before.Has(b, a)) return true;
    }
  }
  return false;
}

bool IsConsistent(const Candidate& c, const Rules& rules) {
  const Relation happens_before = c.HappensBefore(rules);
  return IsAtomic(c, rules) && IsCoherent(c, happens_before, rules) &&
         IsSequentiallyConsistent(c, happens_before, rules);
}

}  // namespace hammerlock::axioms::internal
