// SPDX-License-Identifier: Apache-2.0
//
// The program's globals, and those of the libraries that it uses: each execution begins with what
// they held before the first. The undo log of the runtime puts back what instrumented code has
// written; this, what everything else has: strcpy, scanf, a library that was built elsewhere.
//
// Comparing costs some ten microseconds a megabyte in each execution, so the largest globals are
// left to the undo log.
#pragma once

#include <cstddef>

namespace hammerlock::explore {

// Memory besides globals that is to be put back too. Call it before KeepGlobals.
void KeepMemory(void* begin, size_t size);
// Notes what they hold now. Call it once, when no execution is under way.
void KeepGlobals();
void RestoreGlobals();

// The program will handle writes to protected memory itself: see globals.cc.
void StopWatchingGlobals();

}  // namespace hammerlock::explore
