// SPDX-License-Identifier: Apache-2.0
//
// The order S of seq_cst operations and fences, as an explicit partial order.
//
// [atomics.order] p4 asks for a total order S that contains certain pairs. One exists if and only
// if these pairs have no cycle; so what is kept is the set of pairs, closed under transitivity, and
// a choice that would close a cycle is not offered. S need not agree with the order of execution.
//
// Events are the seq_cst accesses and fences, numbered for each thread from 1; those of one
// thread are in S as they are sequenced. An event's vector says, for each thread, up to which of
// its events S precedes it. The pairs are
//
//   a) A strongly happens before B. An event of another thread does so if that thread did
//      something after it that was released and then acquired (sb; simply-hb; sb): if the acquiring
//      clock is *later* than the event's time, not just equal.
//   b) A is coherence-ordered before B, where for each of the two a seq_cst fence may stand that
//      happens before A, or that B happens before (p4.1 to 4.4).
//
// For (b) each store has two ranks: its own and, above it, that of the loads that read it.
// Coherence order is the order of ranks. At a rank are *sources* (seq_cst accesses made at it,
// fences that happen before an access made at it) and *targets* (seq_cst accesses, and fences that
// such an access happens before); every source precedes every target of a higher rank. A thread's
// latest source and earliest target say all, since its events are ordered already.
#pragma once

#include <cstdint>

#include "explore/runtime/memory.h"

namespace hammerlock::explore {

// Numbers of events, one for each thread; kept as clocks are.
using EventNumber = Time;

struct alignas(32) Ranks {
  // Lanes: the latest source at this store's rank; the latest at any rank up to its loads';
  // the earliest target at its rank or its loads' (who precedes the former precedes the latter: a
  // store is made before it is loaded from).
  EventNumber* at_store() { return reinterpret_cast<EventNumber*>(this); }
  EventNumber* up_to_loads() { return at_store() + g_clock_width; }
  EventNumber* targets() { return at_store() + 2 * g_clock_width; }
};

// Whether a seq_cst operation took place in this execution: before, there is nothing to look at.
extern bool g_any_seq_cst;
// Whether accesses are logged for later fences: from the first execution on that had a seq_cst
// fence. That execution is begun again.
extern bool g_logs_accesses;

void ResetSeqCst();

// What an access of the calling thread may go below. Asked for ever older stores, from the newest.
class Reach {
 public:
  explicit Reach(bool seq_cst) : seq_cst_(seq_cst) {}

  // Whether the access may come before `newer` (and all that is newer still) in coherence order
  // without closing a cycle in S. Once it says no, it would say no for every older one.
  bool AllowsBelow(Store& newer) { return newer.ranks == nullptr || AllowsBelowRanked(newer); }

 private:
  bool AllowsBelowRanked(Store& newer);

  const bool seq_cst_;
  EventNumber* known_ = nullptr;    // Up to which event of each thread S puts it before the access.
  EventNumber* targets_ = nullptr;  // The earliest targets asked for so far.
};

// The access has been made: a load of `store`, or the making of it. Call it before the thread's
// clock takes over what is acquired.
void NoteLoad(Store& store, bool seq_cst);
void NoteStore(Store& store, bool seq_cst);

// A store that nobody has made yet: where older ones have ranks, so has it.
void KeepRanks(Store& store);

// A seq_cst fence: before it takes over what it acquires, and after.
void BeginFence();
void EndFence();

// S puts the last event of another thread before the calling thread's last one.
void PutAfter(int thread);

}  // namespace hammerlock::explore
