// SPDX-License-Identifier: Apache-2.0
#include "scenario/timed_history.h"

#include <algorithm>
#include <map>
#include <numeric>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"

namespace hammerlock {

History HistoryOf(absl::Span<const TimedCall> calls) {
  std::vector<size_t> order(calls.size());
  std::iota(order.begin(), order.end(), 0);
  std::sort(order.begin(), order.end(), [&](size_t a, size_t b) {
    return std::pair(calls[a].invoked, a) < std::pair(calls[b].invoked, b);
  });

  // Each call goes to the first of its client's columns that is free when it is invoked.
  std::vector<std::string> names;
  std::vector<std::optional<int64_t>> free_from;  // Of each column; empty: never again.
  std::map<int64_t, std::vector<int>> columns_of;
  std::vector<int> column(calls.size());
  for (size_t i : order) {
    auto& columns = columns_of[calls[i].client];
    const auto is_free = [&](int c) { return free_from[c] && *free_from[c] <= calls[i].invoked; };
    const auto free = std::find_if(columns.begin(), columns.end(), is_free);
    if (free != columns.end()) {
      column[i] = *free;
      free_from[*free] = calls[i].returned;
    } else {
      column[i] = static_cast<int>(names.size());
      names.push_back(absl::StrCat("client ", calls[i].client));
      columns.push_back(column[i]);
      free_from.push_back(calls[i].returned);
    }
  }

  // A column's calls return in the order of their invocation, so one pass over all returns
  // counts for each invocation what has returned in each column.
  std::vector<size_t> returns;
  for (size_t i : order) {
    if (calls[i].returned) returns.push_back(i);
  }
  std::sort(returns.begin(), returns.end(),
            [&](size_t a, size_t b) { return *calls[a].returned < *calls[b].returned; });
  History history(names);
  std::vector<uint32_t> returned(names.size());
  size_t next = 0;
  for (size_t i : order) {
    while (next < returns.size() && *calls[returns[next]].returned < calls[i].invoked) {
      ++returned[column[returns[next++]]];
    }
    const size_t id = history.Add(column[i], calls[i].call);
    for (size_t c = 0; c < names.size(); ++c) {
      history.Follow(id, static_cast<int>(c), static_cast<int>(c) == column[i] ? 0 : returned[c]);
    }
    if (calls[i].returned) history.Return(id, calls[i].result);
  }
  return history;
}

}  // namespace hammerlock
