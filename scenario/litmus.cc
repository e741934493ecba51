// SPDX-License-Identifier: Apache-2.0
#include "scenario/litmus.h"

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace hammerlock::internal {

OutcomeTable::OutcomeTable(std::string_view names) {
  for (std::string_view name : absl::StrSplit(names, ',')) {
    names_.emplace_back(absl::StripAsciiWhitespace(name));
  }
}

void OutcomeTable::Add(Grade grade, Key values, std::string_view meaning) {
  rows_.push_back({grade, std::move(values), nullptr, std::string(meaning)});
}

void OutcomeTable::Add(Grade grade, std::function<bool(const Key&)> matches,
                       std::string_view meaning) {
  rows_.push_back({grade, {}, std::move(matches), std::string(meaning)});
}

std::string OutcomeTable::Print(const Key& key) const {
  std::string text;
  for (size_t i = 0; i < key.size(); ++i) {
    absl::StrAppend(&text, i == 0 ? "" : " ", names_[i], "=", key[i]);
  }
  return text;
}

void OutcomeTable::Count(const Key& key, uint64_t n, uint64_t first, Tally& tally) const {
  for (const Row& row : rows_) {
    if (row.matches ? row.matches(key) : row.values == key) {
      tally.Count(Print(key), row.grade, row.meaning, n, first);
      return;
    }
  }
  tally.Count(Print(key), Grade::kUndescribed, "nobody described it", n, first);
}

Tally OutcomeTable::Described() const {
  Tally tally;
  for (const Row& row : rows_) {
    if (!row.matches) tally.Describe(Print(row.values), row.grade, row.meaning);
  }
  return tally;
}

}  // namespace hammerlock::internal
