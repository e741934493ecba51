// SPDX-License-Identifier: Apache-2.0
//
// FuzzSession: the scenarios of this program as one fuzz target.
//
// libFuzzer owns the command line, so the contract's flags come from HAMMERLOCK_OPTIONS.
//
// An input's first choice is the scenario, among those whose programs are made from choices; then
// come the program's choices, and last the order of its threads, or the seed of their delays.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "fuzz/judge.h"
#include "scenario/choices.h"
#include "scenario/result.h"
#include "scenario/scenario.h"

namespace hammerlock::fuzz {

class FuzzSession {
 public:
  // Reads the options and selects the scenarios; an error is told as wrong usage.
  absl::Status Start(std::string_view options);

  // libFuzzer's flags for programs, and what the options ask: -seed=, -runs=, -max_total_time=.
  std::vector<std::string> LibFuzzerFlags() const;

  // Whether a replay was asked for, instead of inputs; and what came of it.
  bool has_replay() const { return !replay_.empty(); }
  Result RunReplay();

  // Runs an input. A failure is told, and the process aborts, so that libFuzzer keeps the input.
  void RunInput(std::span<const uint8_t> input);

  // Tells why the running input fails, for a sanitizer that ends the process.
  void TellDeath(std::string_view why);

  // The verdict on all inputs, when the process ends by itself.
  Result Summary() const;

  // The result for people, the report file if one was asked for, and the contract's line.
  void Tell(const Result& result) const;

 private:
  // The same when the process is about to end with libFuzzer's words: the line is left in the
  // file that HAMMERLOCK_VERDICT_FILE names, for who runs us to repeat.
  void TellAndLeave(const Result& result) const;

  Scenario& ScenarioOf(unsigned choice) const;
  Result ResultOf(const Scenario& scenario, const Trace& trace, const Tally& tally) const;

  // Options.
  std::string filter_;
  std::string replay_;
  std::string report_;
  uint64_t seed_ = 0;
  uint64_t executions_ = 0;
  double seconds_ = 0;
  uint64_t repetitions_ = 8;
  std::string schedule_ = "auto";
  bool explain_ = false;

  std::vector<Scenario*> fuzzable_;  // In the order of their registration: inputs count on it.
  std::vector<Scenario*> selected_;  // Of these, the ones that `filter` lets through.
  std::optional<Judge> judge_;
  Trace replayed_;

  Tally tally_;  // Of all inputs; without outcomes.
  double started_ = 0;
  Scenario* running_ = nullptr;
  const RecordingChoices* recorded_ = nullptr;
};

}  // namespace hammerlock::fuzz
