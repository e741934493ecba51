// SPDX-License-Identifier: Apache-2.0
//
// The working directory and the umask: put back after an execution that changed them.
#pragma once

namespace hammerlock::explore {

void PrepareDirectory();
void RestoreDirectory();

}  // namespace hammerlock::explore
