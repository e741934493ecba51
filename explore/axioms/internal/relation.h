// SPDX-License-Identifier: Apache-2.0
//
// Relation: a binary relation over a few events, one bit a pair.
#pragma once

#include <array>
#include <bit>
#include <cstdint>

namespace hammerlock::axioms::internal {

inline constexpr int kMaxEvents = 32;

using EventSet = uint32_t;  // Bit e: event e.

constexpr EventSet Only(int event) { return EventSet{1} << event; }

template <class F>
void ForEach(EventSet set, F f) {
  for (; set != 0; set &= set - 1) f(std::countr_zero(set));
}

class Relation {
 public:
  void Add(int from, int to) { after_[from] |= Only(to); }
  void AddAll(int from, EventSet to) { after_[from] |= to; }
  void Add(const Relation& other) {
    for (int e = 0; e < kMaxEvents; ++e) after_[e] |= other.after_[e];
  }

  bool Has(int from, int to) const { return (after_[from] & Only(to)) != 0; }
  EventSet After(int from) const { return after_[from]; }
  EventSet Before(int to) const {
    EventSet before = 0;
    for (int e = 0; e < kMaxEvents; ++e) {
      if (Has(e, to)) before |= Only(e);
    }
    return before;
  }

  // a -> c where a -> b here and b -> c there.
  Relation Then(const Relation& there) const {
    Relation composed;
    for (int a = 0; a < kMaxEvents; ++a) {
      ForEach(after_[a], [&](int b) { composed.after_[a] |= there.after_[b]; });
    }
    return composed;
  }

  Relation TransitiveClosure() const {
    Relation closure = *this;
    for (int via = 0; via < kMaxEvents; ++via) {
      const EventSet beyond = closure.after_[via];
      if (beyond == 0) continue;
      for (EventSet& after : closure.after_) {
        if ((after & Only(via)) != 0) after |= beyond;
      }
    }
    return closure;
  }

  bool IsIrreflexive() const {
    for (int e = 0; e < kMaxEvents; ++e) {
      if (Has(e, e)) return false;
    }
    return true;
  }
  bool IsAcyclic() const { return TransitiveClosure().IsIrreflexive(); }

 private:
  std::array<EventSet, kMaxEvents> after_{};
};

}  // namespace hammerlock::axioms::internal
