// SPDX-License-Identifier: Apache-2.0
//
// Verdict: what an engine says of a scenario. One of four, never a bool.
#pragma once

#include <algorithm>
#include <string_view>

namespace hammerlock {

// In the order of their weight: of several verdicts the heaviest stands for all.
enum class Verdict {
  kPass,
  kInconclusive,     // Something could not be judged, or not in the time allowed.
  kNotInstrumented,  // The engine needs instrumentation that the code does not have.
  kFail,
};

constexpr std::string_view VerdictName(Verdict verdict) {
  switch (verdict) {
    case Verdict::kPass:
      return "pass";
    case Verdict::kInconclusive:
      return "inconclusive";
    case Verdict::kNotInstrumented:
      return "not_instrumented";
    case Verdict::kFail:
      return "fail";
  }
  return "unknown";
}

constexpr Verdict Heavier(Verdict a, Verdict b) { return std::max(a, b); }

// Exit codes that others script against. 66 is ThreadSanitizer's.
inline constexpr int kExitPass = 0;
inline constexpr int kExitUsage = 64;
inline constexpr int kExitFail = 66;
inline constexpr int kExitInconclusive = 67;

constexpr int ExitCode(Verdict verdict) {
  switch (verdict) {
    case Verdict::kPass:
      return kExitPass;
    case Verdict::kFail:
      return kExitFail;
    case Verdict::kInconclusive:
    case Verdict::kNotInstrumented:
      break;
  }
  return kExitInconclusive;
}

}  // namespace hammerlock
