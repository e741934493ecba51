// SPDX-License-Identifier: Apache-2.0
#include "scenario/judgement.h"

#include <algorithm>

#include "absl/strings/str_cat.h"

namespace hammerlock {
namespace {

std::string PrintCall(const History& history, size_t id, absl::Span<const std::string> names) {
  const History::Entry& entry = history[id];
  return Print(names[entry.call.operation], entry.call.arguments,
               entry.returned ? &entry.result : nullptr);
}

}  // namespace

void Judgement::Translate(absl::Span<const size_t> ids) {
  part.assign(ids.begin(), ids.end());
  for (size_t& id : order) id = ids[id];
  for (DeadEnd& end : dead_ends) {
    for (size_t& id : end.order) id = ids[id];
    for (Refusal& refusal : end.refusals) refusal.id = ids[refusal.id];
  }
}

std::string Explain(const Judgement& judgement, const History& history,
                    absl::Span<const std::string> operations, std::string_view criterion) {
  if (judgement.verdict != Linearizability::kIllegal || judgement.dead_ends.empty()) return "";
  if (!judgement.part.empty()) {
    // Of the other calls nothing more is to be said.
    History closed = history;
    closed.Close();
    std::vector<size_t> index(history.size());
    for (size_t i = 0; i < judgement.part.size(); ++i) index[judgement.part[i]] = i;
    Judgement of_part = judgement;
    of_part.Translate(index);
    of_part.part.clear();
    return absl::StrCat("(only the calls of key ",
                        history[judgement.part[0]].call.arguments[0].ToString(), ")\n",
                        Explain(of_part, closed.Restrict(judgement.part), operations, criterion));
  }
  const std::vector<size_t> sorted = history.Sorted(judgement.dead_ends[0].order);
  std::vector<size_t> row_of(history.size());
  for (size_t i = 0; i < sorted.size(); ++i) row_of[sorted[i]] = i + 1;

  std::string text = absl::StrCat("not ", criterion, ":\n", history.Print(operations, sorted));
  for (const Judgement::DeadEnd& end : judgement.dead_ends) {
    if (end.order.empty()) {
      absl::StrAppend(&text, "No call can be the first:\n");
    } else {
      absl::StrAppend(&text, &end == &judgement.dead_ends[0] ? "At most the rows" : "Or the rows");
      for (size_t id : end.order) absl::StrAppend(&text, " ", row_of[id]);
      absl::StrAppend(&text, " can be linearized, in this order; then none can be the next:\n");
    }
    for (const Judgement::Refusal& refusal : end.refusals) {
      absl::StrAppend(
          &text, "  ", row_of[refusal.id], "  ", PrintCall(history, refusal.id, operations),
          refusal.expected ? absl::StrCat(", but the model returns ", refusal.expected->ToString())
                           : ", which the model does not allow",
          "\n");
    }
  }
  return text;
}

}  // namespace hammerlock
