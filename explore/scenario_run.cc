// SPDX-License-Identifier: Apache-2.0
#include "explore/scenario_run.h"

#include <array>
#include <memory>
#include <utility>

#include "scenario/internal/unobserved.h"

namespace hammerlock::explore {
namespace {

// While the batch is made, its program comes from a trace; thereafter the engine chooses.
class ExecutionChoices : public Choices {
 public:
  explicit ExecutionChoices(const Trace& program) : program_(program) {}

  unsigned Choose(unsigned n) override {
    if (running_) return explore::Choose(n);
    const unsigned choice = next_ < program_.size() ? program_[next_++] : 0;
    return choice < n ? choice : 0;
  }
  void Running() { running_ = true; }

 private:
  const Trace& program_;
  size_t next_ = 0;
  bool running_ = false;
};

constexpr int kMaxThreadsOfABatch = 64;

struct Part {
  Batch* batch;
  int thread;
};

void* RunPart(void* argument) {
  const Part& part = *static_cast<const Part*>(argument);
  part.batch->Run(part.thread, {0, 1});
  return nullptr;
}

}  // namespace

Trace ScenarioRun::DrawProgram(uint64_t seed) {
  SeededChoices source(seed);
  RecordingChoices recording(source);
  scenario_.Make(recording, 1);
  return recording.trace();
}

void ScenarioRun::Body(void* self) { static_cast<ScenarioRun*>(self)->RunBody(); }

void ScenarioRun::RunBody() {
  ExecutionChoices choices(program_);
  std::unique_ptr<Batch> batch = scenario_.Make(choices, 1);
  choices.Running();
  const int threads = batch->threads();
  if (threads > kMaxThreadsOfABatch) Unsupported("a scenario with %d threads", threads);
  std::array<Part, kMaxThreadsOfABatch> parts;
  std::array<Thread*, kMaxThreadsOfABatch> started;
  for (int t = 1; t < threads; ++t) {
    parts[t] = {batch.get(), t};
    started[t] = Spawn(&RunPart, &parts[t]);
  }
  batch->Run(0, {0, 1});
  for (int t = 1; t < threads; ++t) {
    while (!started[t]->finished) Block(started[t], "join");
    Acquire(started[t]->clock);
  }
  RequirePromisesKept();
  batch->Finish({0, 1}, *tally_);
}

std::optional<Failing> ScenarioRun::RunOnce(Tally& tally) {
  const uint64_t failures = tally.failures();
  const uint64_t executions = tally.executions();
  tally_ = &tally;
  const Ending& ending = Execute(&Body, this);
  steps_ += ending.steps;
  if (ending.discarded) {
    ++discarded_;
    return std::nullopt;
  }
  if (ending.failure != FailureKind::kNone) {
    // What failed while the batch was taken down has been counted already.
    if (tally.executions() != executions) {
      if (tally.failures() == failures) tally.Blame(ending.why);
    } else {
      tally.Fail(ending.why);
    }
    return Failing{ending.fingerprint, ending.why, ending.steps};
  }
  if (tally.failures() != failures) {
    return Failing{0, failures == 0 ? tally.first_failure()->why : "a further failure",
                   ending.steps};
  }
  if (ending.endless && tally.executions() == executions) {
    tally.Inconclusive(
        "an execution had not ended after its steps (--max_steps), nor in as "
        "many more under a fair scheduler, but kept coming to new states");
  }
  return std::nullopt;
}

std::optional<Failing> ScenarioRun::RunSeeded(uint64_t seed, uint64_t number, Tally& tally) {
  SeedExecution(seed, number, strategy_);
  return RunOnce(tally);
}

bool ScenarioRun::FailsAlike(void* self) {
  ScenarioRun& run = *static_cast<ScenarioRun*>(self);
  Tally ignored;
  const std::optional<Failing> failing = run.RunOnce(ignored);
  return failing && failing->fingerprint == run.failing_->fingerprint;
}

bool ScenarioRun::Capture(uint64_t seed, uint64_t number, const Failing& failing,
                          ChoiceTrace* trace) {
  failing_ = &failing;
  return explore::Capture(seed, number, strategy_, {&FailsAlike, this}, trace);
}

void ScenarioRun::Shrink(const Failing& failing, ChoiceTrace* trace, uint64_t budget) {
  failing_ = &failing;
  explore::Shrink({&FailsAlike, this}, trace, budget);
}

bool ScenarioRun::ShrinkProgram(const Failing& failing, uint64_t seed, uint64_t* number) {
  constexpr uint64_t kExecutionsEach = 500;
  bool any = false;
  for (bool smaller = true; smaller;) {
    smaller = false;
    const Trace program = program_;
    for (Trace& candidate : scenario_.Smaller(program)) {
      program_ = std::move(candidate);
      for (uint64_t i = 1; i <= kExecutionsEach && !smaller; ++i) {
        Tally ignored;
        const std::optional<Failing> found = RunSeeded(seed, i, ignored);
        if (!found || found->fingerprint != failing.fingerprint) continue;
        smaller = any = true;
        *number = i;
      }
      if (smaller) break;
      program_ = program;
    }
  }
  return any;
}

}  // namespace hammerlock::explore
