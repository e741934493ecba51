// SPDX-License-Identifier: Apache-2.0
//
// Priorities of threads: how PCT, PCTWM and POS schedule. The runnable thread of the highest
// priority runs. All that is random here comes from the execution's own seed, before the trace is
// asked: a trace repeats what they chose without them.
//
// PCT: threads have random priorities. The i-th of depth - 1 change points, a random one of the
// points at which there is somebody else to run, gives its thread the i-th priority below all
// of these. Which point may come up cannot depend on how many there will be, since nobody knows:
// a power of two is drawn first, and then one of as many points beyond it.
//
// PCTWM: the same with reads (and operations of locks and the like) in place of points: `depth` of
// them are put off by such a priority, and then read one of the `history` newest stores. Every
// other read is local: the oldest store that the thread may still read.
//
// POS: each operation that is pending has a random priority of its own. Where one is executed,
// those in conflict with it get new ones: otherwise the order of the one pair would tell that of
// the next.
//
// Fairness: a thread that runs long in a row while others could gets the lowest priority (for what
// it spins on may need somebody else to run), as does one that yields; and PCTWM reads the newest
// store now and then.
#pragma once

#include <cstdint>

#include "explore/runtime/scheduler.h"

namespace hammerlock::explore {

// An execution begins: draws what its manner needs.
void BeginPriorities();
// The priority of a new thread.
uint64_t FirstPriority();
// The calling thread is about to do this, and others could run.
void PrioritiesBefore(const Operation& operation);
// It does.
void PrioritiesAfter(const Operation& operation);
// Of these, of which there is at least one; of equal ones the first.
const Thread& HighestPriority(Thread* const* threads, int count);
// Below all others.
void Defer(Thread& thread);

}  // namespace hammerlock::explore
