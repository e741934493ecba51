// SPDX-License-Identifier: Apache-2.0
#include "explore/report/explanation.h"

#include <algorithm>
#include <map>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "explore/report/words.h"

namespace hammerlock::explore {
namespace {

constexpr size_t kWidth = 118;
constexpr size_t kMostCallers = 4;

// The name of a function without what it belongs to and takes.
std::string_view ShortName(std::string_view function) {
  function = function.substr(0, function.find('('));
  const size_t colons = function.rfind("::");
  if (colons != function.npos) function.remove_prefix(colons + 2);
  return function.empty() || function == "operator" ? "a lambda" : function;
}

// " in row 9", and a line for each call around the event: where, and the source's text.
std::string Where(const Story& story, int event) {
  const Place& place = story.place(event);
  std::string text = story.row(event) != 0 ? absl::StrCat(" in row ", story.row(event)) : "";
  if (place.stack.empty()) {
    const std::string address = ShortPlace(story.event(event), place);
    return absl::StrCat(text, address.empty() ? "" : ", at ", address, "\n");
  }
  text += "\n";
  const size_t count = std::min(place.stack.size(), 1 + kMostCallers);
  std::vector<std::string> calls;
  size_t width = 0;
  for (size_t i = 0; i < count; ++i) {
    const Frame& frame = place.stack[i];
    calls.push_back(
        absl::StrCat("      ", frame.file, ":", frame.line, " in ", ShortName(frame.function)));
    width = std::max(width, calls.back().size());
  }
  for (size_t i = 0; i < count; ++i) {
    std::string& line = calls[i];
    line.resize(width, ' ');
    absl::StrAppend(&line, "   ", story.SourceLine(place.stack[i]));
    if (line.size() > kWidth) line = absl::StrCat(line.substr(0, kWidth - 2), "..");
    line.erase(line.find_last_not_of(' ') + 1);
    absl::StrAppend(&text, line, "\n");
  }
  return text;
}

std::string Did(const Event& e, bool earlier) {
  switch (e.kind) {
    case Event::kPlainRead:
    case Event::kLoad:
    case Event::kFailedExchange:
      return earlier ? "read it" : "reads it";
    case Event::kFree:
      return earlier ? "freed it" : "frees it";
    case Event::kModify:
      return earlier ? "modified it" : "modifies it";
    default:
      return earlier ? "wrote it" : "writes it";
  }
}

std::string AtomicOrNot(const Event& e) {
  if (IsAtomic(e)) return absl::StrCat(" (atomic, ", OrderName(e.order), ")");
  return e.what != nullptr && IsPlain(e) ? " (atomic)" : "";
}

std::string OnWhat(const Story& story) {
  const Failure& failure = story.failure();
  const Event& fail = story.event(failure.event);
  const Event& access = story.event(failure.access);
  unsigned size = access.size;
  std::string name;
  for (int i : {failure.access, failure.other}) {
    if (i < 0) continue;
    const Event& e = story.event(i);
    if (size == 0) size = e.size;
    if (name.empty() && (IsPlain(e) || IsAtomic(e))) name = story.locations().NameOf(e.address);
  }
  std::string text = absl::StrCat(name, name.empty() ? "(" : " (");
  if (size != 0) absl::StrAppend(&text, size, " bytes at ");
  absl::StrAppend(&text, AddressText(fail.address));
  if (failure.block >= 0) {
    absl::StrAppend(&text, ", in a block of ", story.event(failure.block).read, " bytes");
  }
  return text + ")";
}

std::string OfAccess(const Story& story) {
  const Failure& failure = story.failure();
  const Event& access = story.event(failure.access);
  std::string text;
  const auto add = [&](int event, bool earlier) {
    const Event& e = story.event(event);
    absl::StrAppend(&text, "  ", story.ThreadName(e.thread), " ", Did(e, earlier), AtomicOrNot(e),
                    Where(story, event));
  };
  if (failure.other >= 0) {
    text = absl::StrCat("data race on ", OnWhat(story), "\n");
    add(failure.access, false);
    add(failure.other, true);
    return absl::StrCat(text, "  and nothing orders the two\n");
  }
  if (failure.freed >= 0 && access.kind == Event::kFree) {
    text =
        absl::StrCat("double free of ", AddressText(access.address), ", ", access.read, " bytes\n");
  } else if (failure.freed >= 0) {
    text = absl::StrCat("use after free of ", OnWhat(story), "\n");
  } else if (absl::StartsWith(story.event(failure.event).what, "atomic read")) {
    text = absl::StrCat("atomic read of ", OnWhat(story), ", which nobody has written\n");
  } else {
    text = absl::StrCat(story.event(failure.event).what, "\n");
  }
  add(failure.access, false);
  if (failure.freed >= 0) add(failure.freed, true);
  if (failure.block >= 0 && failure.freed < 0) {
    absl::StrAppend(&text, "  its block was allocated by ",
                    story.ThreadName(story.event(failure.block).thread),
                    Where(story, failure.block));
  }
  return text;
}

// Each thread that waits at the end: its last event.
std::string OfDeadlock(const Story& story) {
  std::map<int, int> last;
  std::map<uintptr_t, int> notified;
  for (int i = 0; i < story.failure().event; ++i) {
    const Event& e = story.event(i);
    last[e.thread] = i;
    if (e.kind == Event::kNotify) notified[e.address] = i;
  }
  const bool circle = absl::StrContains(story.event(story.failure().event).what, "circle");
  std::string text = absl::StrCat("deadlock", circle ? ": threads wait in a circle" : "", "\n");
  for (const auto& [thread, i] : last) {
    const Event& e = story.event(i);
    if (e.kind != Event::kBlock) continue;
    absl::StrAppend(&text, "  ", story.ThreadName(thread), " waits for ");
    if (e.value != 0) {
      absl::StrAppend(&text, "the end of ", story.ThreadName(static_cast<int>(e.value) - 1));
    } else {
      text += NounOf(e, story.locations().NameOf(e.address));
    }
    const int holder = story.meaning(i).holder;
    if (holder >= 0) absl::StrAppend(&text, ", which ", story.ThreadName(holder), " has");
    const auto notify = e.value == 0 ? notified.find(e.address) : notified.end();
    if (notify != notified.end() && story.event(notify->second).thread != thread) {
      absl::StrAppend(&text, ", notified last by ",
                      story.ThreadName(story.event(notify->second).thread), " in row ",
                      story.row(notify->second), notify->second < i ? ", before it waits" : "");
    }
    text += Where(story, i);
  }
  return text;
}

}  // namespace

std::string Explanation(const Story& story) {
  const Failure& failure = story.failure();
  if (failure.event < 0) return "";
  const std::string_view why = story.event(failure.event).what;
  if (failure.access >= 0) return OfAccess(story);
  if (absl::StartsWith(why, "deadlock")) return OfDeadlock(story);
  return absl::StrCat(why, "\n  ", story.ThreadName(story.event(failure.event).thread), " fails",
                      Where(story, failure.event));
}

}  // namespace hammerlock::explore
