// SPDX-License-Identifier: Apache-2.0
//
// Histories recorded elsewhere, with a time of invocation and of return for each call, as
// Jepsen and Porcupine have them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "absl/types/span.h"
#include "scenario/history.h"
#include "scenario/program.h"

namespace hammerlock {

struct TimedCall {
  int64_t client = 0;
  Call call;
  int64_t invoked = 0;
  std::optional<int64_t> returned;  // Empty: it is not known to have returned.
  Value result;                     // If it returned.
};

// The history in which a call follows another if it was invoked after the other returned; at
// the same time it does not, because a clock that is too coarse must not make up an order. Only
// a client's own calls may touch. A client with overlapping calls gets further columns.
//
// Ids are in the order of invocation, those at the same time in the order given.
// REQUIRES: no call returns before it is invoked.
History HistoryOf(absl::Span<const TimedCall> calls);

}  // namespace hammerlock
