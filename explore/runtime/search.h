// SPDX-License-Identifier: Apache-2.0
//
// Search: from seeds to executions, from a failing execution to its trace, and from a trace to
// the smallest one found that fails in the same way.
#pragma once

#include <cstddef>
#include <cstdint>

#include "explore/runtime/choose.h"
#include "explore/runtime/runtime.h"

namespace hammerlock::explore {

// What each is good for, and what it promises: docs/explorer.md. How PCT, PCTWM and POS work:
// priorities.h.
enum class Strategy : uint8_t { kPortfolio, kWalk, kPct, kPctwm, kPos };

// Their names in this order, then null.
extern const char* const kStrategyNames[];
// False: there is none of this name.
bool ParseStrategy(const char* name, Strategy* strategy);

// Readies g_chooser for the execution of this number. Executions are independent of each other:
// each has a seed of its own, made from the run's.
void SeedExecution(uint64_t seed, uint64_t number, Strategy strategy);

// A trace as text: letters, digits and '-', so that it can stand in a flag, in an environment
// variable and in a shell command. Zeros are counted, and those at the end left out.
struct TraceText {
  static constexpr size_t kMax = 7000;
  char text[kMax + 1];
};
inline constexpr size_t kMaxTrace = size_t{1} << 20;

struct ChoiceTrace {
  uint16_t* choices;  // kMaxTrace of them.
  size_t size;
};
ChoiceTrace& NewTrace();

// False: the trace does not fit into a text.
bool PrintTrace(const ChoiceTrace& trace, TraceText* into);
// False: the text is no trace.
bool ParseTrace(const char* text, ChoiceTrace* into);

// A way to run one execution: true if it failed in the way that is looked for.
struct Attempt {
  bool (*run)(void* argument);
  void* argument;
};

// Runs again what SeedExecution readied last and that failed; its choices are in `trace`
// thereafter. False: it did not fail this time, so something in it does not repeat.
bool Capture(uint64_t seed, uint64_t number, Strategy strategy, const Attempt& attempt,
             ChoiceTrace* trace);

// Makes choices 0, as many as can be, so that it still fails: fewer switches, fewer stale reads.
// At most `budget` executions.
void Shrink(const Attempt& attempt, ChoiceTrace* trace, uint64_t budget);

}  // namespace hammerlock::explore
