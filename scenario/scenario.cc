// SPDX-License-Identifier: Apache-2.0
#include "scenario/scenario.h"

#include <cstdio>
#include <cstdlib>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"

namespace hammerlock {

std::string Scenario::Print(const Trace& trace) const { return absl::StrJoin(trace, "."); }

absl::StatusOr<Trace> Scenario::Parse(std::string_view text) const {
  Trace trace;
  for (std::string_view part : absl::StrSplit(text, '.', absl::SkipEmpty())) {
    unsigned choice;
    if (!absl::SimpleAtoi(part, &choice)) {
      return absl::InvalidArgumentError(
          absl::StrCat("\"", part, "\" is not a choice; a trace is numbers separated by dots"));
    }
    trace.push_back(choice);
  }
  return trace;
}

std::vector<std::unique_ptr<Scenario>>& Scenarios() {
  // Never destroyed: engines may end the process while other threads still run.
  static auto& scenarios = *new std::vector<std::unique_ptr<Scenario>>;
  return scenarios;
}

bool Register(std::unique_ptr<Scenario> scenario) {
  for (const auto& other : Scenarios()) {
    if (other->name() == scenario->name()) {
      std::fprintf(stderr, "hammerlock: %s:%d and %s:%d both declare the scenario %s: rename one\n",
                   other->file().c_str(), other->line(), scenario->file().c_str(), scenario->line(),
                   scenario->name().c_str());
      std::exit(64);
    }
  }
  Scenarios().push_back(std::move(scenario));
  return true;
}

}  // namespace hammerlock
