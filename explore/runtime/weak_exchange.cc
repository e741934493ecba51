// SPDX-License-Identifier: Apache-2.0
//
// The engine's side of weak_exchange.h.
#include "explore/runtime/choose.h"
#include "explore/runtime/execution.h"
#include "explore/runtime/race.h"
#include "explore/runtime/scheduler.h"

namespace hammerlock::explore {
namespace {

// Rare enough that loops around it end soon, in whatever way choices are made.
constexpr unsigned kRarity = 8;

}  // namespace
}  // namespace hammerlock::explore

using namespace hammerlock::explore;

// While there was only one thread, failing shows nothing.
extern "C" bool hammerlock_weak_exchange_fails() noexcept {
  if (!Watching() || g_solo) return false;
  return Rarely(kRarity);
}
