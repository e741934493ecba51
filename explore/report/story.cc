// SPDX-License-Identifier: Apache-2.0
#include "explore/report/story.h"

#include <algorithm>
#include <map>
#include <utility>

#include "absl/strings/str_cat.h"

namespace hammerlock::explore {
namespace {

// The granules of 8 bytes through which threads talk to each other: an atomic lies there, or what
// one thread wrote another one looks at later. What a thread finds when it starts, or leaves when
// it ends, is not meant.
class Shared {
 public:
  explicit Shared(const std::vector<Event>& events) {
    std::map<int, int> started, ended;
    for (int i = 0; i < static_cast<int>(events.size()); ++i) {
      if (events[i].kind == Event::kSpawn) started[static_cast<int>(events[i].value)] = i;
      if (events[i].kind == Event::kExit) ended[events[i].thread] = i;
    }
    for (int i = 0; i < static_cast<int>(events.size()); ++i) {
      const Event& e = events[i];
      if (!IsPlain(e) && !IsAtomic(e)) continue;
      Granule& granule = granules_[e.address / 8];
      if (IsAtomic(e)) granule.shared = true;
      for (const auto& [thread, writes] : granule.written) {
        const auto end = ended.find(thread);
        if (thread != e.thread && writes > started[e.thread] &&
            (end == ended.end() || end->second > i)) {
          granule.shared = true;
        }
      }
      for (const auto& [thread, read] : granule.read) {
        if (thread != e.thread && Writes(e) && read > started[e.thread]) granule.shared = true;
      }
      (Writes(e) ? granule.written : granule.read)[e.thread] = i;
    }
  }

  bool Has(uintptr_t address) const {
    const auto found = granules_.find(address / 8);
    return found != granules_.end() && found->second.shared;
  }
  bool HasAnyOf(uintptr_t address, size_t size) const {
    const auto found = granules_.lower_bound(address / 8);
    for (auto g = found; g != granules_.end() && g->first * 8 < address + size; ++g) {
      if (g->second.shared) return true;
    }
    return false;
  }

 private:
  struct Granule {
    std::map<int, int> written, read;  // The last event of each thread.
    bool shared = false;
  };
  std::map<uintptr_t, Granule> granules_;
};

bool SameAccess(const Event& a, const Event& b) {
  return a.kind == b.kind && a.thread == b.thread && a.address == b.address && a.pc == b.pc &&
         a.value == b.value && a.from_step == b.from_step && a.from_thread == b.from_thread &&
         a.newer == b.newer && (a.kind == Event::kLoad || a.kind == Event::kPlainRead);
}

}  // namespace

Story::Story(std::vector<Event> events, std::vector<std::string> names,
             const Symbolizer& symbolizer)
    : events_(std::move(events)),
      names_(std::move(names)),
      symbols_(symbolizer(CodeOf(events_), DataOf(events_))),
      places_(PlacesOf(events_, symbols_)),
      meanings_(MeaningsOf(events_)),
      failure_(FailureOf(events_)),
      rows_(events_.size()) {
  ChooseTold();
  locations_.emplace(events_, told_, places_, symbols_, source_);
}

std::string Story::ThreadName(int thread) const {
  const bool named = static_cast<size_t>(thread) < names_.size() && !names_[thread].empty();
  return absl::StrCat("thread ", thread, named ? absl::StrCat(" (", names_[thread], ")") : "");
}

void Story::ChooseTold() {
  const Shared shared(events_);
  std::map<int, int> last_of;
  for (int i = 0; i < static_cast<int>(events_.size()); ++i) {
    if (events_[i].kind != Event::kFail) last_of[events_[i].thread] = i;
  }
  const auto is_told = [&](int i) {
    const Event& e = events_[i];
    if (i == failure_.access || i == failure_.other || i == failure_.freed) return true;
    switch (e.kind) {
      case Event::kCall:
      case Event::kReturn:
        return true;
      case Event::kAllocate:
      case Event::kExit:
        return false;
      case Event::kFail:
        // The engine may have noticed only when a thread waited or ended.
        return failure_.access < 0 && !places_[i].stack.empty() &&
               events_[last_of[e.thread]].kind != Event::kBlock;
      default:
        break;
    }
    if (places_[i].of_harness) return false;
    if (IsPlain(e)) return shared.Has(e.address);
    if (e.kind == Event::kFree) return shared.HasAnyOf(e.address, e.read);
    // To wait for a thread that ends says no more than to join it.
    if (e.kind == Event::kBlock && e.value != 0) return i == last_of[e.thread];
    return true;
  };
  std::map<int, int> last;  // The last row of each thread.
  for (int i = 0; i < static_cast<int>(events_.size()); ++i) {
    if (!is_told(i)) continue;
    int& before = last[events_[i].thread];
    if (before != 0 && i != failure_.access && SameAccess(events_[told_[before - 1]], events_[i])) {
      rows_[i] = before;
      ++times_[before - 1];
      continue;
    }
    told_.push_back(i);
    times_.push_back(1);
    rows_[i] = before = static_cast<int>(told_.size());
  }
}

}  // namespace hammerlock::explore
