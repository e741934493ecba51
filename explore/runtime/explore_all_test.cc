// SPDX-License-Identifier: Apache-2.0
//
// Explores the scenarios of a test program, each in a process of its own.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "explore/runtime/runtime.h"
#include "explore/runtime/search.h"
#include "explore/runtime/test_program.h"

namespace hammerlock::explore::test_program {
namespace {

constexpr int kKinds = 12;
// By FailureKind.
constexpr const char* kNames[kKinds] = {"passes",        "expectation", "sometimes", "signal",
                                        "race",          "uaf",         "bad free",  "leak",
                                        "uninitialised", "deadlock",    "livelock",  "misuse"};
static_assert(static_cast<int>(FailureKind::kMisuse) == kKinds - 1);
constexpr int kUnsupportedExit = 67;

int Executions() {
  const char* const text = getenv("HAMMERLOCK_EXECUTIONS");
  return text == nullptr ? 500 : atoi(text);
}

// 0 if what was found is what was expected, and nothing else.
int Explore(const Scenario& scenario) {
  Options options;
  options.race = scenario.race;
  if (scenario.max_steps != 0) options.max_steps = scenario.max_steps;
  Prepare(options);
  int counts[kKinds] = {};
  char why[kKinds][sizeof(Ending::why)] = {};
  int endless = 0;
  const int executions = Executions();
  for (int i = 0; i < executions; ++i) {
    SeedExecution(1, static_cast<uint64_t>(i), Strategy::kPortfolio);
    const Ending& ending = Execute([](void* run) { reinterpret_cast<void (*)()>(run)(); },
                                   reinterpret_cast<void*>(scenario.run));
    const int kind = static_cast<int>(ending.failure);
    if (counts[kind]++ == 0) memcpy(why[kind], ending.why, sizeof(ending.why));
    endless += ending.endless;
  }
  // Not each execution that lives on need be known for a livelock.
  const bool may_be_endless = strcmp(scenario.expectation, "livelock") == 0;
  bool wrong = !may_be_endless && (endless != 0) != (strcmp(scenario.expectation, "endless") == 0);
  for (int kind = 0; kind < kKinds; ++kind) {
    const bool expected = strcmp(kNames[kind], scenario.expectation) == 0;
    if (expected && counts[kind] == 0) wrong = true;
    if (!expected && kind != 0 && counts[kind] != 0) wrong = true;
  }
  if (wrong) {
    printf("%s: expected \"%s\" of %d executions\n", scenario.name, scenario.expectation,
           executions);
    for (int kind = 0; kind < kKinds; ++kind) {
      if (counts[kind] != 0) printf("  %d: %s %s\n", counts[kind], kNames[kind], why[kind]);
    }
    if (endless != 0) printf("  %d did not end\n", endless);
  }
  fflush(stdout);
  return wrong;
}

}  // namespace

int ExploreAll(const Scenario* scenarios, size_t count, const char* only) {
  int explored = 0, wrong = 0;
  for (size_t i = 0; i < count; ++i) {
    const Scenario& scenario = scenarios[i];
    if (only != nullptr && strcmp(only, scenario.name) != 0) continue;
    ++explored;
    fflush(stdout);
    const pid_t child = fork();
    if (child == 0) _exit(Explore(scenario));
    int status = 0;
    waitpid(child, &status, 0);
    const int expected = strcmp(scenario.expectation, "unsupported") == 0 ? kUnsupportedExit : 0;
    if (!WIFEXITED(status)) {
      printf("%s: ended by signal %d\n", scenario.name, WTERMSIG(status));
      ++wrong;
    } else if (WEXITSTATUS(status) != expected) {
      if (expected != 0) printf("%s: was not refused\n", scenario.name);
      ++wrong;
    }
  }
  printf("%d scenarios, %d wrong\n", explored, wrong);
  return explored == 0 ? 64 : wrong != 0;
}

}  // namespace hammerlock::explore::test_program
