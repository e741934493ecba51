// SPDX-License-Identifier: Apache-2.0
//
// A thread that computes for ever without ever synchronising would stop everything, since the
// engine switches threads only where they synchronise. It is noticed by the processor time that
// goes by, and fails its execution.
#pragma once

namespace hammerlock::explore {

void WatchForStandstill();
// Whether an execution was ended for it.
bool StoodStill();

}  // namespace hammerlock::explore
