// SPDX-License-Identifier: Apache-2.0
#include "explore/foreign/signals.h"

#include <signal.h>

#include "explore/foreign/globals.h"
#include "explore/runtime/posix_internal.h"

namespace hammerlock::explore {
namespace {

// By number, what was there before this execution changed it.
struct sigaction before[NSIG];
bool changed[NSIG];
bool any_changed = false;

// The system's one mask is that of all threads of the program.
sigset_t first_mask;
bool mask_changed = false;

void WillChange(int number) {
  if (number == SIGSEGV) StopWatchingGlobals();
  if (number <= 0 || number >= NSIG || changed[number]) return;
  if (HAMMERLOCK_REAL(sigaction)(number, nullptr, &before[number]) != 0) return;
  changed[number] = any_changed = true;
}

}  // namespace

void PrepareSignals() { sigprocmask(SIG_SETMASK, nullptr, &first_mask); }

void RestoreSignals() {
  if (mask_changed) {
    mask_changed = false;
    HAMMERLOCK_REAL(sigprocmask)(SIG_SETMASK, &first_mask, nullptr);
  }
  if (!any_changed) return;
  any_changed = false;
  for (int number = 1; number < NSIG; ++number) {
    if (!changed[number]) continue;
    changed[number] = false;
    HAMMERLOCK_REAL(sigaction)(number, &before[number], nullptr);
  }
}

}  // namespace hammerlock::explore

using namespace hammerlock::explore;

extern "C" {

int sigaction(int number, const struct sigaction* fresh, struct sigaction* old) noexcept {
  if (Watching() && fresh != nullptr) WillChange(number);
  return HAMMERLOCK_REAL(sigaction)(number, fresh, old);
}

int sigprocmask(int how, const sigset_t* fresh, sigset_t* old) noexcept {
  if (Watching() && fresh != nullptr) mask_changed = true;
  return HAMMERLOCK_REAL(sigprocmask)(how, fresh, old);
}

int pthread_sigmask(int how, const sigset_t* fresh, sigset_t* old) noexcept {
  if (Watching() && fresh != nullptr) mask_changed = true;
  return HAMMERLOCK_REAL(pthread_sigmask)(how, fresh, old);
}

sighandler_t signal(int number, sighandler_t handler) noexcept {
  if (Watching()) WillChange(number);
  return HAMMERLOCK_REAL(signal)(number, handler);
}

}  // extern "C"
