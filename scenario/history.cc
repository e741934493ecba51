// SPDX-License-Identifier: Apache-2.0
#include "scenario/history.h"

#include <algorithm>
#include <numeric>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "scenario/columns.h"

namespace hammerlock {

size_t History::Add(int column, Call call) {
  const size_t id = entries_.size();
  const auto index = static_cast<uint32_t>(columns_[column].size());
  entries_.push_back({std::move(call), false, {}, column, index});
  follows_.resize(follows_.size() + columns_.size());
  follows_[id * columns_.size() + column] = index;
  columns_[column].push_back(static_cast<uint32_t>(id));
  return id;
}

void History::Follow(size_t id, int column, uint32_t count) {
  uint32_t& follows = follows_[id * columns_.size() + column];
  follows = std::max(follows, count);
}

void History::FollowAll(size_t id) {
  for (int c = 0; c < columns(); ++c) {
    if (c == entries_[id].column) continue;
    size_t count = columns_[c].size();
    if (count > 0 && !entries_[columns_[c].back()].returned) --count;
    Follow(id, c, static_cast<uint32_t>(count));
  }
}

void History::Return(size_t id, const Value& result) {
  entries_[id].returned = true;
  entries_[id].result = result;
}

bool History::Close() {
  const std::vector<size_t> sorted = Sorted();
  for (size_t id : sorted) {
    // What a call follows is closed already, so one look at the last one of each column will do.
    for (int c = 0; c < columns(); ++c) {
      const uint32_t count = Follows(id)[c];
      if (count == 0) continue;
      const size_t last = columns_[c][count - 1];
      for (int d = 0; d < columns(); ++d) {
        if (d != entries_[id].column) Follow(id, d, Follows(last)[d]);
      }
    }
  }
  return sorted.size() == size();
}

bool History::IsIntervalOrder() const {
  // That is so exactly if of any two calls one follows all that the other follows (Fishburn,
  // "Intransitive indifference with unequal indifference intervals", 1970).
  std::vector<size_t> ids(size());
  std::iota(ids.begin(), ids.end(), 0);
  std::vector<uint64_t> counts(size());
  for (size_t id : ids) counts[id] = std::accumulate(Follows(id).begin(), Follows(id).end(), 0ull);
  std::sort(ids.begin(), ids.end(), [&](size_t a, size_t b) { return counts[a] < counts[b]; });
  for (size_t i = 1; i < ids.size(); ++i) {
    const auto fewer = Follows(ids[i - 1]), more = Follows(ids[i]);
    if (!std::equal(fewer.begin(), fewer.end(), more.begin(), std::less_equal<>())) return false;
  }
  return true;
}

History History::Restrict(absl::Span<const size_t> ids) const {
  History part(names_);
  // kept[c][n]: how many of the first n calls of column c are kept.
  std::vector<std::vector<uint32_t>> kept(columns_.size());
  for (int c = 0; c < columns(); ++c) kept[c].assign(columns_[c].size() + 1, 0);
  for (size_t id : ids) kept[entries_[id].column][entries_[id].index + 1] = 1;
  for (auto& counts : kept) std::partial_sum(counts.begin(), counts.end(), counts.begin());
  for (size_t id : ids) {
    const size_t added = part.Add(entries_[id].column, entries_[id].call);
    for (int c = 0; c < columns(); ++c) {
      if (c != entries_[id].column) part.Follow(added, c, kept[c][Follows(id)[c]]);
    }
    if (entries_[id].returned) part.Return(added, entries_[id].result);
  }
  return part;
}

std::vector<size_t> History::Sorted(absl::Span<const size_t> first) const {
  std::vector<size_t> sorted(first.begin(), first.end());
  std::vector<uint32_t> done(columns_.size());
  for (size_t id : first) ++done[entries_[id].column];
  const auto ready = [&](size_t id) {
    const auto follows = Follows(id);
    return std::equal(follows.begin(), follows.end(), done.begin(), std::less_equal<>());
  };
  // One call a column in turn, so that rows look as concurrent as they are.
  for (bool progress = true; progress;) {
    progress = false;
    for (int c = 0; c < columns(); ++c) {
      if (done[c] == columns_[c].size() || !ready(columns_[c][done[c]])) continue;
      sorted.push_back(columns_[c][done[c]++]);
      progress = true;
    }
  }
  return sorted;
}

std::string History::Print(absl::Span<const std::string> operations,
                           absl::Span<const size_t> sorted) const {
  std::vector<size_t> row_of(size());
  for (size_t i = 0; i < sorted.size(); ++i) row_of[sorted[i]] = i + 1;

  std::vector<std::vector<std::string>> rows{{"#"}};
  std::vector<size_t> cell_of(columns_.size());
  for (int c = 0; c < columns(); ++c) {
    if (columns_[c].empty()) continue;
    cell_of[c] = rows[0].size();
    rows[0].push_back(names_[c]);
  }
  const size_t width = rows[0].size() + 1;
  bool any = false;
  for (size_t id : sorted) {
    const Entry& entry = entries_[id];
    auto& row = rows.emplace_back(width);
    row[0] = absl::StrCat(row_of[id]);
    row[cell_of[entry.column]] =
        hammerlock::Print(operations[entry.call.operation], entry.call.arguments,
                          entry.returned ? &entry.result : nullptr) +
        (entry.returned ? "" : " ...");
    // What its predecessors imply need not be said.
    const auto follows = Follows(id);
    const auto implied = [&](int column, uint32_t count) {
      for (int c = 0; c < columns(); ++c) {
        if (c == column || follows[c] == 0) continue;
        if (Follows(columns_[c][follows[c] - 1])[column] >= count) return true;
      }
      return false;
    };
    std::vector<size_t> known;
    for (int c = 0; c < columns(); ++c) {
      if (c == entry.column || follows[c] == 0 || implied(c, follows[c])) continue;
      known.push_back(row_of[columns_[c][follows[c] - 1]]);
    }
    std::sort(known.begin(), known.end());
    row.back() = absl::StrJoin(known, " ");
    any = any || !known.empty();
  }
  if (any) rows[0].push_back("follows");
  return Columns(rows);
}

}  // namespace hammerlock
