// SPDX-License-Identifier: Apache-2.0
//
// Slow progress or livelock: how an execution goes on when it has had its steps (max_steps).
//
// It gets as many again, in the kindest way there is. Scheduling is fair: threads take turns, each
// of a random length (a thread that needs to be alone for a while is so some time), waits with a
// deadline end at the end of a round, and every load reads the newest store. No choice is asked
// for. If the execution ends now, only the scheduler was to blame.
//
// If it does not, the question is whether it gets anywhere. At the end of each turn the thread's
// own state is looked at (its registers and its stack), and that of all memory that was written in
// this phase, synchronisation objects included. A loop that counts, or waits for the clock, or
// works its way through data keeps coming to states that are new. What is reported as a livelock
// has done for half of the phase nothing but return to states that it had been in before, and no
// thread began or ended meanwhile.
//
// States are compared by hash. What uninstrumented code writes elsewhere than on its stack is not
// seen; such code makes no steps, either.
#pragma once

#include <cstddef>
#include <cstdint>

#include "explore/runtime/scheduler.h"

namespace hammerlock::explore {

// Whether the execution has had its steps.
extern bool g_fair;

void ResetProgress();
void BeginFairPhase(uint64_t steps);

// Something that cannot have happened before: a thread began or ended.
void NoteProgress();
// The calling thread is at `pc` (null: not known).
void NotePlace(const void* pc);
// It is about to write `size` bytes, outside of its execution's stacks perhaps; uses an object; has
// been told the time.
void NoteWritten(uintptr_t address, size_t size);
void NoteUsed(const SyncObject& object);
void NoteTimeTold();

// Wipes out what earlier calls left on the stack below the caller: it would look like a state.
__attribute__((noinline)) void WipeStack();
// A turn of the calling thread ends.
void EndOfTurn();
// How many steps the next turn may take.
uint64_t LengthOfTurn();
// Whether the phase is over.
bool FairPhaseOver();
// If it is a livelock, the execution fails here.
void JudgeProgress();

}  // namespace hammerlock::explore
