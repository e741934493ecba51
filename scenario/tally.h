// SPDX-License-Identifier: Apache-2.0
//
// Tally: what was seen in a number of executions. Every Finish adds to one.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace hammerlock {

// How an outcome is judged. An outcome that nobody described fails as a forbidden one does:
// either the subject or the description is wrong.
enum class Grade { kAcceptable, kInteresting, kForbidden, kUndescribed };

std::string_view GradeName(Grade grade);
inline bool Fails(Grade grade) { return grade >= Grade::kForbidden; }

struct Outcome {
  uint64_t count = 0;
  Grade grade = Grade::kAcceptable;
  std::string meaning;  // One sentence; empty if nobody said.
};

struct Failure {
  uint64_t execution = 0;  // Counted from 1, in the order of the tally.
  std::string why;         // For people; may have several lines.
};

// Thread safety: none; parallel Finishes have a tally each, and Add puts them together.
class Tally {
 public:
  // Counts `n` executions that passed or that failed by their outcome alone. `first` is the
  // number of the first of them in this tally; without it they are the next `n`.
  void Count(std::string_view outcome, Grade grade, std::string_view meaning, uint64_t n = 1,
             uint64_t first = 0);

  // Counts executions without an outcome.
  void Pass(uint64_t n = 1) { executions_ += n; }
  void Fail(std::string why);
  void Inconclusive(std::string why);

  // One of the executions counted so far fails after all; which one is not known, so that the
  // last is blamed. REQUIRES: executions() > 0.
  void Blame(std::string why);

  // Counts an outcome named by the execution itself, beside its verdict.
  void Note(std::string_view outcome, uint64_t n = 1);

  // Describes an outcome, so that one that is never seen is reported with a count of 0.
  void Describe(std::string_view outcome, Grade grade, std::string_view meaning);

  // `later` holds executions that come after this tally's own. AddCounts leaves its outcomes.
  void Add(const Tally& later);
  void AddCounts(const Tally& later);

  // For another process: the fields one by one. `ok` ends loading early.
  void Save(const std::function<void(uint64_t)>& number,
            const std::function<void(std::string_view)>& text) const;
  static Tally Load(const std::function<uint64_t()>& number,
                    const std::function<std::string()>& text, const std::function<bool()>& ok);

  uint64_t executions() const { return executions_; }
  uint64_t failures() const { return failures_; }
  uint64_t inconclusive() const { return inconclusive_; }
  const std::string& why_inconclusive() const { return why_inconclusive_; }
  const std::optional<Failure>& first_failure() const { return first_failure_; }
  const std::map<std::string, Outcome, std::less<>>& outcomes() const { return outcomes_; }

 private:
  Outcome& At(std::string_view outcome);

  uint64_t executions_ = 0;
  uint64_t failures_ = 0;
  uint64_t inconclusive_ = 0;
  std::string why_inconclusive_;
  std::optional<Failure> first_failure_;
  std::map<std::string, Outcome, std::less<>> outcomes_;
};

}  // namespace hammerlock
