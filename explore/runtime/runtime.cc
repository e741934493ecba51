// SPDX-License-Identifier: Apache-2.0
#include "explore/runtime/runtime.h"

#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/single_threaded.h>
#include <unistd.h>

#include "explore/runtime/cell.h"
#include "explore/runtime/execution.h"
#include "explore/runtime/fiber.h"
#include "explore/runtime/memory.h"
#include "explore/runtime/mix.h"
#include "explore/runtime/pool.h"
#include "explore/runtime/progress.h"
#include "explore/runtime/promise.h"
#include "explore/runtime/race.h"
#include "explore/runtime/region.h"
#include "explore/runtime/report.h"
#include "explore/runtime/seq_cst.h"
#include "explore/runtime/undo.h"

extern "C" void** __cxa_get_globals();

namespace hammerlock::explore {

bool g_executing = false;
bool g_instrumented = false;

namespace {

Options options;
Ending ending;
void* driver_stack = nullptr;
bool begin_again = false;

constexpr size_t kSignalStack = 65536;
constexpr int kFatal[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP};

void OnFatalSignal(int number, siginfo_t* info, void*) {
  if (!g_executing) {
    // Not the program's: as if nobody had looked.
    signal(number, SIG_DFL);
    return;
  }
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, number);
  sigprocmask(SIG_UNBLOCK, &set, nullptr);
  g_watching = true;
  int thread = 0;
  const uintptr_t address = reinterpret_cast<uintptr_t>(info->si_addr);
  if (number == SIGSEGV && InStackGuard(address, &thread)) {
    FailHere(FailureKind::kSignal, "stack overflow in thread %d", thread);
  }
  const char* const name = sigabbrev_np(number);
  FailHere(FailureKind::kSignal, "SIG%s at address %#zx", name ? name : "?", address);
}

void CatchFatalSignals() {
  static stack_t stack;
  stack.ss_sp =
      mmap(nullptr, kSignalStack, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  stack.ss_size = kSignalStack;
  sigaltstack(&stack, nullptr);
  struct sigaction action = {};
  action.sa_sigaction = OnFatalSignal;
  action.sa_flags = SA_SIGINFO | SA_ONSTACK;
  for (const int number : kFatal) sigaction(number, &action, nullptr);
}

uint64_t Fingerprint(FailureKind kind, const char* text) {
  return HashOf(text, static_cast<uint64_t>(kind));
}

}  // namespace

void Prepare(const Options& wanted) {
  options = wanted;
  g_race_checking = options.race;
  g_tracks_leaks = options.leak;
  g_load_buffering = options.load_buffering;
  // libstdc++ counts shared_ptr's owners without atomics while this says so.
  __libc_single_threaded = false;
  static bool prepared = false;
  if (prepared) return;
  prepared = true;
  ReserveRegion();
  ReserveCells();
  g_pool.Reserve(kPoolSize);
  PrepareHeap();
  PrepareScheduler();
  PrepareRaces();
  CatchFatalSignals();
}

const Ending& Execute(void (*body)(void*), void* argument) {
  const int saved_errno = errno;
  void** const exceptions = __cxa_get_globals();
  void* const saved_exceptions[2] = {exceptions[0], exceptions[1]};
  static void (*run)(void*);
  run = body;
  ForgetCertificates();
  do {
    begin_again = false;
    // Not all of it: its text is long.
    ending.failure = FailureKind::kNone;
    ending.endless = ending.unfair = false;
    ending.discarded = false;
    ending.why[0] = '\0';
    ending.fingerprint = 0;
    ResetCells();
    g_pool.Reset();
    ResetHeap();
    ResetSeqCst();
    ResetPosix();
    ResetPromises();
    g_plain_points = !options.race;
    if (g_recording) StartRecording();
    BeginThreads([](void* a) -> void* { return run(a), nullptr; }, argument, options.max_steps);
    g_executing = g_watching = true;
    exceptions[0] = exceptions[1] = nullptr;
    hammerlock_switch_stacks(&driver_stack, Self().stack_pointer);
    g_executing = g_watching = false;
    if (EndCertification(begin_again)) begin_again = true;
    if (HasPromises()) ending.discarded = true;
    if (ending.discarded) ending.failure = FailureKind::kNone;
    if (ending.failure == FailureKind::kNone && !ending.discarded && !begin_again && options.leak &&
        !ending.endless) {
      size_t blocks = 0;
      const size_t bytes = LeakedBytes(&blocks);
      if (bytes != 0) {
        ending.failure = FailureKind::kLeak;
        snprintf(ending.why, sizeof(ending.why), "leak of %zu bytes in %zu block%s", bytes, blocks,
                 blocks == 1 ? "" : "s");
        ending.fingerprint = Fingerprint(ending.failure, "leak");
      }
    }
    ending.steps = g_step;
    ending.unfair = g_fair && !ending.endless;
    ending.threads = ThreadCount();
    UndoAll();
    SettleFrees();
    if (begin_again) g_chooser.Rewind();
  } while (begin_again);
  exceptions[0] = saved_exceptions[0];
  exceptions[1] = saved_exceptions[1];
  errno = saved_errno;
  return ending;
}

void* DriverStack() { return driver_stack; }

void EndExecution() {
  void* abandoned;
  hammerlock_switch_stacks(&abandoned, driver_stack);
  __builtin_trap();
}

void BeginAgain() {
  begin_again = true;
  EndExecution();
}

void Discard() {
  ending.discarded = true;
  EndExecution();
}

void RequirePromisesKept() {
  if (HasPromises()) Discard();
}

void FailHere(FailureKind kind, const char* format, ...) {
  g_watching = false;
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(ending.why, sizeof(ending.why), format, arguments);
  va_end(arguments);
  if (!g_executing) {
    fprintf(stderr, "hammerlock: %s\n", ending.why);
    _exit(66);
  }
  RecordFailure(ending.why);
  ending.failure = kind;
  // Where exactly threads were when they were looked at is no part of what a livelock is.
  ending.fingerprint = Fingerprint(kind, kind == FailureKind::kLivelock ? "" : ending.why);
  EndExecution();
}

void Unsupported(const char* format, ...) {
  g_watching = false;
  char text[1024];
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(text, sizeof(text), format, arguments);
  va_end(arguments);
  fprintf(stderr, "hammerlock: the explorer cannot run this: %s\n", text);
  _exit(67);
}

void NobodyCanRun() {
  const int threads = ThreadCount();
  bool all_finished = true;
  for (int t = 0; t < threads; ++t) all_finished &= ThreadById(t).finished;
  if (all_finished) EndExecution();
  ReportDeadlock();
}

void CutOff() {
  ending.endless = true;
  g_watching = false;
  EndExecution();
}

}  // namespace hammerlock::explore
