// SPDX-License-Identifier: Apache-2.0
//
// Splitting a history of keyed calls, and putting the linearizations of its parts together.
#pragma once

#include <cstddef>
#include <functional>
#include <vector>

#include "scenario/history.h"

namespace hammerlock::internal {

// The ids of each key's calls, ascending; nothing if a call has no key. `keyed` says of an
// operation whether its first argument is its key.
std::vector<std::vector<size_t>> SplitByKey(const History& history,
                                            const std::function<bool(int operation)>& keyed);

// An order of all calls that keeps each part's own and that of the history where it can: always
// if the history's order is one of intervals.
std::vector<size_t> Merge(const History& history, const std::vector<std::vector<size_t>>& parts);

}  // namespace hammerlock::internal
