// SPDX-License-Identifier: Apache-2.0
#include "explore/runtime/seq_cst.h"

#include "explore/runtime/mutation.h"
#include "explore/runtime/pool.h"
#include "explore/runtime/race.h"
#include "explore/runtime/runtime.h"

namespace hammerlock::explore {

bool g_any_seq_cst = false;
bool g_logs_accesses = false;

namespace {

// An event.
struct alignas(32) Node {
  Time time;
  EventNumber number;
  int thread;
  Node* earlier_fence;  // Of the same thread, or this one.
  EventNumber* before() { return reinterpret_cast<EventNumber*>(this + 1); }  // With itself.
};

// An access, for the fences to come that it happens before.
struct Logged {
  Store* store;
  Time time;
  bool load;
};

template <class T>
struct Sequence {
  T* at;
  uint32_t size;
  uint32_t capacity;

  void Push(T value) {
    if (size == capacity) {
      capacity = capacity == 0 ? 16 : capacity * 2;
      T* const larger = static_cast<T*>(g_pool.Take(sizeof(T) * capacity));
      for (uint32_t i = 0; i < size; ++i) larger[i] = at[i];
      at = larger;
    }
    at[size++] = value;
  }
};

struct OfThread {
  Sequence<Node*> events;  // Number n is at n - 1.
  Sequence<Logged> log;
  uint32_t* read_up_to;  // How much of each thread's log this one's fences have looked at.
};
OfThread* of_thread = nullptr;  // g_clock_width of them, once there is something to keep.
// The threads with events.
int with_events[kMaxThreads];
int with_events_count = 0;
bool any_fence = false;

void NeedThreads() {
  if (of_thread != nullptr) return;
  of_thread = static_cast<OfThread*>(g_pool.Take(sizeof(OfThread) * g_clock_width));
  memset(of_thread, 0, sizeof(OfThread) * g_clock_width);
}

Node* NodeOf(int thread, EventNumber number) { return of_thread[thread].events.at[number - 1]; }

Node* LastOf(int thread) {
  const Sequence<Node*>& events = of_thread[thread].events;
  return events.size == 0 ? nullptr : events.at[events.size - 1];
}

// The last event of the thread before `end`, or the last fence up to it.
Node* LastBefore(int thread, Time end) {
  const Sequence<Node*>& events = of_thread[thread].events;
  if (events.size == 0 || events.at[0]->time >= end) return nullptr;
  if (events.at[events.size - 1]->time < end) return events.at[events.size - 1];
  uint32_t before = 0, after = events.size - 1;
  while (after - before > 1) {
    const uint32_t middle = (before + after) / 2;
    (events.at[middle]->time < end ? before : after) = middle;
  }
  return events.at[before];
}
Node* LastFenceUpTo(int thread, Time end) {
  Node* fence = LastBefore(thread, end + 1);
  return fence == nullptr ? nullptr : fence->earlier_fence;
}

// Calls `f(thread, number)` for the lanes that are neither 0 nor kNever.
template <class F>
void ForLanes(const EventNumber* lanes, F f) {
  for (int i = 0; i < with_events_count; ++i) {
    const int t = with_events[i];
    if (lanes[t] != 0 && lanes[t] != kNever) f(t, lanes[t]);
  }
}

void Earlier(EventNumber* into, const EventNumber* from) {
  ForEachLanes([&](unsigned i) {
    const Lanes a = LanesOf(into)[i], b = LanesOf(from)[i];
    const Lanes mask = a < b;
    LanesOf(into)[i] = (a & mask) | (b & ~mask);
  });
}

bool Precedes(const Node* from, Node* to) { return to->before()[from->thread] >= from->number; }

// The place of the first of a thread's events that S puts `node` before, after the last one if
// there is none: all later ones follow it too.
uint32_t FirstAfter(const Node* node, const Sequence<Node*>& events) {
  uint32_t begin = 0, end = events.size;
  while (begin < end) {
    const uint32_t middle = (begin + end) / 2;
    if (Precedes(node, events.at[middle])) {
      end = middle;
    } else {
      begin = middle + 1;
    }
  }
  return end;
}

// S puts `from` before `to` as well. What follows `to` learns of it: since the order is kept
// closed, these are the events that have `to` before them. The later ones of a thread know what the
// earlier ones do.
void AddEdge(Node* from, Node* to) {
  if (Precedes(from, to)) return;
  if (Mutated(Mutation::kSIsNotTransitive)) return Join(to->before(), from->before());
  for (int i = 0; i < with_events_count; ++i) {
    const Sequence<Node*>& events = of_thread[with_events[i]].events;
    // Mostly none follows.
    if (!Precedes(to, events.at[events.size - 1])) continue;
    for (uint32_t e = FirstAfter(to, events); e < events.size; ++e) {
      if (AllAtMost(from->before(), events.at[e]->before())) break;
      Join(events.at[e]->before(), from->before());
    }
  }
}

// A new event is the last of its thread, so that nothing follows it yet.
void Precede(Node* from, Node* fresh) {
  if (!Precedes(from, fresh)) Join(fresh->before(), from->before());
}

// The events of other threads that strongly happen before what the calling thread does now.
template <class F>
void ForStronglyBefore(F f) {
  const Time* const clock = Self().clock.times();
  for (int i = 0; i < with_events_count; ++i) {
    const int t = with_events[i];
    if (t == Self().id) continue;
    const Time end = clock[t] + (Mutated(Mutation::kEqualTimesAreStronglyBefore) ? 1 : 0);
    if (Node* const node = LastBefore(t, end)) f(node);
  }
}

Node* NewEvent(bool fence) {
  g_any_seq_cst = true;
  Thread& self = Self();
  Sequence<Node*>& events = of_thread[self.id].events;
  Node* const last = LastOf(self.id);
  Node* const node =
      static_cast<Node*>(g_pool.Take(sizeof(Node) + sizeof(EventNumber) * g_clock_width));
  node->time = g_now;
  node->number = static_cast<EventNumber>(events.size + 1);
  node->thread = self.id;
  node->earlier_fence = fence ? node : last == nullptr ? nullptr : last->earlier_fence;
  if (last != nullptr) {
    Copy(node->before(), last->before());
  } else {
    Fill(node->before(), 0);
    with_events[with_events_count++] = self.id;
  }
  node->before()[self.id] = node->number;
  events.Push(node);
  ForStronglyBefore([&](Node* from) { Precede(from, node); });
  return node;
}

Ranks& RanksOf(Store& store) {
  if (store.ranks != nullptr) return *store.ranks;
  // Those that have ranks are the newest ones: what is noted of this store concerns them all.
  if (store.newer != nullptr) RanksOf(*store.newer);
  Ranks* const ranks = static_cast<Ranks*>(g_pool.Take(sizeof(EventNumber) * g_clock_width * 3));
  store.ranks = ranks;
  Lanes* const at_store = LanesOf(ranks->at_store());
  Lanes* const up_to_loads = LanesOf(ranks->up_to_loads());
  Lanes* const targets = LanesOf(ranks->targets());
  ForEachLanes([&](unsigned i) {
    at_store[i] = up_to_loads[i] = Lanes{};
    targets[i] = Lanes{} + kNever;
  });
  if (store.older != nullptr && store.older->ranks != nullptr) {
    Copy(ranks->up_to_loads(), store.older->ranks->up_to_loads());
  }
  return *ranks;
}

// The fences that happen before what the calling thread does now, and `event` if there is one.
// Returns null if there are none.
EventNumber* Sources(const Node* event) {
  if (!any_fence && event == nullptr) return nullptr;
  EventNumber* const sources = NewClock(0);
  bool any = false;
  if (any_fence && !Mutated(Mutation::kFencesPrecedeNoAccess)) {
    const Time* const clock = Self().clock.times();
    for (int i = 0; i < with_events_count; ++i) {
      const int t = with_events[i];
      if (const Node* const fence = LastFenceUpTo(t, clock[t])) {
        sources[t] = fence->number;
        any = true;
      }
    }
  }
  if (event != nullptr) {
    sources[event->thread] = event->number;
    any = true;
  }
  return any ? sources : nullptr;
}

// Notes sources at the rank of a store, or of its loads: they precede every target above.
void NoteSources(Store& store, bool load, const EventNumber* sources) {
  Ranks& ranks = RanksOf(store);
  if (!load) Join(ranks.at_store(), sources);
  Join(ranks.up_to_loads(), sources);
  if (store.newer == nullptr) return;
  EventNumber* const targets = NewClock(kNever);
  for (Store* s = store.newer; s != nullptr; s = s->newer) {
    Join(s->ranks->up_to_loads(), sources);
    Earlier(targets, s->ranks->targets());
  }
  ForLanes(targets, [&](int to, EventNumber target) {
    ForLanes(sources, [&](int from, EventNumber source) {
      if (from != to) AddEdge(NodeOf(from, source), NodeOf(to, target));
    });
  });
}

// The same for an event alone, which is later than any other of its thread.
void NoteSource(Store& store, bool load, Node* event) {
  Ranks& ranks = RanksOf(store);
  const int self = event->thread;
  if (!load) ranks.at_store()[self] = event->number;
  ranks.up_to_loads()[self] = event->number;
  if (store.newer == nullptr) return;
  EventNumber* const targets = NewClock(kNever);
  for (Store* s = store.newer; s != nullptr; s = s->newer) {
    s->ranks->up_to_loads()[self] = event->number;
    Earlier(targets, s->ranks->targets());
  }
  ForLanes(targets, [&](int to, EventNumber target) {
    if (to != self) AddEdge(event, NodeOf(to, target));
  });
}

// S puts those of the sources before an event that is the last of its thread.
void PrecedeAll(const EventNumber* sources, Node* event) {
  if (AllAtMost(sources, event->before())) return;
  ForLanes(sources, [&](int t, EventNumber number) {
    if (t != event->thread) Precede(NodeOf(t, number), event);
  });
}

// The same with what lies below a store's rank, or below that of its loads.
void PrecedeFromBelow(const Store& store, bool load, Node* event) {
  if (store.older != nullptr && store.older->ranks != nullptr) {
    PrecedeAll(store.older->ranks->up_to_loads(), event);
  }
  if (load && store.ranks != nullptr) PrecedeAll(store.ranks->at_store(), event);
}

// Notes a target at the rank of a store, or of its loads: the earliest of its thread counts.
void NoteTarget(Store& store, const Node& event) {
  EventNumber& target = RanksOf(store).targets()[event.thread];
  if (target == kNever) target = event.number;
}

void Note(Store& store, bool load, bool seq_cst) {
  NeedThreads();
  if (g_logs_accesses) of_thread[Self().id].log.Push({&store, g_now, load});
  if (!seq_cst && !any_fence) return;
  Node* event = nullptr;
  if (seq_cst) {
    event = NewEvent(false);
    PrecedeFromBelow(store, load, event);
  }
  if (!any_fence) {
    NoteSource(store, load, event);
  } else if (const EventNumber* const sources = Sources(event)) {
    NoteSources(store, load, sources);
  }
  if (event != nullptr) NoteTarget(store, *event);
}

}  // namespace

void ResetSeqCst() {
  g_any_seq_cst = false;
  any_fence = false;
  of_thread = nullptr;
  with_events_count = 0;
}

bool Reach::AllowsBelowRanked(Store& newer) {
  // An access that is not in S has its place there from fences alone.
  if (!seq_cst_ && !any_fence) return true;
  if (known_ == nullptr) {
    NeedThreads();
    known_ = NewClock(0);
    targets_ = NewClock(kNever);
    if (seq_cst_) {
      if (Node* const last = LastOf(Self().id)) Join(known_, last->before());
      ForStronglyBefore([&](Node* node) { Join(known_, node->before()); });
    }
    if (const EventNumber* const fences = Sources(nullptr)) {
      ForLanes(fences,
               [&](int t, EventNumber number) { Join(known_, NodeOf(t, number)->before()); });
    }
  }
  Earlier(targets_, newer.ranks->targets());
  return !AnyAtMost(targets_, known_);
}

void NoteLoad(Store& store, bool seq_cst) { Note(store, true, seq_cst); }

void KeepRanks(Store& store) {
  if (store.older != nullptr && store.older->ranks != nullptr) RanksOf(store);
}

void NoteStore(Store& store, bool seq_cst) {
  KeepRanks(store);
  Note(store, false, seq_cst);
}

void BeginFence() {
  if (!g_logs_accesses) {
    g_logs_accesses = true;
    BeginAgain();
  }
  NeedThreads();
  any_fence = true;
  NewEvent(true);
}

void EndFence() {
  const Thread& self = Self();
  Node* const fence = LastOf(self.id);
  OfThread& own = of_thread[self.id];
  if (own.read_up_to == nullptr) {
    own.read_up_to = static_cast<uint32_t*>(g_pool.Take(sizeof(uint32_t) * g_clock_width));
    memset(own.read_up_to, 0, sizeof(uint32_t) * g_clock_width);
  }
  const int threads = Mutated(Mutation::kFencesFollowNoAccess) ? 0 : ThreadCount();
  for (int t = 0; t < threads; ++t) {
    const Sequence<Logged>& log = of_thread[t].log;
    uint32_t& i = own.read_up_to[t];
    for (; i < log.size && log.at[i].time <= self.clock.times()[t]; ++i) {
      Store& store = *log.at[i].store;
      const bool load = log.at[i].load;
      PrecedeFromBelow(store, load, fence);
      NoteTarget(store, *fence);
    }
  }
}

void PutAfter(int thread) {
  Node* const other = LastOf(thread);
  Node* const own = LastOf(Self().id);
  if (other != nullptr && own != nullptr) AddEdge(other, own);
}

}  // namespace hammerlock::explore
