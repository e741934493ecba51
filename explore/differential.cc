// SPDX-License-Identifier: Apache-2.0
//
// usage: differential [PROGRAMS [CYCLES [SEED [MOST [RACES]]]]]
//
// Holds the engine against the judge: the named litmus tests and races, then random programs,
// critical cycles and programs near to a race from a seed, with at most MOST executions each; those
// of them that have use for it with load buffering as well. Prints what differs, and how much was
// compared.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "explore/axioms/critical_cycle.h"
#include "explore/axioms/generator.h"
#include "explore/axioms/litmus_suite.h"
#include "explore/axioms/near_race.h"
#include "explore/axioms/race_suite.h"
#include "explore/judged_program.h"

namespace hammerlock::explore {

using namespace axioms;

namespace {

struct Totals {
  uint64_t programs = 0;
  uint64_t racy = 0;
  uint64_t outcomes = 0;
  uint64_t executions = 0;
  uint64_t unsound = 0;
  uint64_t missing = 0;
  uint64_t false_races = 0;
  uint64_t missed_races = 0;

  bool differ() const { return (unsound | missing | false_races | missed_races) != 0; }
};

void Count(const Program& program, const Difference& difference, Totals& totals) {
  ++totals.programs;
  totals.racy += difference.racy;
  totals.outcomes += difference.allowed;
  totals.executions += difference.executions;
  totals.unsound += difference.unsound.size();
  totals.missing += difference.missing.size();
  totals.false_races += difference.false_race;
  totals.missed_races += difference.missed_race;
  if (!difference.empty()) std::printf("%s\n", Describe(program, difference).c_str());
}

void Hold(const Program& program, Effort effort, Totals& totals) {
  Count(program, HoldAgainstJudge(program, effort), totals);
}

void HoldPromises(const Program& program, Effort effort, Totals& totals) {
  if (HasUseForPromises(program)) {
    Count(program, HoldPromisesAgainstJudge(program, effort), totals);
  }
}

void Tell(const char* what, const Totals& t) {
  std::printf(
      "%s: %llu programs (%llu racy), %llu allowed outcomes, %llu executions: %llu unsound, "
      "%llu missing, %llu false races, %llu missed\n",
      what, static_cast<unsigned long long>(t.programs), static_cast<unsigned long long>(t.racy),
      static_cast<unsigned long long>(t.outcomes), static_cast<unsigned long long>(t.executions),
      static_cast<unsigned long long>(t.unsound), static_cast<unsigned long long>(t.missing),
      static_cast<unsigned long long>(t.false_races),
      static_cast<unsigned long long>(t.missed_races));
}

int Main(int argc, char** argv) {
  const auto number = [&](int i, uint64_t otherwise) {
    return i < argc ? std::strtoull(argv[i], nullptr, 10) : otherwise;
  };
  if (argc > 1 && std::string(argv[1]).find(' ') != std::string::npos) {
    const absl::StatusOr<Program> program = Parse(argv[1]);
    if (!program.ok()) {
      std::fprintf(stderr, "%s\n", program.status().ToString().c_str());
      return 64;
    }
    Totals totals;
    Hold(*program, {1000, number(2, 100'000'000)}, totals);
    Tell("one program", totals);
    return totals.differ();
  }
  const uint64_t programs = number(1, 1000), cycles = number(2, 1000), seed = number(3, 1);
  const Effort effort{1000, number(4, 1'000'000)};
  const uint64_t near = number(5, 1000);
  Totals suite, named, random, critical, races, buffering;
  const auto hold = [&](const Program& program, Totals& totals) {
    Hold(program, effort, totals);
    HoldPromises(program, effort, buffering);
  };
  for (const LitmusTest& test : LitmusSuite()) hold(*Parse(test.program), suite);
  for (const RaceTest& test : RaceSuite()) Hold(*Parse(test.program), effort, named);
  for (uint64_t i = 0; i < programs; ++i) hold(RandomProgram(seed * 1'000'003 + i), random);
  for (uint64_t i = 0; i < cycles; ++i) {
    hold(RandomCriticalCycle(seed * 1'000'003 + i).program, critical);
  }
  for (uint64_t i = 0; i < near; ++i) Hold(RandomNearRace(seed * 1'000'003 + i), effort, races);
  bool differs = false;
  const auto tell = [&](const char* what, const Totals& totals) {
    Tell(what, totals);
    differs = differs || totals.differ();
  };
  tell("litmus suite", suite);
  tell("named races", named);
  tell("random programs", random);
  tell("critical cycles", critical);
  tell("near races", races);
  tell("load buffering", buffering);
  return differs;
}

}  // namespace
}  // namespace hammerlock::explore

int main(int argc, char** argv) { return hammerlock::explore::Main(argc, argv); }
