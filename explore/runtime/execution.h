// SPDX-License-Identifier: Apache-2.0
//
// What the parts of the runtime tell each other about the present execution.
#pragma once

#include <cstddef>
#include <cstdint>

#include "explore/runtime/scheduler.h"

namespace hammerlock::explore {

// Whether an execution is under way, watched or not.
extern bool g_executing;
// Runnable threads beside the running one.
extern int g_others;
// Whether no other thread can run unless the running one does something about it.
bool RunsAlone();

// scheduler.cc
void PrepareScheduler();
void BeginThreads(void* (*start)(void*), void* argument, uint64_t max_steps);

// runtime.cc
[[noreturn]] void EndExecution();
// Where EndExecution goes to.
void* DriverStack();
// Every thread has ended, or they wait for each other.
[[noreturn]] void NobodyCanRun();
// The execution has had its steps.
[[noreturn]] void CutOff();

// heap.cc
void PrepareHeap();
void ResetHeap();
// After everything was put back: frees what the harness allocated and the program freed.
void SettleFrees();
// The size of what was not freed, and how many blocks; needs the option.
size_t LeakedBytes(size_t* blocks);
extern bool g_tracks_leaks;

// The interposed functions' own state (tls.cc).
void ResetPosix();
// Destructors of thread_locals and keys, before a thread ends.
void OnThreadExit(Thread& thread);
// Those of the main thread, then what atexit registered.
void RunMainThreadExit();

}  // namespace hammerlock::explore
