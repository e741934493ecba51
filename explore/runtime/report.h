// SPDX-License-Identifier: Apache-2.0
//
// Failures of memory accesses, and deadlocks.
#pragma once

#include <cstdint>

#include "explore/runtime/recording.h"
#include "explore/runtime/scheduler.h"

namespace hammerlock::explore {

[[noreturn]] void ReportRace(uintptr_t address, const Thread& other, bool other_wrote, bool write,
                             const char* kind, const void* pc);
[[noreturn]] void ReportUseAfterFree(uintptr_t address, bool write, const void* pc);
[[noreturn]] void ReportUninitialised(uintptr_t address, const void* pc);

// Threads wait for each other, or for nobody.
[[noreturn]] void ReportDeadlock();

}  // namespace hammerlock::explore
