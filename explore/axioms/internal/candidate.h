// SPDX-License-Identifier: Apache-2.0
//
// Candidate: a candidate execution of a program: its events, who reads from whom, and in which
// order each location is modified; and the relations that [intro.races] and [atomics.fences]
// derive from them. Whether it is an execution at all, consistency.h says.
//
// While reads-from is being chosen a candidate is partial: a read without a source is not
// resolved, and a compare-exchange without one neither writes nor orders anything. What stands
// behind a guard takes place, or does not, or is not known to: it is resolved in the first case.
//
// Plain accesses have their place in reads-from and modification order as if they were relaxed,
// except that they synchronize with nothing. For what the judge says that is enough. Take an
// execution with a race, in this reading of plain accesses, and its events in some order that
// extends sequenced-before and reads-from; take the first event that races with one before it.
// Up to there no access races, so that every plain read has one visible side effect, and
// coherence lets it read nothing else; and every plain write has its place in modification order
// from happens-before alone. So this much is an execution in the standard's own terms, and it has
// a race. The other way round, an execution of the standard's without a race is one here, for
// the same reason.
#pragma once

#include <array>

#include "explore/axioms/internal/relation.h"
#include "explore/axioms/outcome.h"
#include "explore/axioms/program.h"
#include "explore/axioms/rules.h"

namespace hammerlock::axioms::internal {

static_assert(kMaxInstructions + kMaxLocations <= kMaxEvents);

struct Event {
  const Instruction* instruction = nullptr;  // None: the initialisation of a location.
  int thread = -1;
  int guard = -1;     // The innermost one that it stands behind.
  int location = -1;  // None: a fence.

  // What it does in this candidate. A failed compare-exchange is a load with the failure order.
  bool resolved = false;
  bool absent = false;  // A guard ended the thread before it.
  bool writes = false;
  bool acquires = false;
  bool releases = false;
  bool seq_cst = false;
  int value_read = 0;
  int value_written = 0;

  bool is_fence() const { return location < 0; }
  bool is_plain() const { return instruction != nullptr && instruction->plain(); }
  bool may_read() const { return instruction != nullptr && instruction->reads(); }
  bool reads() const { return resolved && may_read(); }
  bool may_write() const { return instruction == nullptr || instruction->may_write(); }
  bool is_rmw() const { return reads() && writes; }
};

class Candidate {
 public:
  // The first events are the initialisations, in order of location; then come the instructions in
  // order of thread. `program` must outlive the candidate.
  explicit Candidate(const Program& program);

  int size() const { return size_; }
  const Event& operator[](int e) const { return events_[e]; }
  int locations() const { return locations_; }

  static constexpr int kNone = -1;    // Not chosen yet.
  static constexpr int kAbsent = -2;  // Chosen: the read does not take place.
  int source(int read) const { return source_[read]; }
  bool HasSource(int read) const { return source_[read] >= 0; }
  void set_source(int read, int write) { source_[read] = write; }

  // The place of a write in the modification order of its location, 0 for the initialisation.
  int position(int write) const { return position_[write]; }
  void set_position(int write, int position) { position_[write] = position; }

  // Finds out what each event does from the sources chosen so far. False if a source turns out
  // not to write, or a read to take place or not, other than was chosen. REQUIRES: sequenced-before
  // and reads-from have no cycle.
  bool Resolve();

  EventSet writes(int location) const;  // The resolved ones.

  const Relation& sequenced_before() const { return sequenced_before_; }
  Relation ReadsFrom() const;
  // REQUIRES: modification order, for C++17's release sequences only.
  Relation SynchronizesWith(const Rules& rules) const;
  Relation HappensBefore(const Rules& rules) const;

  // REQUIRES: all sources and the modification order have been chosen.
  Outcome Result() const;

 private:
  struct Guard {
    int read;
    int value;
    int outer;  // The guard that this one stands behind.
  };

  bool IsAbsent(const Event& event) const;
  bool PassesGuards(const Event& event) const;
  void ResolveOne(Event& event, int value_read);
  EventSet ReleaseSequenceHeads(int write, const Rules& rules) const;

  int size_ = 0;
  int locations_ = 0;
  int guards_count_ = 0;
  std::array<Guard, kMaxInstructions> guards_;
  std::array<Event, kMaxEvents> events_;
  std::array<int, kMaxEvents> source_;
  std::array<int, kMaxEvents> position_;
  Relation sequenced_before_;
};

}  // namespace hammerlock::axioms::internal
