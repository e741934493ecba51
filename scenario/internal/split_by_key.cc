// SPDX-License-Identifier: Apache-2.0
#include "scenario/internal/split_by_key.h"

#include <algorithm>
#include <cstdint>

#include "absl/container/flat_hash_map.h"
#include "scenario/value.h"

namespace hammerlock::internal {

std::vector<std::vector<size_t>> SplitByKey(const History& history,
                                            const std::function<bool(int operation)>& keyed) {
  std::vector<std::vector<size_t>> parts;
  absl::flat_hash_map<Value, size_t> part_of;
  for (size_t id = 0; id < history.size(); ++id) {
    const Call& call = history[id].call;
    if (!keyed(call.operation)) return {};
    const auto [it, is_new] = part_of.emplace(call.arguments[0], parts.size());
    if (is_new) parts.emplace_back();
    parts[it->second].push_back(id);
  }
  return parts;
}

std::vector<size_t> Merge(const History& history, const std::vector<std::vector<size_t>>& parts) {
  size_t size = 0;
  for (const auto& part : parts) size += part.size();
  std::vector<size_t> merged;
  std::vector<size_t> next(parts.size());
  // A pending call that took no effect is in no part: what stands before it in its column
  // counts all the same, because it is the last there.
  std::vector<uint32_t> done(history.columns());
  const auto take = [&](size_t p) {
    const size_t id = parts[p][next[p]++];
    ++done[history[id].column];
    merged.push_back(id);
  };
  const auto ready = [&](size_t p) {
    if (next[p] == parts[p].size()) return false;
    const auto follows = history.Follows(parts[p][next[p]]);
    return std::equal(follows.begin(), follows.end(), done.begin(), std::less_equal<>());
  };
  while (merged.size() < size) {
    bool progress = false;
    for (size_t p = 0; p < parts.size(); ++p) {
      while (ready(p)) take(p), progress = true;
    }
    for (size_t p = 0; p < parts.size() && !progress; ++p) {
      if (next[p] < parts[p].size()) take(p), progress = true;
    }
  }
  return merged;
}

}  // namespace hammerlock::internal
