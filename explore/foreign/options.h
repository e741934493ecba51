// SPDX-License-Identifier: Apache-2.0
//
// HAMMERLOCK_OPTIONS="seed=1:executions=10000:...", what a whole program in the explorer goes by.
// Part of the contract; the scenarios' engines have the same names as flags.
//
// Like all of explore/foreign, it uses no template of the standard library and nothing of abseil:
// their inline functions are compiled into the program under test as well, instrumented, and the
// linker keeps one of each.
#pragma once

#include <cstddef>
#include <cstdint>

#include "explore/runtime/search.h"

namespace hammerlock::explore {

struct ForeignOptions {
  uint64_t seed = 1;
  uint64_t executions = 0;  // 0: no bound.
  double seconds = 0;       // 0: none; 1 if there is none of executions either.
  const char* strategy_name = "portfolio";
  Strategy strategy = Strategy::kPortfolio;
  const char* stop = "first";
  const char* mode = "search";
  const char* output = "first";
  uint64_t jobs = 1;
  bool leak = false;
  bool race = true;
  bool load_buffering = false;
  const char* replay = nullptr;
  const char* report = nullptr;
  const char* filter = nullptr;
  uint64_t max_steps = 200000;
  uint64_t shrink = 2000;  // At most so many executions; 0: not at all.
  bool help = false;
  // Whether a bound was given: a program that makes no choice needs no second execution otherwise.
  bool bounded = false;
};

inline constexpr uint64_t kMaxJobs = 256;

// Null may be passed for no options. False: `error` is one sentence with the mend.
bool ParseForeignOptions(const char* text, ForeignOptions* options, char* error, size_t size);

// What there is, one option a line, on standard output.
void PrintForeignHelp(const char* program);

}  // namespace hammerlock::explore
