// SPDX-License-Identifier: Apache-2.0
//
// Result: what an engine found out about one scenario, and the forms in which it is told.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "scenario/tally.h"
#include "scenario/verdict.h"

namespace hammerlock {

struct Result {
  std::string scenario;
  std::string file;  // Where the scenario is declared; may be empty.
  int line = 0;
  Verdict verdict = Verdict::kInconclusive;
  Tally tally;
  double seconds = 0;
  uint64_t seed = 0;
  std::string replay;  // See ReplayString; empty where there is nothing to replay.
  std::string why;     // For people: the failure, or why there is no verdict. Many lines.
  // The failing execution step by step, for people and as a JSON value; empty where the engine
  // does not know it.
  std::string steps;
  std::string steps_json;
  std::vector<std::pair<std::string, std::string>> more;  // Further keys of the last line.
};

// What the tally amounts to: fail if an execution failed, else inconclusive if one could not be
// judged.
Verdict VerdictOf(const Tally& tally);

// The result of several scenarios as one: the heaviest verdict, counts added up. The scenario
// and its replay are those of the first with that verdict if it is not a pass, "*" otherwise.
Result Summary(const std::vector<Result>& results);

// The results of the same scenario from several seeds as one: counts added up, keys with numbers
// too, and the rest from the first with the heaviest verdict: the first failure is counted among
// the executions of its own seed. REQUIRES: there is one.
Result Together(const std::vector<Result>& results);

// "hammerlock: verdict=... scenario=... ..." without a line break: part of the contract.
std::string LastLine(const Result& result);

// The outcomes with their counts, shares, grades and meanings; empty if there are none.
std::string OutcomeTableText(const Result& result);

// The report file: the summary's keys, its outcomes, and each scenario likewise.
std::string ReportJson(const std::vector<Result>& results);

// JUnit XML: each scenario is a test case.
std::string JUnitXml(std::string_view suite, const std::vector<Result>& results);

// A result for another process, and back.
std::string Serialize(const Result& result);
absl::StatusOr<Result> Deserialize(std::string_view bytes);

// A replay names its version, its scenario and the program, and the engine's own choices where
// the engine repeats them: "1/Scenario/program", "1/Scenario/program~choices". It can stand in a
// flag, in HAMMERLOCK_OPTIONS and in a shell command without quoting.
std::string ReplayString(std::string_view scenario, std::string_view program,
                         std::string_view choices = "");

struct Replay {
  std::string scenario;
  std::string program;
  std::string choices;  // May be empty.
};
absl::StatusOr<Replay> ParseReplay(std::string_view text);

}  // namespace hammerlock
