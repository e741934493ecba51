// SPDX-License-Identifier: Apache-2.0
#include "explore/axioms/differential.h"

#include <algorithm>
#include <iterator>
#include <set>

#include "absl/strings/str_cat.h"

namespace hammerlock::axioms {

Difference Compare(const Judged& judged, const std::function<Shown(uint64_t seed)>& run,
                   Effort effort) {
  const std::set<Outcome>& allowed = judged.outcomes;
  Difference difference;
  difference.allowed = allowed.size();
  difference.racy = judged.racy;
  std::set<Outcome> seen;
  size_t allowed_and_seen = 0;
  bool raced = false;
  while (difference.executions < effort.most) {
    const bool enough = allowed_and_seen == allowed.size() && raced == judged.racy;
    if (difference.executions >= effort.least && enough) break;
    const Shown shown = run(difference.executions++);
    if (!shown.has_value()) {
      raced = true;
    } else if (seen.insert(*shown).second && allowed.contains(*shown)) {
      ++allowed_and_seen;
    }
    if (raced && !judged.racy) break;
  }
  difference.false_race = raced && !judged.racy;
  difference.missed_race = !raced && judged.racy;
  std::ranges::set_difference(seen, allowed, std::back_inserter(difference.unsound));
  std::ranges::set_difference(allowed, seen, std::back_inserter(difference.missing));
  return difference;
}

Difference Compare(const Program& program, const std::function<Shown(uint64_t seed)>& run,
                   Effort effort) {
  return Compare(Judge(program), run, effort);
}

std::string Describe(const Program& program, const Difference& difference) {
  if (difference.empty()) return "";
  std::string text = absl::StrCat(Print(program), "\n");
  if (difference.false_race) {
    absl::StrAppend(&text, "  race in execution ", difference.executions - 1,
                    ", but there can be none\n");
  }
  if (difference.missed_race) {
    absl::StrAppend(&text, "  no race after ", difference.executions, " executions\n");
  }
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
