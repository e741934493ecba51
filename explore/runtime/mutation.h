// SPDX-License-Identifier: Apache-2.0
//
// Deliberate mistakes of the engine, one rule dropped each, for the test that the suite notices
// every one of them (mutation_test.cc). They exist in a build of the runtime for that test alone.
#pragma once

namespace hammerlock::explore {

enum class Mutation {
  kNone,
  kLoadsIgnoreCoherence,         // A load may go behind stores that it knows.
  kStoresIgnoreCoherence,        // So may a store in modification order.
  kLoadsLeaveNoTrace,            // That a store was read does not make it known.
  kStoresLeaveNoTrace,           // Nor that it was made.
  kStoreOrderIsExecutionOrder,   // A store always becomes the newest.
  kReadsAreNeverStale,           // A load always reads the newest.
  kModifiesMayShare,             // Two read-modify-writes may read the same store.
  kReleaseSequencesEnd,          // A read-modify-write does not carry on what it read.
  kReleaseCarriesNothing,        // A release store is a relaxed one.
  kRelaxedStoresRelease,         // And the other way round.
  kAcquireTakesNothing,          // An acquire load is a relaxed one.
  kRelaxedLoadsAcquire,          // And the other way round.
  kReleaseFenceCarriesNothing,   // Stores after a release fence do not carry it.
  kAcquireFenceTakesNothing,     // An acquire fence does not take what loads before it read.
  kSeqCstIsAcqRel,               // Accesses have no place in S.
  kSeqCstFenceIsAcqRel,          // Nor have fences.
  kEqualTimesAreStronglyBefore,  // A release itself counts as sequenced before it (before P0668).
  kFencesPrecedeNoAccess,        // A fence is no source: p4.3 and p4.4 are dropped.
  kFencesFollowNoAccess,         // A fence is no target: p4.2 and p4.4 are dropped.
  kSIsNotTransitive,             // What an event learns later is not passed on.
  // The race detector's.
  kReadsIgnorePlainWrites,    // A read is not held against plain writes.
  kWritesIgnorePlainWrites,   // Nor a write.
  kWritesIgnorePlainReads,    // A write is not held against plain reads.
  kAtomicReadsIgnorePlain,    // An atomic read is not held against plain accesses.
  kAtomicWritesIgnorePlain,   // Nor an atomic write.
  kAtomicsCheckFirst,         // An atomic access is held against plain ones before it acquires.
  kPlainIgnoresAtomicWrites,  // A plain access is not held against atomic writes.
  kPlainIgnoresAtomicReads,   // Nor against atomic reads.
  kReadsReplaceReads,         // Of concurrent readers the last one alone is kept.
  kWritesReplaceWrites,       // Of the writes to different bytes too.
  kUnknownIsForgotten,        // What is kept aside is dropped by an access that does not know it.
  kNeighboursRace,            // Which bytes of a cell are accessed does not matter.
  kSameTimeIgnoresBytes,      // A second read at the same time is not looked at, of any byte.
  kSameTimeIgnoresLocations,  // Nor a second write, although there was an atomic access between.
  kSettledIgnoresWrites,      // A cell is taken over with a write that is not known.
  kSettledIgnoresReads,       // Or with a read.
  kSettledIgnoresBytes,       // Or with accesses to other bytes, which are forgotten.
  kOwnersForgetBytes,         // In its own cell a thread's last write replaces all others.
  kOwnersKeepTheirCells,      // A cell stays its owner's although an atomic location lies there.
  kHistoriesDoNotEnd,         // The atomic stores before a plain write are still offered.
  kReleasesTakeNoTime,        // What comes after a release is known with it.
  // Of load buffering (promise_test.cc).
  kPromisesNeedNotBeKept,    // An execution counts although a promised store was never made.
  kPromisesIgnoreCoherence,  // The store is made although its thread knows the placeholder.
  kReleasesArePromised,      // A release store too, without what it carries.
  kCount,
};

#ifdef HAMMERLOCK_MUTATIONS
extern Mutation g_mutation;
inline bool Mutated(Mutation m) { return g_mutation == m; }
#else
constexpr bool Mutated(Mutation) { return false; }
#endif

}  // namespace hammerlock::explore
