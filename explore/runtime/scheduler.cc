// SPDX-License-Identifier: Apache-2.0
#include "explore/runtime/scheduler.h"

#include <dlfcn.h>
#include <errno.h>
#include <string.h>

#include "explore/runtime/choose.h"
#include "explore/runtime/execution.h"
#include "explore/runtime/fiber.h"
#include "explore/runtime/memory.h"
#include "explore/runtime/pool.h"
#include "explore/runtime/priorities.h"
#include "explore/runtime/progress.h"
#include "explore/runtime/promise.h"
#include "explore/runtime/race.h"
#include "explore/runtime/region.h"
#include "explore/runtime/report.h"
#include "explore/runtime/runtime.h"

extern "C" void** __cxa_get_globals();

namespace hammerlock::explore {

bool g_watching = false;
Thread* g_self = nullptr;
Thread g_threads[kMaxThreads];
int g_thread_count = 0;
int g_others = 0;
uint32_t g_step = 0;
uint64_t g_steps_left = 0;
uint64_t g_woken = 0;

namespace {

Thread* runnable[kMaxThreads];
int runnable_count = 0;

// Waiting with a deadline.
Thread* timed[kMaxThreads];
int timed_count = 0;

uint64_t now = 0;

// How it is decided who runs next: by chance or as a trace says, by priorities, in fair turns.
enum class Mode : uint8_t { kChance, kPriorities, kFair };
Mode mode = Mode::kChance;
uint64_t steps_given = 0;

// Of this thread of the operating system: the fibers share them, so that each switch swaps them.
int* real_errno = nullptr;
void** real_exceptions = nullptr;

void MakeRunnable(Thread& t) {
  t.place = runnable_count;
  runnable[runnable_count++] = &t;
  g_others = runnable_count - 1;
}

void MakeWaiting(Thread& t) {
  Thread* const last = runnable[--runnable_count];
  runnable[t.place] = last;
  last->place = t.place;
  t.place = -1;
  g_others = runnable_count - 1;
}

// Ends its waiting.
void GoOn(Thread& t) {
  t.waits_on = nullptr;
  t.waits_for = nullptr;
  MakeRunnable(t);
}

void Untime(Thread& t) {
  if (!t.timed) return;
  t.timed = false;
  for (int i = 0; i < timed_count; ++i) {
    if (timed[i] != &t) continue;
    // The order of the others is kept: choices go by it.
    memmove(timed + i, timed + i + 1, (timed_count - i - 1) * sizeof(*timed));
    --timed_count;
    return;
  }
}

void WakeUp(Thread& t) {
  Untime(t);
  t.woken = true;
  GoOn(t);
}

// The engine's and the C library's view of who runs.
void Become(Thread& next) {
  Thread& self = *g_self;
  self.saved_errno = *real_errno;
  self.exceptions[0] = real_exceptions[0];
  self.exceptions[1] = real_exceptions[1];
  *real_errno = next.saved_errno;
  real_exceptions[0] = next.exceptions[0];
  real_exceptions[1] = next.exceptions[1];
  g_self = &next;
  g_now = next.clock[next.id];
  g_owner = next.owner;
}

void SwitchTo(Thread& next) {
  Thread& self = *g_self;
  if (&next == &self) return;
  Become(next);
  hammerlock_switch_stacks(&self.stack_pointer, next.stack_pointer);
}

// The thread that choice `k` stands for: 0 is the running one where it can run. Without branches:
// none of them could be foretold.
Thread& Candidate(unsigned k) {
  const int place = g_self->place;
  const int choice = static_cast<int>(k);
  const int first = place < 0 ? 0 : place;
  const int other = choice - (choice <= place ? 1 : 0);
  return *runnable[choice == 0 ? first : other];
}

unsigned NumberOf(const Thread& t) {
  if (g_self->place < 0) return static_cast<unsigned>(t.place);
  if (&t == g_self) return 0;
  return static_cast<unsigned>(t.place < g_self->place ? t.place + 1 : t.place);
}

unsigned ByPriority() { return NumberOf(HighestPriority(runnable, runnable_count)); }

unsigned Walk(unsigned n) {
  const unsigned stay = g_chooser.manner().stay_bits;
  if (stay != 0 && g_self->place >= 0 && (g_chooser.Bits() & ((1u << stay) - 1)) != 0) return 0;
  return g_chooser.Below(n);
}

// A waiter's time may run out although others can run: one time in so many.
constexpr unsigned kTimeoutRarity = 16;

void TimeOut(Thread& t) {
  Untime(t);
  if (now < t.deadline) now = t.deadline;
  t.woken = false;
  GoOn(t);
}

void TimeOutTheFirst() {
  Thread* first = timed[0];
  for (int i = 1; i < timed_count; ++i) {
    if (timed[i]->deadline < first->deadline) first = timed[i];
  }
  TimeOut(*first);
}

// Where threads wait with a deadline.
__attribute__((noinline)) void LetTimePass() {
  if (runnable_count == 0) {
    TimeOutTheFirst();
  } else if (Rarely(kTimeoutRarity)) {
    TimeOut(*timed[g_chooser.Settle(g_chooser.Below(timed_count), timed_count)]);
  }
}

// In the fair phase: the next runnable thread, around and around.
__attribute__((noinline)) Thread& NextInTurn() {
  EndOfTurn();
  g_steps_left = LengthOfTurn();
  for (int i = 1; i <= g_thread_count; ++i) {
    const int id = (g_self->id + i) % g_thread_count;
    // A round is over.
    if (id == 0 && timed_count != 0) TimeOutTheFirst();
    if (g_threads[id].place >= 0) return g_threads[id];
  }
  NobodyCanRun();
}

// Who runs next; the calling thread again only if it is runnable. `stays`: then it is to be that
// one, if chance decides.
Thread& Next(bool stays = false) {
  if (__builtin_expect(g_certifying, false)) EndExecution();
  if (mode == Mode::kFair) return NextInTurn();
  if (timed_count != 0) LetTimePass();
  const unsigned n = static_cast<unsigned>(runnable_count);
  if (n <= 1) {
    if (n == 0) NobodyCanRun();
    return *runnable[0];
  }
  const unsigned wanted = stays ? 0 : mode == Mode::kPriorities ? ByPriority() : Walk(n);
  return Candidate(g_chooser.Settle(wanted, n));
}

void Reschedule(bool stays = false) { SwitchTo(Next(stays)); }

}  // namespace

void PrepareScheduler() {
  real_errno = &errno;
  real_exceptions = __cxa_get_globals();
}

namespace {

Thread& NewThread() {
  Thread& t = g_threads[g_thread_count];
  // In place: an assignment goes by way of a temporary, piece by piece.
  ::new (static_cast<void*>(&t), Pool::Tag()) Thread();
  t.id = g_thread_count++;
  t.stack_pointer = FreshStack(StackStart(t.id));
  t.owner = OwnerOf(t);
  if (mode == Mode::kPriorities) t.priority = FirstPriority();
  NoteProgress();
  MakeRunnable(t);
  return t;
}

}  // namespace

void BeginThreads(void* (*start)(void*), void* argument, uint64_t max_steps) {
  g_thread_count = 0;
  runnable_count = 0;
  timed_count = 0;
  now = 1'000'000'000;
  g_step = 0;
  const bool chance = !g_chooser.random() || g_chooser.manner().scheduling == Scheduling::kWalk;
  mode = chance ? Mode::kChance : Mode::kPriorities;
  if (!chance) BeginPriorities();
  ResetProgress();
  g_chooser.Calm(false);
  g_steps_left = steps_given = max_steps;
  g_solo = true;
  Thread& main = NewThread();
  main.start = start;
  main.argument = argument;
  main.clock.Mutable()[0] = g_now = 1;
  g_self = &main;
  g_owner = kNobody;
}

Thread* Spawn(void* (*start)(void*), void* argument) {
  if (g_thread_count == kMaxThreads) return nullptr;
  if (g_thread_count == g_clock_width) {
    g_clock_width += kLanesAStep;
    while (g_clock_width > 32 && g_clock_width % 32 != 0) g_clock_width += kLanesAStep;
    BeginAgain();
  }
  if (g_solo) {
    g_solo = false;
    g_owner = Self().owner;
  }
  Thread& t = NewThread();
  t.start = start;
  t.argument = argument;
  Copy(t.clock, Self().clock);
  t.clock.Mutable()[t.id] = 1;
  Tick();
  RecordSync(Event::kSpawn, nullptr, nullptr, static_cast<uint64_t>(t.id));
  return &t;
}

namespace {

void Finish(void* result) {
  OnThreadExit(Self());
  Thread& self = Self();
  RecordSync(Event::kExit, nullptr, nullptr);
  self.result = result;
  self.finished = true;
  NoteProgress();
  MakeWaiting(self);
  if (self.waiter != nullptr && self.waiter->waits_on == &self) WakeUp(*self.waiter);
}

}  // namespace

void Exit(void* result) {
  Finish(result);
  Reschedule();
  __builtin_unreachable();
}

extern "C" void* hammerlock_fiber_main() {
  const Thread& self = Self();
  void* const result = self.start(self.argument);
  if (self.id == 0) return DriverStack();
  Finish(result);
  Thread& next = Next();
  Become(next);
  return next.stack_pointer;
}

void RunAlone(Thread& thread) {
  SwitchTo(thread);
  __builtin_unreachable();
}

namespace {

// The execution has had its steps, or the thread those of its turn.
void StepsAreUp() {
  if (mode != Mode::kFair) {
    mode = Mode::kFair;
    BeginFairPhase(steps_given);
    g_chooser.Calm(true);
    for (int t = 0; t < g_thread_count; ++t) RenewOwner(g_threads[t]);
    g_steps_left = LengthOfTurn();
    return;
  }
  if (FairPhaseOver()) {
    JudgeProgress();
    CutOff();
  }
  Reschedule();
}

__attribute__((noinline)) void PointInFairPhase(const Operation& operation) {
  NotePlace(operation.pc);
  if (--g_steps_left == 0) {
    WipeStack();
    StepsAreUp();
  }
  if (operation.writes && operation.address != 0) NoteWritten(operation.address, 16);
}

}  // namespace

bool RunsAlone() { return g_others + timed_count <= 0; }

void Point(const Operation& operation) {
  if (__builtin_expect(g_certifying, false)) return CountCertifyingStep();
  ++g_step;
  if (__builtin_expect(mode == Mode::kFair, false)) return PointInFairPhase(operation);
  if (__builtin_expect(--g_steps_left == 0, false)) StepsAreUp();
  if (RunsAlone()) return;
  const bool by_priority = mode == Mode::kPriorities;
  if (by_priority) PrioritiesBefore(operation);
  Reschedule(!operation.reads && !g_chooser.manner().stops_before_stores);
  if (by_priority) PrioritiesAfter(operation);
}

void Yield() {
  if (mode == Mode::kFair) g_steps_left = 1;
  Point();
  if (g_others <= 0 || mode == Mode::kFair || g_certifying) return;
  Thread& self = Self();
  if (mode == Mode::kPriorities && g_chooser.manner().scheduling != Scheduling::kPos) Defer(self);
  // Somebody else: choice k is the k-th other.
  const unsigned n = static_cast<unsigned>(runnable_count) - 1;
  SwitchTo(Candidate(1 + g_chooser.Settle(g_chooser.Below(n), n)));
}

namespace {

void WaitOn(Thread& self, const void* object, const char* kind) {
  self.waits_on = object;
  self.waits_for = kind;
  if (Thread* const awaited = AsThread(object)) awaited->waiter = &self;
  RecordSync(Event::kBlock, object, kind);
  MakeWaiting(self);
}

}  // namespace

void Block(const void* object, const char* kind) {
  WaitOn(Self(), object, kind);
  Reschedule();
}

bool BlockUntil(const void* object, const char* kind, uint64_t deadline) {
  Thread& self = Self();
  self.timed = true;
  self.deadline = deadline;
  self.woken = false;
  timed[timed_count++] = &self;
  WaitOn(self, object, kind);
  Reschedule();
  if (!self.woken) RecordSync(Event::kOther, object, "time runs out");
  return self.woken;
}

int WakeIf(const void* object, int n, bool (*matches)(const Thread&, uint64_t), uint64_t bits) {
  Thread* waiting[kMaxThreads];
  int count = 0;
  for (int i = 0; i < g_thread_count; ++i) {
    Thread& t = g_threads[i];
    if (t.waits_on == object && t.place < 0 && (matches == nullptr || matches(t, bits))) {
      waiting[count++] = &t;
    }
  }
  int woken = 0;
  g_woken = 0;
  for (; woken < n && count != 0; ++woken) {
    const unsigned left = static_cast<unsigned>(count);
    const unsigned which = n - woken >= count ? 0 : g_chooser.Settle(g_chooser.Below(left), left);
    Thread& t = *waiting[which];
    memmove(waiting + which, waiting + which + 1, (left - which - 1) * sizeof(*waiting));
    --count;
    if (t.id < 64) g_woken |= uint64_t{1} << t.id;
    WakeUp(t);
  }
  return woken;
}

int Wake(const void* object, int n) { return WakeIf(object, n, nullptr, 0); }

int Requeue(const void* from, const void* to, int n) {
  int moved = 0;
  for (int t = 0; t < g_thread_count && moved < n; ++t) {
    if (g_threads[t].waits_on == from && g_threads[t].place < 0 && !g_threads[t].finished) {
      g_threads[t].waits_on = to;
      ++moved;
    }
  }
  return moved;
}

// Who asks in the fair phase is waiting for a time to come.
uint64_t Now() { return now += g_fair ? 1'000'000 : 50; }

void Acquire(const Clock& from) { Join(Self().clock, from); }

void Release(Clock& into) {
  Join(into, Self().clock);
  Tick();
}

void ReleaseSet(Clock& into) {
  Copy(into, Self().clock);
  Tick();
}

void* RealFunction(const char* name) {
  void* const f = dlsym(RTLD_NEXT, name);
  if (f == nullptr) Unsupported("the C library has no %s", name);
  return f;
}

}  // namespace hammerlock::explore
