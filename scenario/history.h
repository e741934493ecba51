// SPDX-License-Identifier: Apache-2.0
//
// History: the calls of one execution, what they returned, and which of them are known to have
// returned before which others were invoked.
//
// Calls stand in columns; those of a column follow one another. Across columns the order is a
// partial one: each call says, for each column, how many of its first calls it follows. That is
// what a thread learns when it reads the others' counts of completed calls, and it holds
// real-time intervals as well (see timed_history.h). docs/linearizability.md says why this
// order is sound on every architecture.
//
// Invariants:
//   1. A call follows at most as many calls of a column as return: one that never returned is
//      the last of its column and followed by none.
//   2. The order has no cycle.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/types/span.h"
#include "scenario/program.h"

namespace hammerlock {

class History {
 public:
  struct Entry {
    Call call;
    bool returned = false;
    Value result;  // If it returned.
    int column = 0;
    uint32_t index = 0;  // In its column.
  };

  // `names` of the columns, for people.
  explicit History(std::vector<std::string> names)
      : names_(std::move(names)), columns_(names_.size()) {}

  // Adds a call to the end of a column, which follows nothing else yet. Returns its id: ids are
  // 0, 1, 2 ... in the order of adding.
  size_t Add(int column, Call call);

  // The call follows the first `count` calls of a column, at least.
  void Follow(size_t id, int column, uint32_t count);
  void FollowAll(size_t id);  // All calls that stand there now.

  void Return(size_t id, const Value& result);

  // Adds to the order what follows from it: if c follows b and b follows a, c follows a.
  // Returns whether the order has no cycle.
  bool Close();

  size_t size() const { return entries_.size(); }
  int columns() const { return static_cast<int>(columns_.size()); }
  const std::string& name(int column) const { return names_[column]; }
  const Entry& operator[](size_t id) const { return entries_[id]; }

  // The ids of a column's calls.
  absl::Span<const uint32_t> Column(int column) const { return columns_[column]; }

  // For each column, how many of its first calls the call follows. In its own that is its
  // index.
  absl::Span<const uint32_t> Follows(size_t id) const {
    return absl::MakeConstSpan(follows_).subspan(id * columns_.size(), columns_.size());
  }

  // Whether the order is one of intervals on a line: whether it holds no a < b and c < d with
  // neither a < d nor c < b. REQUIRES: Close() was called after the last change.
  bool IsIntervalOrder() const;

  // The calls with these ids, in ascending order, and the order between them. REQUIRES: Close()
  // was called after the last change.
  History Restrict(absl::Span<const size_t> ids) const;

  // All ids in an order that no call precedes one it follows in. Ids of `first`, which must
  // begin such an order, come first.
  std::vector<size_t> Sorted(absl::Span<const size_t> first = {}) const;

  // Rows are calls in the order `sorted`, numbered from 1; columns are threads. The last column
  // says which rows a call is known to follow, beyond those of its own column and what those
  // rows follow themselves.
  std::string Print(absl::Span<const std::string> operations,
                    absl::Span<const size_t> sorted) const;

 private:
  std::vector<std::string> names_;
  std::vector<Entry> entries_;
  std::vector<uint32_t> follows_;  // entries x columns
  std::vector<std::vector<uint32_t>> columns_;
};

}  // namespace hammerlock
