// SPDX-License-Identifier: Apache-2.0
//
// A result in the forms in which it is told: those of scenario/result.h, for scripts that read
// both.
#pragma once

#include <stdio.h>

#include "explore/foreign/findings.h"
#include "explore/foreign/options.h"

namespace hammerlock::explore {

// As scenario/verdict.h has them: not from there, since the runtime shares no inline function with
// what it runs.
enum class ForeignVerdict : uint8_t { kPass, kInconclusive, kNotInstrumented, kFail };

struct ForeignResult {
  ForeignVerdict verdict = ForeignVerdict::kInconclusive;
  const char* name = "";
  const Findings* findings = nullptr;
  uint64_t seed = 0;
  uint64_t jobs = 1;
  double seconds = 0;
  char why[2560] = {};
  char replay[TraceText::kMax + 200] = {};  // Empty: there is nothing to replay.
};

int ExitCode(ForeignVerdict verdict);

// Outcomes, why, and how to replay, for people; nothing if there is nothing to say.
void PrintForeignResult(const ForeignResult& result, const ForeignOptions& options, FILE* into);
// "hammerlock: verdict=...": the last line.
void PrintForeignLastLine(const ForeignResult& result, FILE* into);
void PrintForeignReport(const ForeignResult& result, FILE* into);

}  // namespace hammerlock::explore
