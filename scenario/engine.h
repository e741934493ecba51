// SPDX-License-Identifier: Apache-2.0
//
// Engine: a way to run scenarios; and the main program that all engines share.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "scenario/choices.h"
#include "scenario/flags.h"
#include "scenario/isolate.h"
#include "scenario/result.h"
#include "scenario/scenario.h"

namespace hammerlock {

// How much of a scenario is run, and from what.
struct Plan {
  uint64_t seed = 1;
  uint64_t executions = 0;     // At most about this many; 0 means no bound.
  double seconds = 0;          // At most about this long; 0 means no bound.
  bool stop_at_first = true;   // Whether the first failure ends the scenario.
  std::optional<Trace> trace;  // The program to repeat, instead of new ones.
  std::string choices;         // With it, the engine's own choices; may be empty.
};

class Engine {
 public:
  virtual ~Engine() = default;

  // Declares the engine's own flags.
  virtual void AddFlags(Flags& flags) = 0;

  // Checks the flags' values and what the engine needs of the machine. Called once, before any
  // Run; an error is told as wrong usage.
  virtual absl::Status Prepare() { return absl::OkStatus(); }

  // A line on what cannot be had of --replay here; empty if replay is exact.
  virtual std::string_view ReplayCaveat() const { return ""; }

  // The flags, besides --seed and --replay, without which a failure of this run is not repeated.
  virtual std::vector<std::string> ReplayFlags() const { return {}; }

  // Runs one scenario. The session fills in what it knows itself: name, place, seed.
  // `progress` is there to be told what runs, and to end the process with a result.
  virtual Result Run(Scenario& scenario, const Plan& plan, Progress& progress) = 0;
};

// The main program of an engine: reads flags and environment, selects scenarios, runs each in
// a child process, prints and writes what was found. Returns the exit code.
//
// Of Bazel's test protocol it follows TESTBRIDGE_TEST_ONLY, TEST_TOTAL_SHARDS,
// TEST_SHARD_INDEX, TEST_SHARD_STATUS_FILE, TEST_RANDOM_SEED and XML_OUTPUT_FILE.
int Main(int argc, char** argv, Engine& engine);

}  // namespace hammerlock
