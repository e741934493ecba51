// SPDX-License-Identifier: Apache-2.0
//
// The ends of a process, inside an execution: they end that execution only. Exit code 0 passes;
// anything else is a failure, which says what it was.
#include "explore/runtime/process.h"

#include <assert.h>
#include <cxxabi.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <exception>
#include <typeinfo>

#include "explore/runtime/cell.h"
#include "explore/runtime/posix_internal.h"
#include "explore/runtime/runtime.h"

namespace hammerlock::explore {
namespace {

[[noreturn]] void EndWith(int code) {
  if ((code & 0xff) != 0) FailHere(FailureKind::kAssertion, "exit code %d", code & 0xff);
  g_watching = false;
  EndExecution();
}

// What exit does before the process is gone.
[[noreturn]] void ExitWith(int code) {
  RunMainThreadExit();
  EndWith(code);
}

// A sentence about the exception that is being handled or was not caught; false if there is none.
bool DescribeException(char* into, size_t size) {
  const std::type_info* const type = abi::__cxa_current_exception_type();
  if (type == nullptr) return false;
  int status = 0;
  char* const demangled = abi::__cxa_demangle(type->name(), nullptr, nullptr, &status);
  snprintf(into, size, "exception of type %s", status == 0 ? demangled : type->name());
  free(demangled);
  // By its own means: it is an std::exception or not.
  try {
    throw;
  } catch (const std::exception& e) {
    const size_t used = strlen(into);
    snprintf(into + used, size - used, ": %s", e.what());
  } catch (...) {
  }
  return true;
}

[[noreturn]] void FailOfTerminate(const char* without_exception) {
  char text[512];
  bool any;
  {
    Unobserved unobserved;
    any = DescribeException(text, sizeof(text));
  }
  if (any) FailHere(FailureKind::kAssertion, "uncaught %s", text);
  FailHere(FailureKind::kAssertion, "%s", without_exception);
}

// The library's own handler would print, in every failing execution.
void OnTerminate() {
  if (Watching()) {
    FailOfTerminate("std::terminate (a joinable std::thread destroyed or assigned to?)");
  }
  abort();
}

// Ends by signal come here also from inside the C library, where abort is not ours.
void OnAbortSignal(int number) {
  if (!g_executing) {
    signal(number, SIG_DFL);
    raise(number);
    return;
  }
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, number);
  sigprocmask(SIG_UNBLOCK, &set, nullptr);
  FailHere(FailureKind::kAssertion, "SIGABRT raised in the C library");
}

// The same for exits: err, and whatever else calls exit from inside the C library. The code
// after the first handler is abandoned; the list of handlers is not locked while one runs.
void OnRealExit(int code, void*) {
  if (!g_executing) return;
  on_exit(OnRealExit, nullptr);
  g_watching = true;
  ExitWith(code);
}

// Whether a signal that a thread sends to its own process would end it.
bool Kills(int number) {
  constexpr int kHarmless[] = {SIGCHLD, SIGURG,  SIGWINCH, SIGCONT,
                               SIGSTOP, SIGTSTP, SIGTTIN,  SIGTTOU};
  for (const int harmless : kHarmless) {
    if (number == harmless) return false;
  }
  struct sigaction action;
  return number == SIGKILL ||
         (sigaction(number, nullptr, &action) == 0 && action.sa_handler == SIG_DFL);
}

void FailIfItKills(int number) {
  if (number == SIGABRT) FailHere(FailureKind::kAssertion, "SIGABRT was raised");
  const char* const name = sigabbrev_np(number);
  if (name != nullptr && Kills(number)) {
    FailHere(FailureKind::kSignal, "SIG%s was raised by the program", name);
  }
}

// Of this execution: what at_quick_exit registered.
constexpr int kMaxQuick = 32;  // As many as C promises.
void (*quick[kMaxQuick])(void*);
int quick_count = 0;
uint32_t quick_epoch = 0;

void ForgetEarlierQuick() {
  if (quick_epoch == g_epoch) return;
  quick_epoch = g_epoch;
  quick_count = 0;
}

}  // namespace

void CatchProcessEnds() {
  if (std::get_terminate() == __gnu_cxx::__verbose_terminate_handler) {
    std::set_terminate(OnTerminate);
  }
  signal(SIGABRT, OnAbortSignal);
  on_exit(OnRealExit, nullptr);
}

void ExitFromMain(int code) { ExitWith(code); }

}  // namespace hammerlock::explore

using namespace hammerlock::explore;

extern "C" {

void abort() noexcept {
  if (Watching()) FailOfTerminate("abort() was called");
  HAMMERLOCK_REAL(abort)();
  __builtin_unreachable();
}

void __assert_fail(const char* condition, const char* file, unsigned line,
                   const char* function) noexcept {
  if (Watching()) {
    FailHere(FailureKind::kAssertion, "assertion failed: %s, at %s:%u in %s", condition, file, line,
             function != nullptr ? function : "?");
  }
  HAMMERLOCK_REAL(__assert_fail)(condition, file, line, function);
  __builtin_unreachable();
}

void __assert_perror_fail(int error, const char* file, unsigned line,
                          const char* function) noexcept {
  if (Watching()) {
    FailHere(FailureKind::kAssertion, "assertion failed: unexpected error %s, at %s:%u in %s",
             strerrorname_np(error), file, line, function != nullptr ? function : "?");
  }
  HAMMERLOCK_REAL(__assert_perror_fail)(error, file, line, function);
  __builtin_unreachable();
}

void exit(int code) noexcept {
  if (Watching()) ExitWith(code);
  HAMMERLOCK_REAL(exit)(code);
  __builtin_unreachable();
}

void _exit(int code) {
  if (Watching()) EndWith(code);
  HAMMERLOCK_REAL(_exit)(code);
  __builtin_unreachable();
}

void _Exit(int code) noexcept { _exit(code); }

// What at_quick_exit, a part of the program itself, calls.
int __cxa_at_quick_exit(void (*function)(void*), void* library) noexcept {
  if (!Watching()) {
    using Function = int(void (*)(void*), void*);
    static auto* const real = reinterpret_cast<Function*>(RealFunction(__func__));
    return real(function, library);
  }
  ForgetEarlierQuick();
  if (quick_count == kMaxQuick) return -1;
  quick[quick_count++] = function;
  return 0;
}

void quick_exit(int code) noexcept {
  if (!Watching()) HAMMERLOCK_REAL(quick_exit)(code);
  ForgetEarlierQuick();
  while (quick_count != 0) quick[--quick_count](nullptr);
  EndWith(code);
}

int raise(int number) noexcept {
  if (Watching()) FailIfItKills(number);
  return HAMMERLOCK_REAL(raise)(number);
}

int kill(pid_t process, int number) noexcept {
  if (Watching() && (process == 0 || process == getpid())) FailIfItKills(number);
  return HAMMERLOCK_REAL(kill)(process, number);
}

}  // extern "C"
