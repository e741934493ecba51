// SPDX-License-Identifier: Apache-2.0
#include "explore/foreign/options.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

namespace hammerlock::explore {
namespace {

// The option's value, in whatever form it has.
union Target {
  uint64_t ForeignOptions::* number;
  double ForeignOptions::* real;
  bool ForeignOptions::* yes;
  const char* ForeignOptions::* text;
};

enum class Kind : uint8_t { kNumber, kReal, kBool, kText, kOneOf };

constexpr const char* kStops[] = {"first", "never", nullptr};
constexpr const char* kModes[] = {"search", nullptr};
constexpr const char* kOutputs[] = {"first", "all", "none", nullptr};

struct Option {
  const char* name;
  const char* help;
  Kind kind;
  Target target;
  const char* const* values;  // Of kOneOf.
};

#define NUMBER(name) Kind::kNumber, {.number = &ForeignOptions::name}, nullptr
#define REAL(name) Kind::kReal, {.real = &ForeignOptions::name}, nullptr
#define BOOL(name) Kind::kBool, {.yes = &ForeignOptions::name}, nullptr
#define TEXT(name) Kind::kText, {.text = &ForeignOptions::name}, nullptr
#define ONE_OF(name, values) Kind::kOneOf, {.text = &ForeignOptions::name}, values

constexpr Option kOptions[] = {
    {"seed", "where all randomness comes from", NUMBER(seed)},
    {"executions", "how often main runs at most; 0: no bound", NUMBER(executions)},
    {"seconds", "how long; 0: no bound but that of executions, or one second", REAL(seconds)},
    {"strategy", "of the search: portfolio, walk, pct, pctwm or pos",
     ONE_OF(strategy_name, kStrategyNames)},
    {"stop", "whether the first failure ends the run: first or never", ONE_OF(stop, kStops)},
    {"jobs", "processes that search at once, with seeds seed, seed+1, ...", NUMBER(jobs)},
    {"mode", "search", ONE_OF(mode, kModes)},
    {"race", "0: data races are no failures", BOOL(race)},
    {"leak", "1: memory that main leaves allocated is a failure", BOOL(leak)},
    {"load_buffering", "1: loads may read stores that other threads promise", BOOL(load_buffering)},
    {"max_steps", "scheduling points of an execution, until it is cut off", NUMBER(max_steps)},
    {"shrink", "executions spent on shrinking a failure; 0: none", NUMBER(shrink)},
    {"output", "whose standard output is kept: first (execution), all or none",
     ONE_OF(output, kOutputs)},
    {"replay", "the replay= that a failing run printed", TEXT(replay)},
    {"report", "a file for the result, as JSON", TEXT(report)},
    {"filter", "for scripts: a pattern that the program's name must match", TEXT(filter)},
    {"help", "print this", BOOL(help)},
};

bool ParseNumber(const char* value, uint64_t* into) {
  if (*value < '0' || *value > '9') return false;
  char* end;
  errno = 0;
  *into = strtoull(value, &end, 10);
  return errno == 0 && *end == '\0';
}

bool ParseReal(const char* value, double* into) {
  if ((*value < '0' || *value > '9') && *value != '.') return false;
  char* end;
  *into = strtod(value, &end);
  return *end == '\0' && *into >= 0 && *into < 1e15;
}

bool ParseBool(const char* value, bool* into) {
  constexpr const char* kNo[] = {"0", "false", "no"};
  constexpr const char* kYes[] = {"1", "true", "yes"};
  for (int i = 0; i < 3; ++i) {
    if (strcmp(value, kNo[i]) == 0) return *into = false, true;
    if (strcmp(value, kYes[i]) == 0) return *into = true, true;
  }
  return false;
}

bool Parse(const Option& option, const char* value, ForeignOptions* options) {
  switch (option.kind) {
    case Kind::kNumber:
      return ParseNumber(value, &(options->*option.target.number));
    case Kind::kReal:
      return ParseReal(value, &(options->*option.target.real));
    case Kind::kBool:
      return ParseBool(value, &(options->*option.target.yes));
    case Kind::kText:
      options->*option.target.text = value;
      return true;
    case Kind::kOneOf:
      for (const char* const* known = option.values; *known != nullptr; ++known) {
        if (strcmp(*known, value) != 0) continue;
        options->*option.target.text = *known;
        return true;
      }
      return false;
  }
  return false;
}

void Wants(const Option& option, char* into, size_t size) {
  switch (option.kind) {
    case Kind::kNumber:
      snprintf(into, size, "a whole number");
      return;
    case Kind::kReal:
      snprintf(into, size, "a number of 0 or more");
      return;
    case Kind::kBool:
      snprintf(into, size, "0 or 1");
      return;
    case Kind::kText:
      snprintf(into, size, "a text");
      return;
    case Kind::kOneOf:
      snprintf(into, size, option.values[1] != nullptr ? "one of" : "only");
      for (const char* const* known = option.values; *known != nullptr; ++known) {
        const size_t used = strlen(into);
        snprintf(into + used, size - used, "%s %s", known == option.values ? "" : ",", *known);
      }
      return;
  }
}

// `option` is NAME or NAME=VALUE.
bool Set(char* option, ForeignOptions* options, char* error, size_t size) {
  char* const equals = strchr(option, '=');
  if (equals != nullptr) *equals = '\0';
  for (const Option& known : kOptions) {
    if (strcmp(known.name, option) != 0) continue;
    if (equals == nullptr && known.kind != Kind::kBool) {
      snprintf(error, size, "option \"%s\" of HAMMERLOCK_OPTIONS needs a value: write %s=VALUE",
               option, option);
      return false;
    }
    const char* const value = equals != nullptr ? equals + 1 : "1";
    if (Parse(known, value, options)) return true;
    char wants[128];
    Wants(known, wants, sizeof(wants));
    snprintf(error, size, "option \"%s\" of HAMMERLOCK_OPTIONS takes %s, but \"%s\" is none",
             option, wants, value);
    return false;
  }
  snprintf(
      error, size,
      "unknown option \"%s\" of HAMMERLOCK_OPTIONS: HAMMERLOCK_OPTIONS=help lists what there is",
      option);
  return false;
}

}  // namespace

bool ParseForeignOptions(const char* text, ForeignOptions* options, char* error, size_t size) {
  // Kept for good: options point into it.
  char* const copy = strdup(text != nullptr ? text : "");
  for (char* option = copy; option != nullptr;) {
    char* const colon = strchr(option, ':');
    if (colon != nullptr) *colon = '\0';
    if (*option != '\0' && !Set(option, options, error, size)) return false;
    option = colon != nullptr ? colon + 1 : nullptr;
  }
  ParseStrategy(options->strategy_name, &options->strategy);
  if (options->jobs == 0 || options->jobs > kMaxJobs) {
    snprintf(error, size, "option \"jobs\" of HAMMERLOCK_OPTIONS takes 1 to %d", int{kMaxJobs});
    return false;
  }
  if (options->max_steps == 0) {
    snprintf(error, size, "option \"max_steps\" of HAMMERLOCK_OPTIONS takes 1 or more");
    return false;
  }
  options->bounded = options->executions != 0 || options->seconds != 0;
  if (!options->bounded) options->seconds = 1;
  return true;
}

void PrintForeignHelp(const char* program) {
  printf("HAMMERLOCK_OPTIONS=\"name=value:name=value\" %s: runs the program in the explorer.\n",
         program);
  for (const Option& option : kOptions) printf("  %-10s  %s\n", option.name, option.help);
}

}  // namespace hammerlock::explore
