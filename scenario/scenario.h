// SPDX-License-Identifier: Apache-2.0
//
// The narrow waist: all that an engine knows of a scenario, and all that a scenario offers.
//
//   scenario --Make(choices, size)--> batch of fresh executions
//   batch    --Run(thread, range)---> on each of its threads, at once
//   batch    --Finish(range, tally)-> outcome and verdict of each execution
//
// The real-thread engine asks for thousands of executions a batch and pays its rendezvous
// and the virtual calls once a stride; engines that search take one execution a batch.
// Adding an engine touches no test; adding a kind of scenario touches no engine.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "scenario/choices.h"
#include "scenario/tally.h"

namespace hammerlock {

// Executions of a batch: [begin, end).
struct Range {
  size_t begin;
  size_t end;
};

// Fresh executions, all with the same threads and the same program.
//
// Thread safety: Run is called at once for different threads. Finish is called for a range
// when every thread's Run of that range has returned and happens before it; disjoint ranges
// may be finished at once.
class Batch {
 public:
  virtual ~Batch() = default;

  // Threads that an execution has, at least 1.
  virtual int threads() const = 0;

  // Runs the part of one thread, in [0, threads()), in each execution of the range, in order.
  virtual void Run(int thread, Range range) = 0;

  // Judges each execution of the range. It never guesses: what cannot be judged is counted as
  // inconclusive.
  virtual void Finish(Range range, Tally& tally) = 0;
};

// What is tested: a subject, what its threads do, and what must hold.
//
// Thread safety: const methods may be called at once, the others may not.
class Scenario {
 public:
  // `name` is a C++ identifier, unique in a program.
  Scenario(std::string_view name, std::string_view file, int line)
      : name_(name), file_(file), line_(line) {}
  virtual ~Scenario() = default;
  Scenario(const Scenario&) = delete;
  Scenario& operator=(const Scenario&) = delete;

  const std::string& name() const { return name_; }
  const std::string& file() const { return file_; }
  int line() const { return line_; }

  // `size` fresh executions of a program that `choices` decide on.
  // REQUIRES: `choices` outlives the batch, which may draw from it while it runs.
  virtual std::unique_ptr<Batch> Make(Choices& choices, size_t size) = 0;

  // How many executions of one program are worth making at a time with real threads.
  virtual size_t stride() const { return 1; }

  // Counts of what was seen over all executions start from this: each described outcome.
  virtual Tally Described() const { return {}; }

  // The program that a trace stands for, as data: free of white space and of the characters
  // `:`, `'` and `"`, so that it can stand in a flag. Parse is its inverse.
  virtual std::string Print(const Trace& trace) const;
  virtual absl::StatusOr<Trace> Parse(std::string_view text) const;

  // The same for people; may have several lines. Empty where there is nothing to show.
  virtual std::string Explain(const Trace& /*trace*/) const { return {}; }

  // Programs a step smaller than the trace's, the most promising first. Shrinking takes the
  // first that still fails, again and again.
  virtual std::vector<Trace> Smaller(const Trace& /*trace*/) const { return {}; }

 private:
  std::string name_;
  std::string file_;
  int line_;
};

// All scenarios of this program, in the order of their registration.
std::vector<std::unique_ptr<Scenario>>& Scenarios();

// Adds a scenario; its result can initialise a namespace-scope constant.
bool Register(std::unique_ptr<Scenario> scenario);

}  // namespace hammerlock
