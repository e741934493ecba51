// SPDX-License-Identifier: Apache-2.0
//
// The engine's side of scenario/internal/unobserved.h.
#include "explore/runtime/execution.h"
#include "explore/runtime/race.h"
#include "explore/runtime/recording.h"
#include "explore/runtime/runtime.h"

using namespace hammerlock::explore;

extern "C" {

bool hammerlock_engine_observe(bool on) {
  const bool was = g_watching;
  if (g_executing) g_watching = on;
  return was;
}

// Outside of an execution there is none to end.
void hammerlock_engine_end_execution(const char* why) {
  if (g_executing) FailHere(FailureKind::kExpectation, "%s", why);
}

int hammerlock_engine_thread() { return Self().id; }

int hammerlock_engine_known_time(int thread) {
  return thread == Self().id ? g_now : Self().clock[thread];
}

bool hammerlock_engine_recording() { return g_recording; }

void hammerlock_engine_record(bool returns, const char* text) {
  if (!g_recording || !g_executing) return;
  RecordSync(returns ? Event::kReturn : Event::kCall, nullptr, RecordedText(text));
}

}  // extern "C"
