// SPDX-License-Identifier: Apache-2.0
#include "fuzz/judge.h"

#include <memory>
#include <numeric>
#include <vector>

#include "absl/strings/str_cat.h"
#include "fuzz/sanitizer_reports.h"

namespace hammerlock::fuzz {

Tally Judge::Run(Scenario& scenario, Choices& choices, Choices& schedule) {
  Tally tally;
  const size_t size = schedule_ == Schedule::kInTurn ? 1 : repetitions_;
  const std::unique_ptr<Batch> batch = scenario.Make(choices, size);
  order_.clear();
  if (batch->threads() > Crew::kMaxThreads) {
    tally.Inconclusive(absl::StrCat("an execution has ", batch->threads(), " threads, and at most ",
                                    Crew::kMaxThreads, " are run"));
    return tally;
  }
  const int reports = SanitizerReports();
  if (schedule_ == Schedule::kInTurn) {
    RunInTurn(*batch, schedule);
  } else {
    if (!crew_) crew_.emplace();
    crew_->Run(*batch, size, schedule.Choose(256));
  }
  batch->Finish({0, size}, tally);
  if (SanitizerReports() != reports) {
    tally.Blame("ThreadSanitizer reported an error; its report stands above");
  }
  return tally;
}

void Judge::RunInTurn(Batch& batch, Choices& schedule) {
  std::vector<int> waiting(batch.threads());
  std::iota(waiting.begin(), waiting.end(), 0);
  while (!waiting.empty()) {
    const auto next = waiting.begin() + schedule.Choose(static_cast<unsigned>(waiting.size()));
    const int thread = *next;
    waiting.erase(next);
    if (batch.threads() > 1) absl::StrAppend(&order_, order_.empty() ? "" : ", ", thread);
    batch.Run(thread, {0, 1});
  }
}

bool Judge::Draws(Scenario& scenario) {
  TraceChoices simplest({});
  RecordingChoices choices(simplest);
  scenario.Make(choices, 0);  // Fresh executions might leak what running them frees.
  return !choices.trace().empty();
}

}  // namespace hammerlock::fuzz
