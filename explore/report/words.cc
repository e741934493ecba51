// SPDX-License-Identifier: Apache-2.0
#include "explore/report/words.h"

#include <algorithm>
#include <iterator>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace hammerlock::explore {
namespace {

constexpr size_t kMostNamed = 3;  // Operations that one remark lists.

std::string Threads(uint64_t bits) {
  std::vector<int> threads;
  for (int t = 0; t < 64; ++t) {
    if (bits >> t & 1) threads.push_back(t);
  }
  if (threads.size() > kMostNamed) return absl::StrCat(threads.size(), " threads");
  return absl::StrCat(threads.size() == 1 ? "thread " : "threads ", absl::StrJoin(threads, ","));
}

std::string Plain(const Story& story, int event) {
  const Event& e = story.event(event);
  const std::string at = story.locations().NameOf(e.address);
  const std::string value = e.known ? absl::StrCat(" = ", ValueText(e.value, e.size)) : "";
  const std::string word = e.what != nullptr ? absl::StrCat(" (", e.what, ")") : "";
  return absl::StrCat(e.kind == Event::kPlainRead ? "read " : "write ", at, value, word);
}

std::string RowsOf(const Story& story, const std::vector<int>& events) {
  std::vector<int> rows;
  for (size_t i = 0; i < events.size() && i < kMostNamed; ++i) rows.push_back(story.row(events[i]));
  return absl::StrCat(absl::StrJoin(rows, ","), events.size() > kMostNamed ? ",.." : "");
}

}  // namespace

std::string_view OrderName(unsigned order) {
  constexpr std::string_view kNames[] = {"relaxed", "consume", "acquire",
                                         "release", "acq_rel", "seq_cst"};
  return order < std::size(kNames) ? kNames[order] : "?";
}

std::string NounOf(const Event& event, std::string_view name) {
  const std::string_view what = event.what != nullptr ? event.what : "";
  const size_t comma = std::min(what.find(','), what.size());
  return absl::StrCat(what.substr(0, comma), " ", name, what.substr(comma));
}

std::string Operation(const Story& story, int event) {
  const Event& e = story.event(event);
  const auto at = [&] { return story.locations().NameOf(e.address); };
  const std::string value = ValueText(e.value, e.size);
  const std::string order = absl::StrCat(" ", OrderName(e.order));
  const std::string_view what = e.what != nullptr ? e.what : "";
  switch (e.kind) {
    case Event::kLoad:
      return absl::StrCat("load ", at(), " = ", value, order);
    case Event::kStore:
      return absl::StrCat("store ", at(), " = ", value, order);
    case Event::kModify:
      return absl::StrCat("modify ", at(), ": ", ValueText(e.read, e.size), " to ", value, order);
    case Event::kFailedExchange:
      return absl::StrCat("compare ", at(), " = ", value, ", differs", order);
    case Event::kFence:
      return absl::StrCat("fence", order);
    case Event::kPlainRead:
    case Event::kPlainWrite:
      return Plain(story, event);
    case Event::kAllocate:
      return absl::StrCat("allocate ", e.read, " bytes at ", AddressText(e.address));
    case Event::kFree:
      return absl::StrCat("free ", AddressText(e.address), ", ", e.read, " bytes");
    case Event::kSpawn:
      return absl::StrCat("start ", story.ThreadName(static_cast<int>(e.value)));
    case Event::kExit:
      return "end";
    case Event::kJoin:
      return absl::StrCat("join ", story.ThreadName(static_cast<int>(e.value)));
    case Event::kLock:
      return absl::StrCat("lock ", at());
    case Event::kUnlock:
      return absl::StrCat("unlock ", at());
    case Event::kBlock:
      if (e.value != 0) return absl::StrCat("wait for the end of thread ", e.value - 1);
      return absl::StrCat("wait for ", NounOf(e, at()));
    case Event::kNotify:
      return absl::StrCat("notify ", at(), ": ",
                          e.read == 0 ? "nobody waits" : absl::StrCat("wakes ", Threads(e.read)));
    case Event::kCall:
      return absl::StrCat("call ", what);
    case Event::kReturn:
      return absl::StrCat("returns ", what);
    case Event::kFail:
      return "FAILS";
    case Event::kOther:
      return e.address != 0 ? absl::StrCat(what, " ", at()) : std::string(what);
  }
  return "?";
}

std::vector<std::string> Remarks(const Story& story, int event) {
  const Event& e = story.event(event);
  const Meaning& m = story.meaning(event);
  std::vector<std::string> remarks;
  // A synchronisation with the very store that was read needs no words of its own.
  const bool plainly = m.synchronises.size() == 1 && m.synchronises[0] == m.reads;
  if (Reads(e)) {
    std::string from;
    if (m.reads >= 0) {
      const bool of_other = story.event(m.reads).thread != e.thread;
      from = absl::StrCat("from ", story.row(m.reads));
      if (of_other)
        absl::StrAppend(&from, m.synchronises.empty() ? " (no sync)" : plainly ? " (sync)" : "");
      if (m.reads > event) absl::StrAppend(&from, ", YET TO COME");
    } else if (e.from_step != 0) {
      from = "from a row that is missing";
    } else if (e.newer != 0) {
      from = "initial";
    }
    if (!m.newer.empty() && !Stores(e)) {
      absl::StrAppend(&from, ", IGNORES ", RowsOf(story, m.newer));
    }
    if (!from.empty()) remarks.push_back(from);
  }
  if (Stores(e) && !m.newer.empty()) {
    remarks.push_back(absl::StrCat("comes before ", RowsOf(story, m.newer), " in the end"));
  }
  if (!plainly && !m.synchronises.empty()) {
    remarks.push_back(absl::StrCat("syncs with ", RowsOf(story, m.synchronises)));
  }
  if (e.kind == Event::kBlock && m.holder >= 0) {
    remarks.push_back(m.holder == e.thread ? "it has it itself"
                                           : absl::StrCat("thread ", m.holder, " has it"));
  }
  if (const int times = story.times(story.row(event)); times > 1) {
    remarks.push_back(absl::StrCat(times, " times"));
  }
  const Failure& failure = story.failure();
  if (event == failure.access) {
    remarks.push_back(failure.other >= 0   ? absl::StrCat("RACES WITH ", story.row(failure.other))
                      : failure.freed >= 0 ? absl::StrCat("FREED IN ", story.row(failure.freed))
                                           : std::string("FAILS"));
  }
  return remarks;
}

}  // namespace hammerlock::explore
