// SPDX-License-Identifier: Apache-2.0
#include "explore/explore_engine.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "explore/failing_steps.h"
#include "explore/runtime/runtime.h"
#include "explore/runtime/search.h"
#include "explore/scenario_run.h"
#include "scenario/budget.h"

namespace hammerlock::explore {
namespace {

// A program is run so often before the next one is drawn.
constexpr uint64_t kExecutionsAProgram = 100;
// Looking at the clock costs about as much as a small execution's tenth.
constexpr uint64_t kExecutionsALook = 16;
// Steps that making a failure small may take at most, whatever --shrink allows.
constexpr uint64_t kShrinkSteps = 20'000'000;

struct Found {
  uint64_t number;  // Of the execution, in the run's order from 1.
  Trace program;
  Failing failing;
};

// Runs executions until the budget is spent or, as the plan wants it, one fails. Returns the first
// that failed.
std::optional<Found> Search(ScenarioRun& run, const Plan& plan, const Budget& budget,
                            Progress& progress, Tally& tally) {
  std::optional<Found> found;
  bool draws = !plan.trace;
  for (uint64_t number = 1;; ++number) {
    if (draws && number % kExecutionsAProgram == 1) {
      run.SetProgram(run.DrawProgram(plan.seed * 0x9e3779b97f4a7c15u + number));
      draws = !run.program().empty();
    }
    std::optional<Failing> failing = run.RunSeeded(plan.seed, number, tally);
    if (failing && !found) found = Found{number, run.program(), *std::move(failing)};
    if (found && plan.stop_at_first) break;
    if (number % kExecutionsALook == 0 || number == plan.executions) {
      progress.executions.store(number, std::memory_order_relaxed);  // a count, no more
      if (!budget.Left(number) || progress.Enough()) break;
    }
  }
  progress.executions.store(tally.executions(), std::memory_order_relaxed);  // likewise
  return found;
}

// What was run, where the scenario has several programs.
void AppendProgram(const Scenario& scenario, const Trace& program, Result& result) {
  const std::string explanation = scenario.Explain(program);
  if (explanation.empty()) return;
  absl::StrAppend(&result.why, result.why.empty() || result.why.back() == '\n' ? "" : "\n",
                  explanation);
}

// Runs the one execution that the plan's choices stand for.
void Replay(Scenario& scenario, ScenarioRun& run, const Plan& plan, Result& result) {
  result.verdict = Verdict::kInconclusive;
  static ChoiceTrace& trace = NewTrace();
  if (!ParseTrace(plan.choices.c_str(), &trace)) {
    result.why = "the part of the replay after '~' is no trace of the explorer";
    return;
  }
  // As a search does first: what is initialised at its first use is then no part of the
  // execution.
  run.DrawProgram(plan.seed);
  g_chooser.Repeat(trace.choices, trace.size);
  if (const std::optional<Failing> failing = run.RunOnce(result.tally)) {
    result.verdict = Verdict::kFail;
    result.why = failing->why;
    TellSteps(run, trace, *failing, result);
    AppendProgram(scenario, *plan.trace, result);
    result.replay = ReplayString(scenario.name(), scenario.Print(*plan.trace), plan.choices);
  } else {
    result.why =
        g_chooser.diverged()
            ? "this trace was recorded with another build or other flags: its choices do not fit"
            : "the replay did not fail: it was recorded with another build or other flags";
  }
}

// Fills in how a failing execution is repeated and what it looks like. Making it small takes
// `shrink` executions of its program at most; 0: it stays as it is.
void Tell(Scenario& scenario, ScenarioRun& run, const Found& found, uint64_t seed, uint64_t shrink,
          Result& result) {
  static ChoiceTrace& trace = NewTrace();
  run.SetProgram(found.program);
  uint64_t number = found.number;
  if (shrink != 0) run.ShrinkProgram(found.failing, seed, &number);
  result.why = found.failing.why;
  if (!run.Capture(seed, number, found.failing, &trace)) {
    absl::StrAppend(&result.why,
                    "\nIt did not fail when it was run again: something in it does not repeat, "
                    "such as a value that depends on time or on an address.\n",
                    scenario.Explain(run.program()));
    return;
  }
  if (shrink != 0) {
    run.Shrink(found.failing, &trace,
               std::min(shrink, kShrinkSteps / std::max<uint64_t>(found.failing.steps, 1)));
  }
  // Once more, for the text of the shrunk one.
  Tally tally;
  g_chooser.Repeat(trace.choices, trace.size);
  const std::optional<Failing> failing = run.RunOnce(tally);
  if (!failing) {
    absl::StrAppend(&result.why, "\nIt did not fail when its trace was run again.\n",
                    scenario.Explain(run.program()));
    return;
  }
  result.why = failing->why;
  TellSteps(run, trace, *failing, result);
  AppendProgram(scenario, run.program(), result);
  TraceText text;
  const bool fits = PrintTrace(trace, &text);
  result.replay =
      ReplayString(scenario.name(), scenario.Print(run.program()), fits ? text.text : "");
}

}  // namespace

void ExploreEngine::AddFlags(Flags& flags) {
  std::vector<std::string> strategies;
  for (const char* const* name = kStrategyNames; *name != nullptr; ++name) {
    strategies.push_back(*name);
  }
  flags.Add("strategy", "how choices are made", &strategy_, std::move(strategies));
  flags.Add("max_steps",
            "so many, and an execution goes on with a fair scheduler for as many again",
            &max_steps_);
  flags.Add("race", "whether data races are failures", &race_);
  flags.Add("load_buffering", "whether loads may read stores that other threads promise",
            &load_buffering_);
  flags.Add("leak", "whether memory that is left at the end is a failure", &leak_);
  flags.Add("shrink", "executions spent on making a failure small; 0: none", &shrink_);
}

absl::Status ExploreEngine::Prepare() {
  if (max_steps_ == 0) return absl::InvalidArgumentError("--max_steps=0: give at least 1");
  return absl::OkStatus();
}

std::vector<std::string> ExploreEngine::ReplayFlags() const {
  std::vector<std::string> flags;
  if (max_steps_ != Options().max_steps) flags.push_back(absl::StrCat("--max_steps=", max_steps_));
  if (!race_) flags.push_back("--race=0");
  if (leak_) flags.push_back("--leak");
  if (load_buffering_) flags.push_back("--load_buffering");
  return flags;
}

Result ExploreEngine::Run(Scenario& scenario, const Plan& plan, Progress& progress) {
  const Budget budget(plan.executions, plan.seconds);
  Options options;
  options.max_steps = max_steps_;
  options.race = race_;
  options.leak = leak_;
  options.load_buffering = load_buffering_;
  explore::Prepare(options);
  Strategy strategy = Strategy::kPortfolio;
  ParseStrategy(strategy_.c_str(), &strategy);
  ScenarioRun run(scenario, strategy);
  if (plan.trace) run.SetProgram(*plan.trace);

  Result result;
  result.tally = scenario.Described();
  if (plan.trace && !plan.choices.empty()) {
    Replay(scenario, run, plan, result);
  } else {
    const std::optional<Found> found = Search(run, plan, budget, progress, result.tally);
    result.verdict = VerdictOf(result.tally);
    if (found) {
      Tell(scenario, run, *found, plan.seed, shrink_, result);
    } else {
      result.why = result.tally.why_inconclusive();
    }
  }
  if (load_buffering_) result.more.emplace_back("discarded", absl::StrCat(run.discarded()));
  result.seconds = budget.spent();
  return result;
}

}  // namespace hammerlock::explore
