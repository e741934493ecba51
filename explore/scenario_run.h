// SPDX-License-Identifier: Apache-2.0
//
// One scenario's executions in the explorer's runtime.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "explore/runtime/runtime.h"
#include "explore/runtime/search.h"
#include "scenario/choices.h"
#include "scenario/scenario.h"
#include "scenario/tally.h"

namespace hammerlock::explore {

// How an execution failed, for comparison: what the runtime saw, or what the scenario judged.
struct Failing {
  uint64_t fingerprint = 0;  // 0: the scenario's judgement.
  std::string why;
  uint64_t steps = 0;
};

// Thread safety: none.
class ScenarioRun {
 public:
  ScenarioRun(Scenario& scenario, Strategy strategy) : scenario_(scenario), strategy_(strategy) {}

  // What later executions run.
  void SetProgram(Trace program) { program_ = std::move(program); }
  const Trace& program() const { return program_; }

  // A program that a seed gives; empty where the scenario has but one.
  Trace DrawProgram(uint64_t seed);

  // Runs one execution with the choices that g_chooser was told, and counts it in `tally`.
  std::optional<Failing> RunOnce(Tally& tally);

  // Runs execution `number` of the run that `seed` stands for.
  std::optional<Failing> RunSeeded(uint64_t seed, uint64_t number, Tally& tally);

  // The choices of that execution, which failed as `failing`; made few.
  // False: it does not fail again.
  bool Capture(uint64_t seed, uint64_t number, const Failing& failing, ChoiceTrace* trace);
  void Shrink(const Failing& failing, ChoiceTrace* trace, uint64_t budget);

  // Looks for a smaller program that fails in the same way; true if there is one. Then it is the
  // program, and `number` is that of a failing execution of `seed`.
  bool ShrinkProgram(const Failing& failing, uint64_t seed, uint64_t* number);

  uint64_t steps() const { return steps_; }
  // Executions that were none: a promise was not kept (load buffering).
  uint64_t discarded() const { return discarded_; }

 private:
  static void Body(void* self);
  void RunBody();
  // Whether the execution that g_chooser was told fails as `failing_` did.
  static bool FailsAlike(void* self);

  Scenario& scenario_;
  const Strategy strategy_;
  Trace program_;
  Tally* tally_ = nullptr;
  const Failing* failing_ = nullptr;
  uint64_t steps_ = 0;
  uint64_t discarded_ = 0;
};

}  // namespace hammerlock::explore
