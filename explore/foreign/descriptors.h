// SPDX-License-Identifier: Apache-2.0
//
// Files that an execution opens and does not close: closed after it, since the end of a process
// would have closed them.
#pragma once

#include <stdio.h>

namespace hammerlock::explore {

void PrepareDescriptors();
void RestoreDescriptors();
// The program closes it itself.
void ForgetStream(FILE* stream);

}  // namespace hammerlock::explore
