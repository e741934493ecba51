// SPDX-License-Identifier: Apache-2.0
//
// The correct twin: what finds something here finds what is not there.
#include "fuzz/canaries/lap_ring.h"
#include "scenario/linearizable.h"

namespace hammerlock::fuzz {

LINEARIZABLE(LapRingKeeps, LapRing<false>, BoundedQueueModel) { DeclareLapRing(*this); }

}  // namespace hammerlock::fuzz
