// SPDX-License-Identifier: Apache-2.0
#include "explore/axioms/outcome.h"

#include <vector>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"

namespace hammerlock::axioms {
namespace {

// The thread of each register.
std::vector<int> RegisterThreads(const Program& program) {
  std::vector<int> threads;
  for (size_t t = 0; t < program.threads.size(); ++t) {
    for (const Instruction& i : program.threads[t]) {
      if (i.reads()) threads.push_back(static_cast<int>(t));
    }
  }
  return threads;
}

}  // namespace

std::string Print(const Program& program, const Outcome& outcome) {
  std::vector<std::string> words;
  const std::vector<int> threads = RegisterThreads(program);
  for (size_t r = 0; r < threads.size(); ++r) {
    words.push_back(absl::StrCat(threads[r], ":", outcome.registers[r]));
  }
  for (int l = 0; l < program.locations(); ++l) {
    words.push_back(absl::StrCat(std::string(1, LocationName(l)), "=", outcome.memory[l]));
  }
  return absl::StrJoin(words, " ");
}

bool OutcomePattern::Matches(const Outcome& outcome) const {
  for (size_t r = 0; r < register_asked.size(); ++r) {
    if (register_asked[r] && outcome.registers[r] != values.registers[r]) return false;
  }
  for (size_t l = 0; l < memory_asked.size(); ++l) {
    if (memory_asked[l] && outcome.memory[l] != values.memory[l]) return false;
  }
  return true;
}

absl::StatusOr<OutcomePattern> ParsePattern(const Program& program, std::string_view text) {
  const std::vector<int> threads = RegisterThreads(program);
  OutcomePattern pattern;
  size_t registers = 0;
  for (std::string_view word : absl::StrSplit(text, ' ', absl::SkipEmpty())) {
    const std::vector<std::string_view> sides = absl::StrSplit(word, absl::ByAnyChar(":="));
    int thread = 0, value = 0;
    const bool any = sides.back() == "*";
    bool ok = sides.size() == 2 && (any || absl::SimpleAtoi(sides[1], &value));
    if (ok && absl::StrContains(word, ':')) {
      ok = absl::SimpleAtoi(sides[0], &thread) && registers < threads.size() &&
           threads[registers] == thread;
      if (ok) {
        pattern.values.registers[registers] = value;
        pattern.register_asked[registers++] = !any;
      }
    } else if (ok) {
      int l = 0;
      while (l < program.locations() && sides[0] != std::string(1, LocationName(l))) ++l;
      ok = l < program.locations();
      if (ok) {
        pattern.values.memory[l] = value;
        pattern.memory_asked[l] = !any;
      }
    }
    if (!ok) {
      return absl::InvalidArgumentError(
          absl::StrCat("\"", word, "\" is out of place in the outcome \"", text, "\""));
    }
  }
  if (registers != 0 && registers != threads.size()) {
    return absl::InvalidArgumentError(absl::StrCat("the outcome \"", text, "\" names ", registers,
                                                   " registers, the program has ", threads.size()));
  }
  return pattern;
}

}  // namespace hammerlock::axioms
