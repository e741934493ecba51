// SPDX-License-Identifier: Apache-2.0
#include "explore/foreign/findings.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "explore/runtime/scheduler.h"

namespace hammerlock::explore {

Findings* NewFindings(size_t count) {
  void* const p = mmap(nullptr, count * sizeof(Findings), PROT_READ | PROT_WRITE,
                       MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (p == MAP_FAILED) Unsupported("no memory for the findings of %zu processes", count);
  return static_cast<Findings*>(p);
}

void AddFindings(Findings* into, const Findings& from) {
  into->executions += from.executions;
  into->failures += from.failures;
  into->endless += from.endless;
  into->discarded += from.discarded;
  into->instrumented |= from.instrumented;
  into->misfit |= from.misfit;
  if (from.first_failure != 0 && into->first_failure == 0) {
    into->first_failure = from.first_failure;
    into->seed = from.seed;
    memcpy(into->why, from.why, sizeof(into->why));
    into->repeats = from.repeats;
    into->choices = from.choices;
    into->choices_shrunk = from.choices_shrunk;
    into->has_trace = from.has_trace;
    memcpy(&into->trace, &from.trace, sizeof(into->trace));
  }
  Outcomes::Counted* const counted = from.outcomes.Sorted();
  for (size_t i = 0; i < from.outcomes.distinct(); ++i)
    into->outcomes.Add(counted[i].text, counted[i].count);
  free(counted);
}

}  // namespace hammerlock::explore
