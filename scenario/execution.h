// SPDX-License-Identifier: Apache-2.0
//
// What code under test may say while it runs: Expect, Fail, Note, Choose. The same as
// hammerlock.h offers to foreign programs, in C++.
//
// Thread safety: all may be called from any thread of the execution. Choose is repeatable
// only where the order of its calls is: from one thread.
#pragma once

#include <atomic>
#include <mutex>
#include <source_location>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "scenario/choices.h"
#include "scenario/tally.h"

namespace hammerlock {

// Receives what the running executions say. A batch installs one around them; while none is
// installed, what is said is dropped, and Choose returns 0.
class Execution {
 public:
  // `choices` may be null: then Choose returns 0. It is used under a lock.
  explicit Execution(Choices* choices);
  ~Execution();
  Execution(const Execution&) = delete;
  Execution& operator=(const Execution&) = delete;

  void Fail(std::string why);
  void Note(std::string text);
  unsigned Choose(unsigned n);

  // Cheap, for the hot path: whether Fail was called.
  bool failed() const { return failed_.load(std::memory_order_acquire); }

  // What was said since the last call, into `tally` as one execution: a failure if Fail was
  // called, a pass otherwise.
  void Finish(Tally& tally);

  // The same for executions that `tally` has counted already and that cannot be told apart.
  void FinishCounted(Tally& tally);

  // The innermost one installed, or null.
  static Execution* Current();

 private:
  // Moves what was said out: notes into `tally`, the failure into `why`. Whether it failed.
  bool Take(Tally& tally, std::string& why);

  Execution* const outer_;
  std::mutex mu_;
  Choices* const choices_;
  std::atomic<bool> failed_{false};
  std::string why_;
  std::vector<std::string> notes_;
};

// Catches what the calling thread says by Fail, before an Execution does: a batch that runs one
// execution after the other knows by it which one failed.
//
// Thread safety: belongs to the thread that made it. One at a time.
class FailuresHere {
 public:
  FailuresHere();
  ~FailuresHere();
  FailuresHere(const FailuresHere&) = delete;
  FailuresHere& operator=(const FailuresHere&) = delete;

  void Fail(std::string why);
  bool failed() const { return failed_; }

  // What was said first since the last call.
  std::string Take();

  // The calling thread's, or null.
  static FailuresHere* Current();

 private:
  bool failed_ = false;
  std::string why_;
};

// This execution fails here. Returns: what runs on must not depend on what failed.
void Fail(std::string_view why, std::source_location where = std::source_location::current());

// Counts a named outcome.
void Note(std::string_view text);

// A choice in [0, n) that the engine explores and replays. REQUIRES: n > 0.
unsigned Choose(unsigned n);

// Fails unless `holds`. Returns `holds`.
inline bool Expect(bool holds, std::string_view what = "expectation",
                   std::source_location where = std::source_location::current()) {
  if (!holds) Fail(what, where);
  return holds;
}

// Fails unless the two are equal, and prints both. Returns whether they are.
template <class A, class B>
bool ExpectEq(const A& got, const B& want,
              std::source_location where = std::source_location::current()) {
  if (got == want) return true;
  std::ostringstream text;
  text << "got " << got << ", expected " << want;
  Fail(std::move(text).str(), where);
  return false;
}

}  // namespace hammerlock
