// SPDX-License-Identifier: Apache-2.0
//
// The end of the program's process, inside an execution (process.cc), for who runs whole programs.
#pragma once

namespace hammerlock::explore {

// Catches what the interposed functions do not see: aborts and exits from inside the C library, and
// exceptions that nobody catches. Call it once, before the first execution.
void CatchProcessEnds();

// In an execution: what happens when main has returned.
[[noreturn]] void ExitFromMain(int code);

}  // namespace hammerlock::explore
