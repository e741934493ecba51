// SPDX-License-Identifier: Apache-2.0
//
// Whether a candidate is an execution that C++20 allows. Each rule is written as the standard
// (N4861) states it, one after the other; nothing here is meant to be fast.
#pragma once

#include "explore/axioms/internal/candidate.h"
#include "explore/axioms/rules.h"

namespace hammerlock::axioms::internal {

// Sequenced-before and reads-from have no cycle. The standard only recommends that values are not
// made out of thin air ([atomics.order] p8); this is the usual stronger rule, without which no
// engine that runs instructions in order could be judged. It forbids load buffering.
bool HasNoThinAir(const Candidate& candidate, const Rules& rules);

// REQUIRES of all of these: the candidate is complete, and HasNoThinAir.
bool IsCoherent(const Candidate& candidate, const Relation& happens_before, const Rules& rules);
bool IsAtomic(const Candidate& candidate, const Rules& rules);
// Whether there is a total order S of the seq_cst operations.
bool IsSequentiallyConsistent(const Candidate& candidate, const Relation& happens_before,
                              const Rules& rules);

bool IsConsistent(const Candidate& candidate, const Rules& rules);

// [intro.races] p21: two accesses conflict, at least one of them is not atomic, and neither
// happens before the other. (In one thread one always does: no instruction here has two.)
bool HasDataRace(const Candidate& candidate, const Relation& happens_before);

}  // namespace hammerlock::axioms::internal
