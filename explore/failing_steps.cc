// SPDX-License-Identifier: Apache-2.0
#include "explore/failing_steps.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "explore/report/explanation.h"
#include "explore/report/json.h"
#include "explore/report/story.h"
#include "explore/report/symbolizer.h"
#include "explore/report/text.h"
#include "explore/runtime/recording.h"
#include "explore/runtime/runtime.h"

namespace hammerlock::explore {

void TellSteps(ScenarioRun& run, const ChoiceTrace& trace, const Failing& failing, Result& result) {
  g_chooser.Repeat(trace.choices, trace.size);
  g_recording = true;
  Tally tally;
  const std::optional<Failing> again = run.RunOnce(tally);
  g_recording = false;
  if (!again || again->fingerprint != failing.fingerprint || again->why != failing.why) {
    absl::StrAppend(&result.why,
                    "\nIts steps are not shown: when they were written down it did not fail in the "
                    "same way.\n");
    return;
  }
  const Event* recorded;
  const size_t count = RecordedEvents(&recorded);
  std::vector<std::string> names;
  for (int t = 0; t < ThreadCount(); ++t) names.push_back(ThreadById(t).name);
  const Story story({recorded, recorded + count}, std::move(names),
                    LlvmSymbolizer("/proc/self/exe"));
  if (std::string explanation = Explanation(story); !explanation.empty()) {
    result.why = std::move(explanation);
  }
  result.steps = StepsText(story);
  result.steps_json = StepsJson(story);
}

}  // namespace hammerlock::explore
