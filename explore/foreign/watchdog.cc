// SPDX-License-Identifier: Apache-2.0
#include "explore/foreign/watchdog.h"

#include <signal.h>
#include <sys/time.h>

#include "explore/runtime/cell.h"
#include "explore/runtime/execution.h"
#include "explore/runtime/posix_internal.h"
#include "explore/runtime/runtime.h"

namespace hammerlock::explore {
namespace {

// Of processor time, in seconds.
constexpr int kPeriod = 1;
constexpr int kPatience = 5;

uint32_t seen_epoch = 0;
uint32_t seen_step = 0;
int unchanged = 0;
bool stood_still = false;

void OnTick(int number) {
  const bool same = g_executing && g_epoch == seen_epoch && g_step == seen_step;
  seen_epoch = g_epoch;
  seen_step = g_step;
  unchanged = same ? unchanged + 1 : 0;
  // Only where it stands in the program's own code: the runtime's must not be left halfway.
  if (unchanged < kPatience || !g_watching) return;
  unchanged = 0;
  stood_still = true;
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, number);
  sigprocmask(SIG_UNBLOCK, &set, nullptr);
  FailHere(FailureKind::kLivelock,
           "thread %d has run for %d seconds without any operation that synchronises: it computes "
           "for ever, or waits for a variable that is not atomic (race=0 explores what does)",
           Self().id, kPatience * kPeriod);
}

}  // namespace

bool StoodStill() { return stood_still; }

void WatchForStandstill() {
  struct sigaction action = {};
  action.sa_handler = OnTick;
  action.sa_flags = SA_RESTART | SA_ONSTACK;
  sigaction(SIGPROF, &action, nullptr);
  const itimerval every = {{kPeriod, 0}, {kPeriod, 0}};
  setitimer(ITIMER_PROF, &every, nullptr);
}

}  // namespace hammerlock::explore
