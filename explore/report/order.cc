// SPDX-License-Identifier: Apache-2.0
#include "explore/report/order.h"

#include <algorithm>
#include <map>
#include <utility>

namespace hammerlock::explore {
namespace {

constexpr size_t kMost = 4;

class Analysis {
 public:
  explicit Analysis(const std::vector<Event>& events) : events_(events), meanings_(events.size()) {
    for (size_t i = 0; i < events.size(); ++i) Add(static_cast<int>(i));
  }

  std::vector<Meaning> Take() { return std::move(meanings_); }

 private:
  using Indices = std::vector<int>;
  using Makers = std::map<std::pair<unsigned, uint32_t>, int>;

  struct PerThread {
    int fence = -1;      // Its last release fence.
    Indices acquirable;  // What its next acquire fence synchronises with.
  };
  struct PerLock {
    int holder = -1;
    int released = -1;  // The last event that did.
  };

  static void AddTo(Indices& set, int event, size_t most = kMost) {
    if (set.size() < most && std::find(set.begin(), set.end(), event) == set.end()) {
      set.push_back(event);
    }
  }

  void Add(int i) {
    const Event& e = events_[i];
    if (IsAtomic(e)) return Access(i);
    PerThread& self = threads_[e.thread];
    PerLock& lock = locks_[e.address];
    switch (e.kind) {
      case Event::kFence:
        if (Acquires(e)) meanings_[i].synchronises = std::exchange(self.acquirable, {});
        if (Releases(e)) self.fence = i;
        break;
      case Event::kLock:
        if (lock.released >= 0 && events_[lock.released].thread != e.thread) {
          meanings_[i].synchronises = {lock.released};
        }
        lock.holder = e.thread;
        break;
      case Event::kUnlock:
        lock = {-1, i};
        break;
      case Event::kBlock:
        meanings_[i].holder = lock.holder;
        break;
      default:
        break;
    }
  }

  void Access(int i) {
    const Event& e = events_[i];
    Meaning& meaning = meanings_[i];
    // The runtime says of a store how many are newer: that gives modification order.
    Indices& stores = stores_[{e.address, e.size}];
    const size_t newer = std::min<size_t>(e.newer, stores.size());
    Indices carried;
    if (Reads(e)) {
      auto from = made_by_.find({e.from_thread, e.from_step});
      if (e.from_step != 0 && from == made_by_.end()) from = Promise(i, stores);
      if (e.from_step != 0 && from != made_by_.end()) {
        meaning.reads = from->second;
        carried = carried_[from->second];
        for (int release : carried) {
          if (events_[release].thread == e.thread) continue;
          AddTo(Acquires(e) ? meaning.synchronises : threads_[e.thread].acquirable, release);
        }
      }
    }
    for (auto store = stores.end() - newer; store != stores.end(); ++store) {
      if (*store != i && *store != meaning.reads) AddTo(meaning.newer, *store, newer);
    }
    if (!Stores(e)) return;
    stores.insert(stores.end() - newer, i);
    made_by_[{e.thread, e.step}] = i;
    if (Releases(e)) {
      AddTo(carried, i);
    } else if (threads_[e.thread].fence >= 0) {
      AddTo(carried, threads_[e.thread].fence);
    }
    carried_[i] = std::move(carried);
  }

  // A load has read what is stored only later: the runtime had a placeholder for it, which stays
  // in modification order, right above the store itself.
  Makers::iterator Promise(int load, Indices& stores) {
    const Event& l = events_[load];
    for (size_t i = load + 1; i < events_.size(); ++i) {
      const Event& e = events_[i];
      if (e.kind != Event::kStore || e.thread != l.from_thread || e.address != l.address ||
          e.size != l.size || e.value != l.read) {
        continue;
      }
      stores.insert(stores.end() - std::min<size_t>(l.newer, stores.size()), static_cast<int>(i));
      return made_by_.insert({{l.from_thread, l.from_step}, static_cast<int>(i)}).first;
    }
    return made_by_.end();
  }

  const std::vector<Event>& events_;
  std::vector<Meaning> meanings_;
  std::map<std::pair<uintptr_t, unsigned>, Indices> stores_;
  Makers made_by_;                  // By thread and step.
  std::map<int, Indices> carried_;  // The releases whose sequences a store continues.
  std::map<unsigned, PerThread> threads_;
  std::map<uintptr_t, PerLock> locks_;
};

}  // namespace

std::vector<Meaning> MeaningsOf(const std::vector<Event>& events) {
  return Analysis(events).Take();
}

Failure FailureOf(const std::vector<Event>& events) {
  Failure failure;
  if (events.empty() || events.back().kind != Event::kFail) return failure;
  const Event& fail = events.back();
  failure.event = static_cast<int>(events.size()) - 1;
  if (fail.address == 0) return failure;
  const int other = static_cast<int>(fail.value) - 1;
  for (int i = failure.event - 1; i >= 0; --i) {
    const Event& e = events[i];
    if (failure.access < 0) {
      if (e.thread == fail.thread) failure.access = i;
      continue;
    }
    const bool in_block = fail.address - e.address < e.read;
    if (e.kind == Event::kFree && in_block && failure.freed < 0) failure.freed = i;
    if (e.kind == Event::kAllocate && in_block) {
      failure.block = i;
      break;
    }
    const bool accesses = IsPlain(e) || IsAtomic(e);
    const Event& access = events[failure.access];
    // A read races with what writes only; the memory of a free is all of its block.
    const bool conflicts = access.kind == Event::kPlainRead ? Writes(e) : true;
    const bool meets = access.kind == Event::kFree ? e.address - access.address < access.read
                                                   : Overlaps(e, fail.address, access.size);
    if (failure.other < 0 && e.thread == other && accesses && conflicts && meets) {
      failure.other = i;
    }
  }
  return failure;
}

}  // namespace hammerlock::explore
