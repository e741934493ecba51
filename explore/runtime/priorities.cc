// SPDX-License-Identifier: Apache-2.0
#include "explore/runtime/priorities.h"

#include "explore/runtime/choose.h"

namespace hammerlock::explore {
namespace {

// Priorities drawn at random lie above those of change points, and these above what Defer gives.
constexpr uint64_t kDrawn = uint64_t{1} << 40;
constexpr uint64_t kChanged = kDrawn / 2;
uint64_t lowest = 0;

constexpr unsigned kMaxChanges = 8;
// Numbers of points; those below `change_count` are in use.
uint64_t change_at[kMaxChanges];
unsigned change_count = 0;
uint64_t points = 0;

// Steps of one thread in a row, and whose they are.
uint32_t in_a_row = 0;
const Thread* running = nullptr;
constexpr uint32_t kLongRun = 256;

// A PCTWM thread reads the newest store after so many local reads, and up to as many again: at
// random, since a loop may read in step with any number.
constexpr uint32_t kLocalReads = 32;

uint64_t Draw() { return g_chooser.Bits() | kDrawn; }

// Point p with probability of at least 1 / (kOctaves p), up to 2^kOctaves: a power of two, then as
// many points from there. Half of the executions assume that there are few points.
uint64_t DrawPoint(unsigned octaves) {
  const unsigned octave = g_chooser.Below(octaves);
  return (uint64_t{1} << octave) + g_chooser.Below(1u << octave);
}
constexpr unsigned kOctaves = 16;
constexpr unsigned kFewOctaves = 6;

// Whether the next point is one of the change points: then it gives the thread its priority.
bool IsChange(Thread& self) {
  ++points;
  bool any = false;
  for (unsigned i = 0; i < change_count; ++i) {
    if (change_at[i] != points) continue;
    self.priority = kChanged + i;
    any = true;
  }
  return any;
}

bool InConflict(const Operation& a, const Operation& b) {
  return a.address / 8 == b.address / 8 && (a.writes || b.writes);
}

}  // namespace

void BeginPriorities() {
  const Manner& manner = g_chooser.manner();
  lowest = kChanged;
  points = 0;
  running = nullptr;
  change_count = 0;
  if (manner.scheduling == Scheduling::kPct) change_count = manner.depth - 1u;
  if (manner.scheduling == Scheduling::kPctwm) change_count = manner.depth;
  if (change_count > kMaxChanges) change_count = kMaxChanges;
  const unsigned octaves = g_chooser.Below(2) == 0 ? kFewOctaves : kOctaves;
  for (unsigned i = 0; i < change_count; ++i) change_at[i] = DrawPoint(octaves);
}

uint64_t FirstPriority() { return Draw(); }

const Thread& HighestPriority(Thread* const* threads, int count) {
  const Thread* best = threads[0];
  for (int i = 1; i < count; ++i) {
    if (threads[i]->priority > best->priority) best = threads[i];
  }
  return *best;
}

void Defer(Thread& thread) { thread.priority = --lowest; }

void PrioritiesBefore(const Operation& operation) {
  Thread& self = Self();
  if (&self != running) {
    running = &self;
    in_a_row = 0;
  }
  if (++in_a_row > kLongRun) {
    in_a_row = 0;
    Defer(self);
    return;
  }
  switch (g_chooser.manner().scheduling) {
    case Scheduling::kWalk:
      break;
    case Scheduling::kPos:
      self.priority = Draw();
      self.pending = operation;
      break;
    case Scheduling::kPct:
      IsChange(self);
      break;
    case Scheduling::kPctwm:
      if (operation.reads) self.reads_far = IsChange(self);
      break;
  }
}

void PrioritiesAfter(const Operation& operation) {
  if (g_chooser.manner().scheduling != Scheduling::kPos) return;
  Thread& self = Self();
  self.pending = {};
  for (int t = 0; t < g_thread_count; ++t) {
    Thread& other = g_threads[t];
    if (other.place >= 0 && &other != &self && InConflict(other.pending, operation)) {
      other.priority = Draw();
    }
  }
}

unsigned ReadDepthOfPctwm() {
  Thread& self = Self();
  if (self.reads_far) {
    self.reads_far = false;
    return g_chooser.Below(g_chooser.manner().history);
  }
  if (self.local_reads == 0) self.local_reads = kLocalReads + 1 + g_chooser.Below(kLocalReads);
  return --self.local_reads == 0 ? 0 : kMaxOffered - 1;
}

}  // namespace hammerlock::explore
