// SPDX-License-Identifier: Apache-2.0
#include "explore/axioms/internal/candidate.h"

namespace hammerlock::axioms::internal {
namespace {

using Kind = Instruction::Kind;

// Whether the write after `before` in modification order belongs to a release sequence that
// `head` began and `before` is still part of.
bool Continues(const Event& head, const Event& next, const Rules& rules) {
  if (next.is_rmw() && rules.release_sequence) return true;
  return rules.same_thread_release_sequence && next.thread == head.thread;
}

}  // namespace

Candidate::Candidate(const Program& program) : locations_(program.locations()) {
  source_.fill(kNone);
  position_.fill(kNone);
  for (int l = 0; l < locations_; ++l) {
    Event& event = events_[size_++];
    event.location = l;
    event.resolved = event.writes = true;
    position_[l] = 0;
  }
  for (size_t t = 0; t < program.threads.size(); ++t) {
    const int first = size_;
    int guard = -1, last_read = kNone;
    for (const Instruction& instruction : program.threads[t]) {
      if (instruction.kind == Kind::kGuard) {
        guards_[guards_count_] = {.read = last_read, .value = instruction.value, .outer = guard};
        guard = guards_count_++;
        continue;
      }
      // What initialises the locations happens before the threads start.
      for (int e = 0; e < locations_; ++e) sequenced_before_.Add(e, size_);
      for (int e = first; e < size_; ++e) sequenced_before_.Add(e, size_);
      if (instruction.reads()) last_read = size_;
      Event& event = events_[size_++];
      event.instruction = &instruction;
      event.thread = static_cast<int>(t);
      event.guard = guard;
      if (instruction.accesses()) event.location = instruction.location;
    }
  }
}

void Candidate::ResolveOne(Event& event, int value_read) {
  const Instruction& i = *event.instruction;
  event.resolved = true;
  event.value_read = value_read;
  event.writes = i.may_write();
  Order order = i.order;
  if (i.kind == Kind::kCompareExchange && value_read != i.expected) {
    event.writes = false;
    order = i.failure;
  }
  event.value_written = i.kind == Kind::kFetchAdd ? value_read + i.value : i.value;
  event.acquires = IsAcquire(order) && (event.is_fence() || event.reads());
  event.releases = IsRelease(order) && (event.is_fence() || event.writes);
  event.seq_cst = order == Order::kSeqCst;
}

// As far as is known: what is neither absent nor passes is open.
bool Candidate::IsAbsent(const Event& event) const {
  if (event.guard < 0) return false;
  const Guard& guard = guards_[event.guard];
  const Event& read = events_[guard.read];
  return read.absent || (read.resolved && read.value_read != guard.value) ||
         (guard.outer >= 0 && IsAbsent({.guard = guard.outer}));
}

bool Candidate::PassesGuards(const Event& event) const {
  if (event.guard < 0) return true;
  const Guard& guard = guards_[event.guard];
  const Event& read = events_[guard.read];
  return read.resolved && read.value_read == guard.value && PassesGuards({.guard = guard.outer});
}

bool Candidate::Resolve() {
  for (int e = locations_; e < size_; ++e) {
    Event& event = events_[e];
    event.resolved = event.absent = event.writes = false;
    event.acquires = event.releases = event.seq_cst = false;
    event.value_read = 0;
  }
  for (bool progress = true; progress;) {
    progress = false;
    for (int e = locations_; e < size_; ++e) {
      Event& event = events_[e];
      if (event.resolved || event.absent) continue;
      if (IsAbsent(event)) {
        if (HasSource(e)) return false;
        event.absent = progress = true;
        continue;
      }
      if (!PassesGuards(event)) continue;
      if (event.may_read()) {
        if (source_[e] == kAbsent) return false;
        if (source_[e] == kNone) continue;
        const Event& source = events_[source_[e]];
        if (source.absent || (source.resolved && !source.writes)) return false;
        if (!source.resolved) continue;
        ResolveOne(event, source.value_written);
      } else {
        ResolveOne(event, 0);
      }
      progress = true;
    }
  }
  return true;
}

EventSet Candidate::writes(int location) const {
  EventSet set = 0;
  for (int e = 0; e < size_; ++e) {
    if (events_[e].writes && events_[e].location == location) set |= Only(e);
  }
  return set;
}

Relation Candidate::ReadsFrom() const {
  Relation reads_from;
  for (int e = 0; e < size_; ++e) {
    if (HasSource(e)) reads_from.Add(source_[e], e);
  }
  return reads_from;
}

// The writes X such that `write` belongs to the release sequence that X heads, or would head if
// it were a release operation.
EventSet Candidate::ReleaseSequenceHeads(int write, const Rules& rules) const {
  if (!rules.same_thread_release_sequence) {
    // Through read-modify-writes only, and each follows directly on what it reads: modification
    // order need not be known.
    EventSet heads = Only(write);
    while (rules.release_sequence && events_[write].is_rmw()) heads |= Only(write = source_[write]);
    return heads;
  }
  EventSet heads = 0;
  const EventSet writes = this->writes(events_[write].location);
  ForEach(writes, [&](int head) {
    bool unbroken = position_[head] <= position_[write];
    ForEach(writes, [&](int next) {
      if (position_[head] < position_[next] && position_[next] <= position_[write]) {
        unbroken = unbroken && Continues(events_[head], events_[next], rules);
      }
    });
    if (unbroken) heads |= Only(head);
  });
  return heads;
}

Relation Candidate::SynchronizesWith(const Rules& rules) const {
  Relation with;
  for (int read = locations_; read < size_; ++read) {
    if (!events_[read].reads() || events_[read].is_plain()) continue;
    EventSet acquire_fences = 0;
    for (int e = read + 1; e < size_; ++e) {
      if (events_[e].is_fence() && events_[e].acquires && sequenced_before_.Has(read, e)) {
        acquire_fences |= Only(e);
      }
    }
    if (acquire_fences == 0 && !events_[read].acquires) continue;
    ForEach(ReleaseSequenceHeads(source_[read], rules), [&](int head) {
      if (events_[head].is_plain()) return;
      if (events_[head].releases) {
        if (events_[read].acquires && rules.atomic_to_atomic) with.Add(head, read);
        if (rules.atomic_to_fence) with.AddAll(head, acquire_fences);
      }
      for (int fence = locations_; fence < head; ++fence) {
        if (!events_[fence].is_fence() || !events_[fence].releases) continue;
        if (!sequenced_before_.Has(fence, head)) continue;
        if (events_[read].acquires && rules.fence_to_atomic) with.Add(fence, read);
        if (rules.fence_to_fence) with.AddAll(fence, acquire_fences);
      }
    });
  }
  return with;
}

Relation Candidate::HappensBefore(const Rules& rules) const {
  Relation before = SynchronizesWith(rules);
  before.Add(sequenced_before_);
  return before.TransitiveClosure();
}

Outcome Candidate::Result() const {
  Outcome outcome;
  int registers = 0;
  std::array<int, kMaxLocations> newest{};
  for (int e = 0; e < size_; ++e) {
    const Event& event = events_[e];
    if (event.may_read()) outcome.registers[registers++] = event.value_read;
    if (event.writes && position_[e] >= newest[event.location]) {
      newest[event.location] = position_[e];
      outcome.memory[event.location] = event.value_written;
    }
  }
  return outcome;
}

}  // namespace hammerlock::axioms::internal
