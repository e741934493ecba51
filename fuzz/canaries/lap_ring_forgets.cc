// SPDX-License-Identifier: Apache-2.0
//
// Known bad: found only behind a rare sequence of operations.
#include "fuzz/canaries/lap_ring.h"
#include "scenario/linearizable.h"

namespace hammerlock::fuzz {

LINEARIZABLE(LapRingForgets, LapRing<true>, BoundedQueueModel) { DeclareLapRing(*this); }

}  // namespace hammerlock::fuzz
