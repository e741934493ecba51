// SPDX-License-Identifier: Apache-2.0
//
// Purpose: sleeping in the kernel until a 32-bit word changes; the only place that knows the futex
// system call.
// Thread safety: all functions may be called from any thread at any time.
// Progress: FutexWait blocks; FutexWake does not.
//
// Invariants
//   1. FutexWait sleeps only if the word still holds `expected` at a moment when no FutexWake on
//      the same word is under way: the kernel compares and queues under one lock, and wakes under
//      the same. So a waker that first changes the word and then calls FutexWake never leaves
//      behind a waiter that saw the old word. No C++ memory order takes part in this.
//   2. Nothing else synchronizes: what the waker wrote is visible to the waiter only through atomic
//      operations on the word (or another object). Returning means "look again", never "it
//      changed".
//   3. Neither function reads or writes the word in user space; FutexWake needs only its address.
//      It may be called after the word has been freed, as an unlocker must that no longer owns the
//      lock: at worst it wakes somebody else, who looks again (2).
// Reclamation: none; the kernel frees its queue entry before FutexWait returns.
// Source: Franke, Russell, Kirkwood, "Fuss, futexes and furwocks", Ottawa Linux Symposium 2002;
// futex(2).
#pragma once

#include <chrono>
#include <cstdint>

namespace hammerlock::internal {

// Sleeps until woken if *word == expected; also returns for no reason at all. `word` is the address
// of a 4-byte aligned 32-bit atomic integer, or of the half of a 64-bit one.
void FutexWait(const void* word, std::uint32_t expected);

// The same, until `deadline` at the latest. Returns false if the deadline ended the sleep. A waiter
// that FutexWake counted among the woken always gets true, even if its deadline passed as well.
bool FutexWaitUntil(const void* word, std::uint32_t expected,
                    std::chrono::steady_clock::time_point deadline);

// Wakes up to `count` waiters, those who have waited longest first.
// REQUIRES: count > 0.
void FutexWake(const void* word, int count);
void FutexWakeAll(const void* word);

}  // namespace hammerlock::internal
