// SPDX-License-Identifier: Apache-2.0
//
// The stacks of a process that hangs or dies.
#pragma once

#include <string>

namespace hammerlock::stress {

// The stacks of all threads of this process but the calling one, for people. A thread that
// takes no signal within a second (ThreadSanitizer holds signals back from a thread that
// never enters the C library) has none.
std::string AllStacks();

// From now on a fatal signal prints the stack of the thread that it came to, and then does what
// it would have done. Where a sanitizer has handlers of its own, those are left in place.
void PrintStackOnFatalSignal();

}  // namespace hammerlock::stress
