// SPDX-License-Identifier: Apache-2.0
#include "explore/runtime/progress.h"

#include <setjmp.h>
#include <string.h>
#include <unwind.h>

#include "explore/runtime/mix.h"
#include "explore/runtime/pool.h"
#include "explore/runtime/region.h"
#include "explore/runtime/runtime.h"
#include "explore/runtime/sentence.h"

namespace hammerlock::explore {

bool g_fair = false;

namespace {

constexpr uint64_t kFewestSteps = 32768;
constexpr unsigned kTurnOctaves = 9;

uint64_t begin_step = 0;
uint64_t steps = 0;
uint64_t new_step = 0;  // The last one that came to something new.
uint64_t turns = 0;
uint64_t generator = 0;
bool time_told = false;
bool too_much = false;  // To keep account of.

// States that were met: hashes by open addressing, 0 is a free place.
constexpr size_t kMaxStates = 4096;
uint64_t states[2 * kMaxStates];
size_t state_count = 0;

// What was written: places of eight bytes, and objects.
constexpr size_t kMaxWritten = 512;
uintptr_t written[kMaxWritten];
size_t written_count = 0;
const SyncObject* used[kMaxWritten];
size_t used_count = 0;

// Where the program called the engine, in its present step; null: not known.
const void* place = nullptr;

// Where each thread was since the last new state.
constexpr size_t kMaxPlaces = 6;
struct Places {
  const void* pc[kMaxPlaces];
  size_t count;
};
Places places[kMaxThreads];

void Meet(uint64_t state) {
  if (too_much) return NoteProgress();
  if (state == 0) state = 1;
  size_t at = state % (2 * kMaxStates);
  for (; states[at] != 0; at = (at + 1) % (2 * kMaxStates)) {
    if (states[at] == state) return;
  }
  if (state_count == kMaxStates) {
    too_much = true;
  } else {
    states[at] = state;
    ++state_count;
  }
  NoteProgress();
}

// The engine's own memory is no part of what the program can tell apart: where a store's record
// lies says nothing of its value.
uint64_t Fold(uint64_t hash, uint64_t word) {
  const uint64_t place = word - reinterpret_cast<uintptr_t>(g_pool.At(0));
  return Mix((hash ^ (place < kPoolSize ? 0 : word)) + kGamma);
}

uint64_t Fold(uint64_t hash, const void* from, const void* to) {
  for (const char* at = static_cast<const char*>(from); at + 8 <= to; at += 8) {
    uint64_t word;
    memcpy(&word, at, 8);
    hash = Fold(hash, word);
  }
  return hash;
}

template <class T>
void Keep(T what, T* all, size_t* count) {
  for (size_t i = 0; i < *count; ++i) {
    if (all[i] == what) return;
  }
  if (*count == kMaxWritten) {
    too_much = true;
  } else {
    all[(*count)++] = what;
  }
}

uint64_t StateOfMemory() {
  uint64_t hash = 0;
  for (size_t i = 0; i < written_count; ++i) {
    hash = Fold(hash, *reinterpret_cast<const uint64_t*>(written[i]));
  }
  for (size_t i = 0; i < used_count; ++i) {
    const SyncObject& o = *used[i];
    const uint64_t words[] = {static_cast<uint64_t>(o.owner),   static_cast<uint64_t>(o.recursion),
                              static_cast<uint64_t>(o.readers), static_cast<uint64_t>(o.state),
                              static_cast<uint64_t>(o.count),   o.waiting_writers};
    hash = Fold(hash, words, words + 6);
  }
  return time_told ? Fold(hash, turns) : hash;
}

// The registers that a function keeps for its caller, as DWARF numbers them.
#if defined(__x86_64__)
constexpr int kKept[] = {3, 6, 12, 13, 14, 15};
#elif defined(__aarch64__)
constexpr int kKept[] = {19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29};
#endif
constexpr size_t kKeptCount = sizeof(kKept) / sizeof(*kKept);

// The program's frame that called the engine: what lies below is the engine's, and full of what
// earlier calls have left there.
struct Frame {
  uint64_t kept[kKeptCount];
  uintptr_t stack = 0;
};

_Unwind_Reason_Code VisitFrame(_Unwind_Context* context, void* into) {
  if (reinterpret_cast<const void*>(_Unwind_GetIP(context)) != place) return _URC_NO_REASON;
  Frame& frame = *static_cast<Frame*>(into);
  for (size_t i = 0; i < kKeptCount; ++i) frame.kept[i] = _Unwind_GetGR(context, kKept[i]);
  frame.stack = _Unwind_GetCFA(context);
  return _URC_END_OF_STACK;
}

// The calling thread's registers and its stack; from the engine's frames on if it is not known
// where the program's begin.
__attribute__((noinline)) uint64_t StateOfThread() {
  Frame frame;
  if (place != nullptr) {
    const Unobserved unobserved;
    _Unwind_Backtrace(VisitFrame, &frame);
  }
  jmp_buf registers;
  memset(&registers, 0, sizeof(registers));
  uint64_t hash = 0;
  if (frame.stack != 0) {
    hash = Fold(hash, frame.kept, frame.kept + kKeptCount);
#if defined(__aarch64__)
    // The engine does without these.
    uint64_t halves[8];
    asm("stp d8, d9, [%0]\n stp d10, d11, [%0, #16]\n stp d12, d13, [%0, #32]\n stp d14, d15, "
        "[%0, #48]"
        :
        : "r"(halves)
        : "memory");
    hash = Fold(hash, halves, halves + 8);
#endif
  } else {
    _setjmp(registers);
    frame.stack = reinterpret_cast<uintptr_t>(&registers);
  }
  return Fold(hash, reinterpret_cast<void*>(frame.stack),
              reinterpret_cast<void*>(StackStart(Self().id)));
}

}  // namespace

void ResetProgress() { g_fair = false; }

void BeginFairPhase(uint64_t max_steps) {
  g_fair = true;
  begin_step = new_step = g_step;
  steps = max_steps < kFewestSteps ? kFewestSteps : max_steps;
  place = nullptr;
  turns = 0;
  generator = 0;
  time_told = too_much = false;
  memset(states, 0, sizeof(states));
  memset(places, 0, sizeof(places));
  state_count = written_count = used_count = 0;
}

void NoteProgress() {
  if (!g_fair) return;
  new_step = g_step;
  memset(places, 0, sizeof(places));
}

void NotePlace(const void* pc) {
  place = pc;
  Places& own = places[Self().id];
  for (size_t i = 0; i < own.count; ++i) {
    if (own.pc[i] == pc) return;
  }
  if (pc != nullptr && own.count < kMaxPlaces) own.pc[own.count++] = pc;
}

void NoteWritten(uintptr_t address, size_t size) {
  for (uintptr_t at = address & ~uintptr_t{7}; at < address + size; at += 8) {
    Keep(at, written, &written_count);
  }
}

void NoteUsed(const SyncObject& object) { Keep(&object, used, &used_count); }

void NoteTimeTold() { time_told = true; }

void WipeStack() {
  char below[2048];
  memset(below, 0, sizeof(below));
  asm volatile("" : : "r"(below) : "memory");
}

void EndOfTurn() {
  ++turns;
  Meet(Mix(StateOfThread() + static_cast<uint64_t>(Self().id)));
  Meet(Mix(StateOfMemory() - 1));
}

uint64_t LengthOfTurn() {
  const uint64_t draw = Mix(generator += kGamma);
  // The shorter of two, so that there are many turns.
  const unsigned one = draw % kTurnOctaves, other = (draw >> 16) % kTurnOctaves;
  const uint64_t octave = uint64_t{1} << (one < other ? one : other);
  return octave + (draw >> 32) % octave;
}

bool FairPhaseOver() { return g_step - begin_step >= steps; }

void JudgeProgress() {
  if (g_step - new_step < steps / 2) return;
  Sentence sentence;
  for (int t = 0; t < ThreadCount(); ++t) {
    const Thread& thread = ThreadById(t);
    if (thread.finished) continue;
    sentence.AddThread(t);
    if (thread.place < 0) {
      sentence.AddWaiting(thread);
    } else {
      sentence.Add(" spins");
      for (size_t i = 0; i < places[t].count; ++i) {
        sentence.Add("%s%p", i == 0 ? " at pc " : ", ", places[t].pc[i]);
      }
    }
  }
  FailHere(FailureKind::kLivelock,
           "livelock: under a fair scheduler, with the newest values read, no thread ended and "
           "nothing new came about in half of the last %llu steps: %s",
           static_cast<unsigned long long>(steps), sentence.text());
}

}  // namespace hammerlock::explore
