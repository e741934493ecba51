// SPDX-License-Identifier: Apache-2.0
#include "scenario/tally.h"

#include <utility>

#include "absl/strings/str_cat.h"

namespace hammerlock {

std::string_view GradeName(Grade grade) {
  switch (grade) {
    case Grade::kAcceptable:
      return "acceptable";
    case Grade::kInteresting:
      return "interesting";
    case Grade::kForbidden:
      return "forbidden";
    case Grade::kUndescribed:
      return "undescribed";
  }
  return "unknown";
}

Outcome& Tally::At(std::string_view outcome) {
  auto it = outcomes_.find(outcome);
  if (it == outcomes_.end()) it = outcomes_.emplace(std::string(outcome), Outcome()).first;
  return it->second;
}

void Tally::Count(std::string_view outcome, Grade grade, std::string_view meaning, uint64_t n) {
  if (n == 0) return;
  if (Fails(grade)) {
    if (!first_failure_) {
      first_failure_ = Failure{executions_ + 1,
                               absl::StrCat("the outcome ", outcome, " is ", GradeName(grade),
                                            meaning.empty() ? "" : ": ", meaning)};
    }
    failures_ += n;
  }
  executions_ += n;
  Describe(outcome, grade, meaning);
  At(outcome).count += n;
}

void Tally::Fail(std::string why) {
  ++executions_;
  ++failures_;
  if (!first_failure_) first_failure_ = Failure{executions_, std::move(why)};
}

void Tally::Inconclusive(std::string why) {
  ++executions_;
  ++inconclusive_;
  if (why_inconclusive_.empty()) why_inconclusive_ = std::move(why);
}

void Tally::Note(std::string_view outcome, uint64_t n) { At(outcome).count += n; }

void Tally::Describe(std::string_view outcome, Grade grade, std::string_view meaning) {
  Outcome& entry = At(outcome);
  entry.grade = grade;
  entry.meaning = meaning;
}

void Tally::Add(const Tally& later) {
  if (later.first_failure_ && !first_failure_) {
    first_failure_ = later.first_failure_;
    first_failure_->execution += executions_;
  }
  executions_ += later.executions_;
  failures_ += later.failures_;
  inconclusive_ += later.inconclusive_;
  if (why_inconclusive_.empty()) why_inconclusive_ = later.why_inconclusive_;
  for (const auto& [outcome, entry] : later.outcomes_) {
    Describe(outcome, entry.grade, entry.meaning);
    At(outcome).count += entry.count;
  }
}

}  // namespace hammerlock
