// SPDX-License-Identifier: Apache-2.0
#include "explore/foreign/worker.h"

#include <stdio.h>
#include <string.h>

#include "explore/foreign/elapsed.h"
#include "explore/foreign/program.h"
#include "explore/foreign/watchdog.h"
#include "explore/runtime/runtime.h"

namespace hammerlock::explore {
namespace {

uint64_t CountChoices(const ChoiceTrace& trace) {
  uint64_t count = 0;
  for (size_t i = 0; i < trace.size; ++i) count += trace.choices[i] != 0;
  return count;
}

void Count(const Ending& ending, Findings* findings) {
  if (ending.discarded) ++findings->discarded;
  if (ending.discarded) return;
  ++findings->executions;
  if (ending.endless) ++findings->endless;
  if (PresentOutcome()[0] != '\0') findings->outcomes.Add(PresentOutcome(), 1);
  findings->instrumented = g_instrumented;
}

// Runs again what failed: true if it fails in the same way.
bool FailsAlike(void* fingerprint) {
  const Ending& ending = RunProgram(false);
  return ending.failure != FailureKind::kNone &&
         ending.fingerprint == *static_cast<const uint64_t*>(fingerprint);
}

// From the first failure and its trace to the smallest that fails so.
void Digest(const ForeignOptions& options, const Ending& ending, ChoiceTrace* trace,
            Findings* findings) {
  memcpy(findings->why, ending.why, sizeof(ending.why));
  uint64_t fingerprint = ending.fingerprint;
  const Attempt attempt = {FailsAlike, &fingerprint};
  findings->choices = findings->choices_shrunk = CountChoices(*trace);
  // To stand still takes its time, each time: it is believed.
  const bool slow = StoodStill();
  g_chooser.Repeat(trace->choices, trace->size);
  findings->repeats = slow || (trace->size < kMaxTrace && FailsAlike(&fingerprint));
  if (!findings->repeats) return;
  if (!slow) Shrink(attempt, trace, options.shrink);
  findings->choices_shrunk = CountChoices(*trace);
  findings->has_trace = PrintTrace(*trace, &findings->trace);
}

}  // namespace

void Explore(const ForeignOptions& options, uint64_t seed, uint64_t executions, bool pass_output,
             const volatile bool* stop, Findings* findings) {
  const timespec begin = TimeNow();
  findings->seed = seed;
  PrepareProgram();
  WatchForStandstill();
  const bool stops_at_first = strcmp(options.stop, "first") == 0;
  const bool all_output = strcmp(options.output, "all") == 0;
  ChoiceTrace& trace = NewTrace();
  // The clock is looked at after so many steps: it costs as much as a short execution.
  constexpr uint64_t kStepsBetween = 2000;
  uint64_t steps = 0;
  for (uint64_t number = 1; executions == 0 || number <= executions; ++number) {
    if (*stop) break;
    if (options.seconds != 0 && steps >= kStepsBetween) {
      steps = 0;
      if (SecondsSince(begin) >= options.seconds) break;
    }
    SeedExecution(seed, number, options.strategy);
    g_chooser.Record(trace.choices, kMaxTrace);
    const Ending& ending = RunProgram((pass_output && number == 1) || all_output);
    steps += ending.steps + 20;
    Count(ending, findings);
    if (ending.failure != FailureKind::kNone) {
      ++findings->failures;
      if (findings->first_failure == 0) {
        findings->first_failure = number;
        findings->why[0] = '\0';
        trace.size = g_chooser.recorded() < kMaxTrace ? g_chooser.recorded() : kMaxTrace;
        const Ending first = ending;
        Digest(options, first, &trace, findings);
        if (stops_at_first) break;
      }
    }
    // Nothing to choose: all executions are this one.
    if (number == 1 && !options.bounded && g_chooser.recorded() == 0) break;
  }
  findings->seconds = SecondsSince(begin);
  findings->finished = true;
}

void Repeat(const ForeignOptions& options, const char* text, Findings* findings) {
  const timespec begin = TimeNow();
  findings->seed = options.seed;
  PrepareProgram();
  WatchForStandstill();
  ChoiceTrace& trace = NewTrace();
  if (!ParseTrace(text, &trace)) {
    findings->misfit = true;
  } else {
    g_chooser.Repeat(trace.choices, trace.size);
    const Ending& ending = RunProgram(strcmp(options.output, "none") != 0);
    Count(ending, findings);
    findings->misfit = g_chooser.diverged() || ending.failure == FailureKind::kNone;
    if (ending.failure != FailureKind::kNone && !findings->misfit) {
      findings->failures = findings->first_failure = 1;
      memcpy(findings->why, ending.why, sizeof(ending.why));
      findings->repeats = true;
      findings->choices = findings->choices_shrunk = CountChoices(trace);
      findings->has_trace = PrintTrace(trace, &findings->trace);
    }
  }
  findings->seconds = SecondsSince(begin);
  findings->finished = true;
}

}  // namespace hammerlock::explore
