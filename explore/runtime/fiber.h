// SPDX-License-Identifier: Apache-2.0
//
// Switching between stacks: some ten nanoseconds, where a hand-over between threads of the
// operating system takes microseconds.
#pragma once

#include <cstdint>

namespace hammerlock::explore {

// Saves the callee-saved registers on the present stack, stores the stack pointer in `*from`,
// and goes on where `to` was saved.
extern "C" void hammerlock_switch_stacks(void** from, void* to);

// A stack pointer that begins `hammerlock_fiber_main` when it is switched to.
void* FreshStack(uintptr_t top);

// What a fiber runs; returns the stack pointer to go on at when it has ended. Defined by the
// scheduler.
extern "C" void* hammerlock_fiber_main();

}  // namespace hammerlock::explore
