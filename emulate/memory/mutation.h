// SPDX-License-Identifier: Apache-2.0
//
// Deliberate mutations: each drops one rule of the model, so that a test can show that the suite
// notices. Only builds with HAMMERLOCK_MUTATIONS have them.
#pragma once

namespace hammerlock::emulate {

enum class Mutation {
  kNone,
  kLoadsIgnoreCoherence,
  kStoresIgnoreCoherence,
  kEarlyStoresIgnoreReads,    // A store goes before a read that relied on its absence.
  kEarlyStoresSplitModifies,  // ... or between the halves of an atomic access.
  kAddressesCarryNothing,
  kDataCarriesNothing,
  kControlCarriesNothing,
  kAddressesBindNoStores,  // addr;po;[W]
  kAcquiresOrderNothing,
  kReleasesOrderNothing,
  kReleasesDoNotBindAcquires,  // [L];po;[A]
  kFullBarriersOrderNothing,
  kLoadBarriersOrderNothing,
  kStoreBarriersOrderNothing,
  kContextBarriersOrderNothing,
  kExclusivesAlwaysSucceed,
  kAtomicsAreNoBarriers,  // [A];amo;[L];po
  kLoadsMayTear,          // Bytes that one load reads are as of different times.
  kForwardingAlways,      // An acquire reads its thread's own exclusive store at once.
  kDeferredLoadsIgnoreBarriers,
  kDeferredLoadsIgnoreSameAddress,
};
inline constexpr int kMutations = static_cast<int>(Mutation::kDeferredLoadsIgnoreSameAddress) + 1;

#ifdef HAMMERLOCK_MUTATIONS
extern Mutation g_mutation;
inline bool Mutated(Mutation mutation) { return g_mutation == mutation; }
#else
constexpr bool Mutated(Mutation) { return false; }
#endif

}  // namespace hammerlock::emulate
