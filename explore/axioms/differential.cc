// SPDX-License-Identifier: Apache-2.0
#include "explore/axioms/differential.h"

#include <algorithm>
#include <iterator>

#include "absl/strings/str_cat.h"
#include "explore/axioms/model.h"

namespace hammerlock::axioms {

Difference Compare(const std::set<Outcome>& allowed,
                   const std::function<Outcome(uint64_t seed)>& run, Effort effort) {
  Difference difference;
  std::set<Outcome> seen;
  size_t allowed_and_seen = 0;
  while (difference.executions < effort.most) {
    if (difference.executions >= effort.least && allowed_and_seen == allowed.size()) break;
    const Outcome outcome = run(difference.executions++);
    if (seen.insert(outcome).second && allowed.contains(outcome)) ++allowed_and_seen;
  }
  std::ranges::set_difference(seen, allowed, std::back_inserter(difference.unsound));
  std::ranges::set_difference(allowed, seen, std::back_inserter(difference.missing));
  return difference;
}

Difference Compare(const Program& program, const std::function<Outcome(uint64_t seed)>& run,
                   Effort effort) {
  return Compare(AllowedOutcomes(program), run, effort);
}

std::string Describe(const Program& program, const Difference& difference) {
  if (difference.empty()) return "";
  std::string text = absl::StrCat(Print(program), "\n");
  for (const Outcome& outcome : difference.unsound) {
    absl::StrAppend(&text, "  unsound: ", Print(program, outcome), "\n");
  }
  for (const Outcome& outcome : difference.missing) {
    absl::StrAppend(&text, "  missing after ", difference.executions,
                    " executions: ", Print(program, outcome), "\n");
  }
  return text;
}

}  // namespace hammerlock::axioms
