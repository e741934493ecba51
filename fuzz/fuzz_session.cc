// SPDX-License-Identifier: Apache-2.0
#include "fuzz/fuzz_session.h"

#include <fnmatch.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "fuzz/byte_choices.h"
#include "fuzz/sanitizer_reports.h"
#include "scenario/flags.h"
#include "scenario/output_file.h"

namespace hammerlock::fuzz {
namespace {

#if defined(__has_feature) && __has_feature(thread_sanitizer)
constexpr bool kThreadSanitizer = true;
#else
constexpr bool kThreadSanitizer = false;
#endif

double Now() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

bool Matches(const std::string& name, std::string_view filter) {
  const std::vector<std::string> patterns = absl::StrSplit(filter, absl::ByAnyChar(",:"));
  return std::any_of(patterns.begin(), patterns.end(), [&](const std::string& pattern) {
    return fnmatch(pattern.c_str(), name.c_str(), 0) == 0;
  });
}

std::string Names(const std::vector<Scenario*>& scenarios) {
  return absl::StrJoin(scenarios, ", ",
                       [](std::string* out, Scenario* s) { out->append(s->name()); });
}

std::string ReplayOf(const Scenario& scenario, const Trace& trace) {
  return ReplayString(scenario.name(), scenario.Print(trace));
}

}  // namespace

absl::Status FuzzSession::Start(std::string_view options) {
  Flags flags;
  flags.Add("filter", "the scenarios to run: names or patterns with * and ?", &filter_);
  flags.Add("replay", "the replay= that a failing run printed", &replay_);
  flags.Add("report", "a file for the results, as JSON", &report_);
  flags.Add("seed", "libFuzzer's; 0: another each time", &seed_);
  flags.Add("executions", "about how many inputs; 0: no bound", &executions_);
  flags.Add("seconds", "about how long; 0: no bound", &seconds_);
  flags.Add("repetitions", "how often an input runs where threads run at once", &repetitions_);
  flags.Add("schedule", "threads one after the other, or at once; auto: at once under TSan",
            &schedule_, {"auto", "in_turn", "at_once"});
  flags.Add("explain", "print each input's program before it runs", &explain_);
  absl::Status status = flags.ParseEnvironment(options);
  if (!status.ok()) return status;

  const bool at_once = schedule_ == "auto" ? kThreadSanitizer : schedule_ == "at_once";
  judge_.emplace(at_once ? Schedule::kAtOnce : Schedule::kInTurn,
                 std::max<uint64_t>(repetitions_, 1));
  for (const auto& scenario : Scenarios()) {
    if (Judge::Draws(*scenario)) fuzzable_.push_back(scenario.get());
  }
  if (fuzzable_.empty()) {
    return absl::InvalidArgumentError(
        "this program has no scenario whose program is made from choices, so there is nothing to "
        "fuzz: see scenario/linearizable.h");
  }
  for (Scenario* scenario : fuzzable_) {
    if (filter_.empty() || Matches(scenario->name(), filter_)) selected_.push_back(scenario);
  }
  if (selected_.empty()) {
    return absl::InvalidArgumentError(
        absl::StrCat("filter=", filter_, " matches no scenario; there are: ", Names(fuzzable_)));
  }
  if (has_replay()) {
    const absl::StatusOr<Replay> replay = ParseReplay(replay_);
    if (!replay.ok()) return replay.status();
    const auto it = std::find_if(fuzzable_.begin(), fuzzable_.end(),
                                 [&](const Scenario* s) { return s->name() == replay->scenario; });
    if (it == fuzzable_.end()) {
      return absl::InvalidArgumentError(
          absl::StrCat("the replay is of scenario ", replay->scenario,
                       ", which this program does not have; it has: ", Names(fuzzable_)));
    }
    running_ = *it;
    absl::StatusOr<Trace> trace = running_->Parse(replay->program);
    if (!trace.ok()) return trace.status();
    replayed_ = *std::move(trace);
  }
  started_ = Now();
  return absl::OkStatus();
}

std::vector<std::string> FuzzSession::LibFuzzerFlags() const {
  // Long inputs from the start: what is interesting in an object comes after many calls.
  // Measured: the canary lap_ring_forgets after 1,000 inputs instead of 8,000.
  std::vector<std::string> flags = {"-len_control=0"};
  if (seed_ != 0) flags.push_back(absl::StrCat("-seed=", seed_));
  if (executions_ != 0) flags.push_back(absl::StrCat("-runs=", executions_));
  if (seconds_ != 0) {
    flags.push_back(absl::StrCat("-max_total_time=", static_cast<uint64_t>(std::ceil(seconds_))));
  }
  return flags;
}

Scenario& FuzzSession::ScenarioOf(unsigned choice) const {
  // An input keeps its meaning whatever the filter, as long as the filter lets it through.
  Scenario* const scenario = fuzzable_[choice];
  const bool selected = std::find(selected_.begin(), selected_.end(), scenario) != selected_.end();
  return selected ? *scenario : *selected_[choice % selected_.size()];
}

Result FuzzSession::ResultOf(const Scenario& scenario, const Trace& trace,
                             const Tally& tally) const {
  Result result;
  result.scenario = scenario.name();
  result.file = scenario.file();
  result.line = scenario.line();
  result.tally = tally_;
  result.tally.AddCounts(tally);
  result.seconds = Now() - started_;
  result.seed = seed_;
  result.verdict = VerdictOf(tally);
  if (result.verdict == Verdict::kFail) {
    result.replay = ReplayOf(scenario, trace);
    result.why = absl::StrCat(tally.first_failure()->why, "\n", scenario.Explain(trace));
    if (!judge_->order().empty()) {
      absl::StrAppend(&result.why, "the threads ran one after the other: ", judge_->order(), "\n");
    }
  } else if (result.verdict == Verdict::kInconclusive) {
    result.why = tally.why_inconclusive();
  }
  return result;
}

Result FuzzSession::RunReplay() {
  const double seconds = seconds_ != 0 ? seconds_ : 1;
  Tally tally;
  // Each time in another order, or with other delays.
  for (uint64_t seed = 1; tally.failures() == 0 && Now() - started_ < seconds; ++seed) {
    if (executions_ != 0 && tally.executions() >= executions_) break;
    TraceChoices program(replayed_);
    RecordingChoices choices(program);
    recorded_ = &choices;
    SeededChoices schedule(seed);
    tally.AddCounts(judge_->Run(*running_, choices, schedule));
  }
  recorded_ = nullptr;
  return ResultOf(*running_, replayed_, tally);
}

void FuzzSession::RunInput(std::span<const uint8_t> input) {
  ByteChoices bytes(input);
  running_ = &ScenarioOf(bytes.Choose(static_cast<unsigned>(fuzzable_.size())));
  RecordingChoices choices(bytes);
  recorded_ = &choices;
  if (explain_) {
    ByteChoices peek(input.subspan(bytes.used()));
    RecordingChoices program(peek);
    running_->Make(program, 0);
    std::fprintf(stderr, "%s\n%sreplay=%s\n", running_->name().c_str(),
                 running_->Explain(program.trace()).c_str(),
                 ReplayOf(*running_, program.trace()).c_str());
  }
  const Tally tally = judge_->Run(*running_, choices, bytes);
  recorded_ = nullptr;
  if (tally.failures() != 0) {
    TellAndLeave(ResultOf(*running_, choices.trace(), tally));
    OnSanitizerDeath(nullptr);
    std::abort();
  }
  tally_.AddCounts(tally);
}

void FuzzSession::TellDeath(std::string_view why) {
  if (recorded_ == nullptr) return;
  Tally tally;
  tally.Fail(std::string(why));
  TellAndLeave(ResultOf(*running_, recorded_->trace(), tally));
}

Result FuzzSession::Summary() const {
  Result result;
  result.scenario = selected_.size() == 1 ? selected_[0]->name() : "*";
  result.tally = tally_;
  result.seconds = Now() - started_;
  result.seed = seed_;
  if (tally_.executions() == 0) {
    result.why = "no input was run, so nothing was tested";
  } else if (tally_.inconclusive() != 0) {
    result.why = tally_.why_inconclusive();
  } else {
    result.verdict = Verdict::kPass;
  }
  return result;
}

void FuzzSession::Tell(const Result& result) const {
  std::string text;
  if (!result.why.empty()) {
    if (!result.file.empty()) {
      absl::StrAppend(&text, result.scenario, ", ", result.file, ":", result.line, "\n");
    }
    absl::StrAppend(&text, result.why, result.why.back() == '\n' ? "" : "\n");
  }
  absl::StrAppend(&text, LastLine(result), "\n");
  std::fputs(text.c_str(), stderr);
  if (report_.empty()) return;
  absl::StatusOr<OutputFile> file = OutputFile::Open(report_);
  const absl::Status status =
      file.ok() ? std::move(*file).Commit(ReportJson({result})) : file.status();
  if (!status.ok()) std::fprintf(stderr, "hammerlock: %s\n", std::string(status.message()).c_str());
}

void FuzzSession::TellAndLeave(const Result& result) const {
  Tell(result);
  const char* const path = std::getenv("HAMMERLOCK_VERDICT_FILE");
  std::FILE* const file = path ? std::fopen(path, "w") : nullptr;
  if (file == nullptr) return;
  std::fprintf(file, "%s\n", LastLine(result).c_str());
  std::fclose(file);
}

}  // namespace hammerlock::fuzz
