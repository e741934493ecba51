// SPDX-License-Identifier: Apache-2.0
#include "explore/report/json.h"

#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "explore/report/words.h"

namespace hammerlock::explore {
namespace {

std::string Quoted(std::string_view text) {
  std::string result = "\"";
  for (char c : text) {
    if (c == '"' || c == '\\') {
      result += {'\\', c};
    } else if (static_cast<unsigned char>(c) < 0x20) {
      absl::StrAppend(&result, "\\u", absl::Hex(static_cast<unsigned char>(c), absl::kZeroPad4));
    } else {
      result += c;
    }
  }
  return result + '"';
}

std::string_view KindName(Event::Kind kind) {
  constexpr std::string_view kNames[] = {"load",  "store",  "modify", "failed_exchange",
                                         "fence", "read",   "write",  "allocate",
                                         "free",  "start",  "end",    "join",
                                         "lock",  "unlock", "wait",   "notify",
                                         "call",  "return", "fail",   "other"};
  return kNames[kind];
}

std::string List(const std::vector<int>& events) {
  return absl::StrCat("[", absl::StrJoin(events, ","), "]");
}

std::string Frames(const Place& place) {
  std::vector<std::string> frames;
  for (const Frame& frame : place.stack) {
    frames.push_back(absl::StrCat("{\"function\":", Quoted(frame.function),
                                  ",\"file\":", Quoted(frame.file), ",\"line\":", frame.line, "}"));
  }
  return absl::StrCat("[", absl::StrJoin(frames, ","), "]");
}

bool OfObject(const Event& e) {
  return e.kind == Event::kLock || e.kind == Event::kUnlock || e.kind == Event::kNotify ||
         (e.kind == Event::kBlock && e.value == 0) || (e.kind == Event::kOther && e.address != 0);
}

std::string Object(const Story& story, int i) {
  const Event& e = story.event(i);
  const Meaning& m = story.meaning(i);
  std::string object =
      absl::StrCat("{\"thread\":", e.thread, ",\"kind\":", Quoted(KindName(e.kind)));
  const auto add = [&](std::string_view key, const auto& value) {
    absl::StrAppend(&object, ",\"", key, "\":", value);
  };
  if (story.row(i) != 0) add("row", story.row(i));
  if (e.kind <= Event::kFence) add("order", Quoted(OrderName(e.order)));
  const bool memory = IsPlain(e) || IsAtomic(e);
  if (e.address != 0) add("address", Quoted(absl::StrCat("0x", absl::Hex(e.address))));
  if (memory || OfObject(e)) add("name", Quoted(story.locations().NameOf(e.address)));
  if (memory && e.size != 0) add("size", e.size + 0);
  if (IsAtomic(e) || (IsPlain(e) && e.known)) add("value", e.value);
  if (e.kind == Event::kAllocate || e.kind == Event::kFree) add("size", e.read);
  if (e.kind == Event::kModify) add("read", e.read);
  if (Reads(e)) {
    // The store that was read; null: the initial value.
    add("from", m.reads >= 0 ? absl::StrCat(m.reads) : std::string("null"));
  }
  if (!m.newer.empty()) add("newer", List(m.newer));
  if (!m.synchronises.empty()) add("synchronises_with", List(m.synchronises));
  if (e.kind == Event::kSpawn || e.kind == Event::kJoin) add("other", e.value);
  if (e.kind == Event::kBlock && e.value != 0) add("other", e.value - 1);
  if (e.kind == Event::kNotify) add("wakes", e.value);
  if (m.holder >= 0) add("holder", m.holder);
  if (i == story.failure().access) {
    add("fails", "true");
    if (story.failure().other >= 0) add("races_with", story.failure().other);
  }
  if (e.what != nullptr) add("what", Quoted(e.what));
  if (!story.place(i).stack.empty()) add("stack", Frames(story.place(i)));
  return absl::StrCat(object, "}");
}

}  // namespace

std::string StepsJson(const Story& story) {
  int threads = 0;
  std::vector<std::string> steps;
  for (int i = 0; i < static_cast<int>(story.events().size()); ++i) {
    threads = std::max(threads, story.event(i).thread + 1);
    steps.push_back(Object(story, i));
  }
  std::vector<std::string> names;
  for (int t = 0; t < threads; ++t) names.push_back(Quoted(story.ThreadName(t)));
  return absl::StrCat("{\"threads\":[", absl::StrJoin(names, ","), "],\n\"steps\":[\n",
                      absl::StrJoin(steps, ",\n"), "]}");
}

}  // namespace hammerlock::explore
