// SPDX-License-Identifier: Apache-2.0
//
// The runtime, for what drives it: runs a function over and over as executions of the C++20
// abstract machine. The driver is ordinary code on the process's main thread.
#pragma once

#include <cstddef>
#include <cstdint>

#include "explore/runtime/choose.h"
#include "explore/runtime/scheduler.h"

namespace hammerlock::explore {

struct Options {
  uint64_t max_steps = 200000;  // Scheduling points of an execution, until it counts as endless.
  bool race = true;
  bool leak = false;
  bool load_buffering = false;  // By promises: promise.h.
};

// Call it once, before anything else here.
void Prepare(const Options& options);

// What one execution came to.
struct Ending {
  FailureKind failure = FailureKind::kNone;
  bool endless = false;  // Cut off after max_steps, and as many in the fair phase (progress.h).
  bool unfair = false;   // It has had max_steps, and ended in the fair phase.
  // A promise was not kept: this was no execution, and nothing of it counts (load_buffering).
  bool discarded = false;
  uint64_t steps = 0;
  int threads = 0;
  char why[1024] = {};       // One sentence, if it failed.
  uint64_t fingerprint = 0;  // Of the failure: the same kind at the same place.
};

// Runs `body(argument)` as one execution on fibers, choosing as g_chooser was told. The memory that
// it allocated stays readable until the next one begins.
const Ending& Execute(void (*body)(void*), void* argument);

// For code of the harness that runs inside an execution: while one lives, nothing is watched,
// memory comes from the real heap, and no other thread runs.
class Unobserved {
 public:
  Unobserved() : was_(g_watching) { g_watching = false; }
  ~Unobserved() { g_watching = was_; }
  Unobserved(const Unobserved&) = delete;
  Unobserved& operator=(const Unobserved&) = delete;

 private:
  const bool was_;
};

// Ends this execution and runs it again from its start, with the same choices: something that the
// engine sets up beforehand was found to be needed.
[[noreturn]] void BeginAgain();

// Ends this execution, which turned out to be none.
[[noreturn]] void Discard();
// To be called where the program's threads have ended, before anything is concluded from what
// they did: discards the execution if a promise was not kept.
void RequirePromisesKept();

// Whether code compiled with the explorer's instrumentation has run.
extern bool g_instrumented;
extern uint32_t g_step;

}  // namespace hammerlock::explore
