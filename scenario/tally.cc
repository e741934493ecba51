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

void Tally::Count(std::string_view outcome, Grade grade, std::string_view meaning, uint64_t n,
                  uint64_t first) {
  if (n == 0) return;
  if (Fails(grade)) {
    if (!first_failure_) {
      first_failure_ = Failure{first != 0 ? first : executions_ + 1,
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

void Tally::Blame(std::string why) {
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

void Tally::AddCounts(const Tally& later) {
  if (later.first_failure_ && !first_failure_) {
    first_failure_ = later.first_failure_;
    first_failure_->execution += executions_;
  }
  executions_ += later.executions_;
  failures_ += later.failures_;
  inconclusive_ += later.inconclusive_;
  if (why_inconclusive_.empty()) why_inconclusive_ = later.why_inconclusive_;
}

void Tally::Add(const Tally& later) {
  AddCounts(later);
  for (const auto& [outcome, entry] : later.outcomes_) {
    Describe(outcome, entry.grade, entry.meaning);
    At(outcome).count += entry.count;
  }
}

void Tally::Save(const std::function<void(uint64_t)>& number,
                 const std::function<void(std::string_view)>& text) const {
  for (const uint64_t n : {executions_, failures_, inconclusive_}) number(n);
  text(why_inconclusive_);
  number(first_failure_.has_value());
  if (first_failure_) {
    number(first_failure_->execution);
    text(first_failure_->why);
  }
  number(outcomes_.size());
  for (const auto& [outcome, entry] : outcomes_) {
    text(outcome);
    number(entry.count);
    number(static_cast<uint64_t>(entry.grade));
    text(entry.meaning);
  }
}

Tally Tally::Load(const std::function<uint64_t()>& number, const std::function<std::string()>& text,
                  const std::function<bool()>& ok) {
  Tally t;
  for (uint64_t* n : {&t.executions_, &t.failures_, &t.inconclusive_}) *n = number();
  t.why_inconclusive_ = text();
  if (number() != 0) {
    const uint64_t execution = number();
    t.first_failure_ = Failure{execution, text()};
  }
  for (uint64_t n = number(); ok() && n > 0; --n) {
    Outcome& entry = t.At(text());
    entry.count = number();
    entry.grade = static_cast<Grade>(number());
    entry.meaning = text();
  }
  return t;
}

}  // namespace hammerlock
