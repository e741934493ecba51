// SPDX-License-Identifier: Apache-2.0
//
// The engine's side of hammerlock.h: what the program under test says to it.
#include <string.h>

#include "explore/foreign/outcomes.h"
#include "explore/runtime/runtime.h"
#include "explore/runtime/scheduler.h"

namespace hammerlock::explore {
namespace {

constexpr size_t kMaxPresent = 4096;
char present[kMaxPresent];
size_t present_size = 0;

void Append(const char* text) {
  const size_t left = kMaxPresent - 1 - present_size;
  const size_t size = strnlen(text, left);
  memcpy(present + present_size, text, size);
  present_size += size;
  present[present_size] = '\0';
}

}  // namespace

void ForgetPresentOutcome() {
  present_size = 0;
  present[0] = '\0';
}

const char* PresentOutcome() { return present; }

}  // namespace hammerlock::explore

using namespace hammerlock::explore;

extern "C" {

void hammerlock_engine_outcome(const char* text) {
  if (!Watching()) return;
  if (PresentOutcome()[0] != '\0') Append(" ");
  Append(text);
}

void hammerlock_engine_fail(const char* why) {
  if (Watching()) FailHere(FailureKind::kExpectation, "%s", why);
}

unsigned hammerlock_engine_choose(unsigned n) {
  if (n == 0) FailHere(FailureKind::kMisuse, "hammerlock_choose(0): there is nothing to choose");
  if (!Watching()) return 0;
  // A trace holds numbers of 16 bits.
  constexpr unsigned kAtOnce = 1u << 16;
  if (n <= kAtOnce) return Choose(n);
  const unsigned high = Choose((n - 1) / kAtOnce + 1);
  const unsigned left = n - high * kAtOnce;
  return high * kAtOnce + Choose(left < kAtOnce ? left : kAtOnce);
}

}  // extern "C"
