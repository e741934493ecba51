// SPDX-License-Identifier: Apache-2.0
//
// Signal handlers that the program installs, and its signal mask: gone after the execution.
#pragma once

namespace hammerlock::explore {

void PrepareSignals();
void RestoreSignals();

}  // namespace hammerlock::explore
