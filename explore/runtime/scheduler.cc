// SPDX-License-Identifier: Apache-2.0
#include "explore/runtime/scheduler.h"

#include <dlfcn.h>
#include <errno.h>
#include <string.h>

#include "explore/runtime/choose.h"
#include "explore/runtime/execution.h"
#include "explore/runtime/fiber.h"
#include "explore/runtime/memory.h"
#include "explore/runtime/race.h"
#include "explore/runtime/region.h"
#include "explore/runtime/report.h"
#include "explore/runtime/runtime.h"

extern "C" void** __cxa_get_globals();

namespace hammerlock::explore {

bool g_watching = false;
Thread* g_self = nullptr;
int g_others = 0;
uint32_t g_step = 0;
uint64_t g_steps_left = 0;

namespace {

Thread threads[kMaxThreads];
int thread_count = 0;

Thread* runnable[kMaxThreads];
int runnable_count = 0;

// Waiting with a deadline.
Thread* timed[kMaxThreads];
int timed_count = 0;

uint64_t now = 0;

// Priorities of PCT and POS: those drawn at random lie above those given later, ever lower ones.
constexpr uint64_t kDrawn = 1u << 20;
uint64_t lowest_priority = 0;
constexpr int kMaxDepth = 8;
uint32_t change_at[kMaxDepth];
uint32_t last_length = 64;  // Steps of the last execution.

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

void SwitchTo(Thread& next) {
  Thread& self = *g_self;
  if (&next == &self) return;
  self.saved_errno = *real_errno;
  self.exceptions[0] = real_exceptions[0];
  self.exceptions[1] = real_exceptions[1];
  *real_errno = next.saved_errno;
  real_exceptions[0] = next.exceptions[0];
  real_exceptions[1] = next.exceptions[1];
  g_self = &next;
  g_now = next.clock[next.id];
  hammerlock_switch_stacks(&self.stack_pointer, next.stack_pointer);
}

// The thread that choice `k` stands for: 0 is the running one where it can run.
Thread& Candidate(unsigned k) {
  if (g_self->place < 0) return *runnable[k];
  if (k == 0) return *g_self;
  return static_cast<int>(k) - 1 < g_self->place ? *runnable[k - 1] : *runnable[k];
}

unsigned NumberOf(const Thread& t) {
  if (g_self->place < 0) return static_cast<unsigned>(t.place);
  if (&t == g_self) return 0;
  return static_cast<unsigned>(t.place < g_self->place ? t.place + 1 : t.place);
}

unsigned ByPriority() {
  Thread* best = runnable[0];
  for (int i = 1; i < runnable_count; ++i) {
    if (runnable[i]->priority > best->priority) best = runnable[i];
  }
  return NumberOf(*best);
}

// A waiter's time may run out although others can run: one time in so many.
constexpr unsigned kTimeoutRarity = 16;

void TimeOut(Thread& t) {
  Untime(t);
  if (now < t.deadline) now = t.deadline;
  t.woken = false;
  MakeRunnable(t);
}

// Runs somebody; the calling thread again only if it is runnable.
void Reschedule() {
  if (timed_count != 0) {
    if (runnable_count == 0) {
      Thread* first = timed[0];
      for (int i = 1; i < timed_count; ++i) {
        if (timed[i]->deadline < first->deadline) first = timed[i];
      }
      TimeOut(*first);
    } else if (Rarely(kTimeoutRarity)) {
      TimeOut(*timed[g_chooser.Settle(g_chooser.Below(timed_count), timed_count)]);
    }
  }
  if (runnable_count == 0) NobodyCanRun();
  const unsigned n = static_cast<unsigned>(runnable_count);
  unsigned wanted = 0;
  if (n > 1 && g_chooser.random()) {
    wanted = g_chooser.manner().scheduling == Scheduling::kWalk ? g_chooser.Below(n) : ByPriority();
  }
  SwitchTo(Candidate(g_chooser.Settle(wanted, n)));
}

}  // namespace

void PrepareScheduler() {
  real_errno = &errno;
  real_exceptions = __cxa_get_globals();
}

int ThreadCount() { return thread_count; }
Thread& ThreadById(int id) { return threads[id]; }

namespace {

Thread& NewThread() {
  Thread& t = threads[thread_count];
  t = Thread();
  t.id = thread_count++;
  t.stack_pointer = FreshStack(StackTop(t.id));
  t.clock.Mutable();
  if (g_chooser.manner().scheduling != Scheduling::kWalk) t.priority = g_chooser.Bits() | kDrawn;
  MakeRunnable(t);
  return t;
}

}  // namespace

void BeginThreads(void* (*start)(void*), void* argument, uint64_t max_steps) {
  thread_count = 0;
  runnable_count = 0;
  timed_count = 0;
  now = 1'000'000'000;
  lowest_priority = kDrawn;
  if (g_step > 8) last_length = g_step;
  g_step = 0;
  if (g_chooser.manner().scheduling == Scheduling::kPct) {
    for (uint32_t& at : change_at) at = 1 + g_chooser.Below(last_length);
  }
  g_steps_left = max_steps;
  g_solo = true;
  Thread& main = NewThread();
  main.start = start;
  main.argument = argument;
  main.clock.Mutable()[0] = 1;
  g_now = 1;
  g_self = &main;
}

Thread* Spawn(void* (*start)(void*), void* argument) {
  if (thread_count == kMaxThreads) return nullptr;
  if (thread_count == g_clock_width) {
    g_clock_width += kLanesAStep;
    while (g_clock_width > 32 && g_clock_width % 32 != 0) g_clock_width += kLanesAStep;
    BeginAgain();
  }
  g_solo = false;
  Thread& t = NewThread();
  t.start = start;
  t.argument = argument;
  Copy(t.clock, Self().clock);
  t.clock.Mutable()[t.id] = 1;
  Tick();
  return &t;
}

void Exit(void* result) {
  OnThreadExit(Self());
  Thread& self = Self();
  self.result = result;
  self.finished = true;
  MakeWaiting(self);
  Wake(&self, kAll);
  Reschedule();
  __builtin_unreachable();
}

extern "C" void hammerlock_fiber_main() {
  Thread& self = Self();
  void* const result = self.start(self.argument);
  if (self.id == 0) EndExecution();
  Exit(result);
}

namespace {

// Whether this is one of the d - 1 steps at which PCT changes the running thread's priority.
bool ChangesPriority() {
  for (int i = 0; i + 1 < g_chooser.manner().pct_depth; ++i) {
    if (change_at[i] == g_step) return true;
  }
  return false;
}

}  // namespace

void Point() {
  ++g_step;
  if (__builtin_expect(--g_steps_left == 0, false)) CutOff();
  if (g_others + timed_count <= 0) return;
  if (g_chooser.manner().scheduling != Scheduling::kWalk && g_chooser.random()) {
    Thread& self = Self();
    if (g_chooser.manner().scheduling == Scheduling::kPos) {
      self.priority = g_chooser.Bits() | kDrawn;
    } else if (++self.spins > 200 || ChangesPriority()) {
      // A thread that only looks for long waits for somebody whose priority is lower.
      self.spins = 0;
      self.priority = --lowest_priority;
    }
  }
  Reschedule();
}

void Yield() {
  Point();
  if (g_others <= 0) return;
  Thread& self = Self();
  if (g_chooser.manner().scheduling == Scheduling::kPct) self.priority = --lowest_priority;
  // Somebody else: choice k is the k-th other.
  const unsigned n = static_cast<unsigned>(runnable_count) - 1;
  SwitchTo(Candidate(1 + g_chooser.Settle(g_chooser.Below(n), n)));
}

void Block(const void* object, const char* kind) {
  Thread& self = Self();
  self.waits_on = object;
  self.waits_for = kind;
  MakeWaiting(self);
  Reschedule();
  self.waits_on = nullptr;
  self.waits_for = nullptr;
}

bool BlockUntil(const void* object, const char* kind, uint64_t deadline) {
  Thread& self = Self();
  self.waits_on = object;
  self.waits_for = kind;
  self.timed = true;
  self.deadline = deadline;
  self.woken = false;
  timed[timed_count++] = &self;
  MakeWaiting(self);
  Reschedule();
  self.waits_on = nullptr;
  self.waits_for = nullptr;
  return self.woken;
}

int WakeIf(const void* object, int n, bool (*matches)(const Thread&, uint64_t), uint64_t bits) {
  Thread* waiting[kMaxThreads];
  int count = 0;
  for (int i = 0; i < thread_count; ++i) {
    Thread& t = threads[i];
    if (t.waits_on == object && t.place < 0 && (matches == nullptr || matches(t, bits))) {
      waiting[count++] = &t;
    }
  }
  int woken = 0;
  for (; woken < n && count != 0; ++woken) {
    const unsigned left = static_cast<unsigned>(count);
    const unsigned which = n - woken >= count ? 0 : g_chooser.Settle(g_chooser.Below(left), left);
    Thread& t = *waiting[which];
    memmove(waiting + which, waiting + which + 1, (left - which - 1) * sizeof(*waiting));
    --count;
    Untime(t);
    t.woken = true;
    t.waits_on = nullptr;
    MakeRunnable(t);
  }
  return woken;
}

int Wake(const void* object, int n) { return WakeIf(object, n, nullptr, 0); }

int Requeue(const void* from, const void* to, int n) {
  int moved = 0;
  for (int t = 0; t < thread_count && moved < n; ++t) {
    if (threads[t].waits_on == from && threads[t].place < 0 && !threads[t].finished) {
      threads[t].waits_on = to;
      ++moved;
    }
  }
  return moved;
}

uint64_t Now() { return now += 50; }

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
