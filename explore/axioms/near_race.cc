// SPDX-License-Identifier: Apache-2.0
#include "explore/axioms/near_race.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "explore/axioms/generator.h"
#include "explore/axioms/internal/draw.h"

namespace hammerlock::axioms {
namespace {

using internal::Draw;
using Kind = Instruction::Kind;
using Thread = std::vector<Instruction>;

constexpr size_t kMostAccesses = 12;

class Builder {
 public:
  explicit Builder(Draw& draw) : draw_(draw) {
    for (int l = kMaxLocations - 1; l > 0; --l)
      std::swap(locations_[l], locations_[draw.Below(l + 1)]);
    data_locations_ = 1 + draw.OneIn(3);
  }

  Program Build() && {
    switch (draw_.Weighted({4, 3, 2, 3, 3, 3, 1, 4})) {
      case 0:
        Publish(2, /*chained=*/false);
        break;
      case 1:
        Publish(3, /*chained=*/draw_.OneIn(2));
        break;
      case 2:
        PublishThroughModifications();
        break;
      case 3:
        LastOneOut();
        break;
      case 4:
        Lock();
        break;
      case 5:
        Dekker();
        break;
      case 6:
        FirstOne();
        break;
      case 7:
        Anything();
        break;
    }
    return std::move(program_);
  }

 private:
  Thread& NewThread() { return program_.threads.emplace_back(); }
  int Flag(int n = 0) const { return locations_[kMaxLocations - 1 - n]; }

  // One access or a few of the data. Plain mostly; some locations are also accessed atomically.
  void Use(Thread& thread) {
    for (int n = 1 + draw_.OneIn(3); n > 0; --n) {
      Instruction i{.location = locations_[draw_.Below(data_locations_)], .order = Order::kPlain};
      switch (draw_.Weighted({8, 8, 2, 2, 1})) {
        case 0:
          i.kind = Kind::kLoad;
          break;
        case 1:
          i.kind = Kind::kStore;
          break;
        case 2:
          i.kind = Kind::kLoad;
          i.order = Order::kRelaxed;
          break;
        case 3:
          i.kind = Kind::kStore;
          i.order = Order::kRelaxed;
          break;
        case 4:
          i.kind = Kind::kFetchAdd;
          i.order = Order::kRelaxed;
          break;
      }
      if (i.may_write()) i.value = i.kind == Kind::kFetchAdd ? 10 : value_++;
      thread.push_back(i);
    }
  }

  void Fence(Thread& thread, Order order) {
    thread.push_back({.kind = Kind::kFence, .order = order});
  }
  void GuardOn(Thread& thread, int value) {
    thread.push_back({.kind = Kind::kGuard, .value = value});
  }

  // A write of the flag that releases, by itself or with a fence.
  void Signal(Thread& thread, Instruction write) {
    using enum Order;
    const bool modifies = write.reads();
    const int form = draw_.Below(4);
    if (form >= 2) Fence(thread, form == 2 ? kRelease : draw_.OneIn(2) ? kAcqRel : kSeqCst);
    write.order = form == 0 ? (modifies ? kAcqRel : kRelease) : form == 1 ? kSeqCst : kRelaxed;
    if (form == 0 && modifies && draw_.OneIn(2)) write.order = kRelease;
    thread.push_back(write);
  }

  // A read of the flag that acquires, by itself or with a fence, if it reads `value`.
  void Await(Thread& thread, Instruction read, int value) {
    using enum Order;
    const bool modifies = read.may_write();
    const int form = draw_.Below(4);
    read.order = form == 0   ? (modifies && draw_.OneIn(2) ? kAcqRel : kAcquire)
                 : form == 1 ? kSeqCst
                             : kRelaxed;
    if (read.kind == Kind::kCompareExchange) read.failure = kRelaxed;
    thread.push_back(read);
    if (form == 2) Fence(thread, draw_.OneIn(2) ? kAcquire : kSeqCst);
    GuardOn(thread, value);
    if (form == 3) Fence(thread, draw_.OneIn(2) ? kAcquire : kAcqRel);
  }
  Instruction LoadOf(int flag) { return {.kind = Kind::kLoad, .location = flag}; }

  void SignalTo(Thread& thread, int flag, int value) {
    Signal(thread, {.kind = draw_.OneIn(5) ? Kind::kExchange : Kind::kStore,
                    .location = flag,
                    .value = value});
  }
  void AwaitFrom(Thread& thread, int flag, int value) {
    if (draw_.OneIn(5)) {
      Await(thread,
            {.kind = Kind::kCompareExchange, .location = flag, .expected = value, .value = 7},
            value);
    } else {
      Await(thread, LoadOf(flag), value);
    }
  }

  void Publish(int threads, bool chained) {
    for (int t = 0; t < threads; ++t) {
      Thread& thread = NewThread();
      if (t > 0) AwaitFrom(thread, Flag(chained ? t - 1 : 0), 1);
      // One writer and its readers: readers that wait for the same flag may not conflict.
      const bool shared = t > 0 && threads > 2 && !chained;
      const size_t first = thread.size();
      Use(thread);
      for (size_t i = first; shared && i < thread.size() && !draw_.OneIn(4); ++i) {
        thread[i].kind = Kind::kLoad;
      }
      if (t == 0 || (chained && t + 1 < threads)) SignalTo(thread, Flag(t), 1);
    }
  }

  // Release sequences: what others do with the flag in between.
  void PublishThroughModifications() {
    Thread writer;
    Use(writer);
    SignalTo(writer, Flag(), 1);
    program_.threads.push_back(writer);
    const int passers = 1 + draw_.OneIn(3);
    for (int n = 0; n < passers; ++n) {
      NewThread().push_back({.kind = Kind::kFetchAdd,
                             .location = Flag(),
                             .value = 1,
                             .order = draw_.OneIn(3) ? Order::kAcquire : Order::kRelaxed});
    }
    Thread& reader = NewThread();
    AwaitFrom(reader, Flag(), 1 + passers);
    Use(reader);
  }

  void LastOneOut() {
    const int threads = 2 + draw_.OneIn(3);
    for (int t = 0; t < threads; ++t) {
      Thread& thread = NewThread();
      Use(thread);
      for (Instruction& i : thread) {
        if (!draw_.OneIn(6)) i.kind = Kind::kLoad;
      }
      Thread count;
      Signal(count, {.kind = Kind::kFetchAdd, .location = Flag(), .value = 1});
      thread.insert(thread.end(), count.begin(), count.end());
      if (t > 0 && !draw_.OneIn(3)) continue;
      // Knows what the others did only if it acquires as well.
      if (thread.back().order == Order::kRelease && draw_.OneIn(2)) {
        thread.back().order = Order::kAcqRel;
      }
      const bool fence = !IsAcquire(thread.back().order);
      GuardOn(thread, threads - 1);
      if (fence) Fence(thread, Order::kAcquire);
      Use(thread);
    }
  }

  void Lock() {
    const int threads = 2 + draw_.OneIn(6);
    for (int t = 0; t < threads; ++t) {
      Thread& thread = NewThread();
      const bool exchange = draw_.OneIn(4);
      Await(thread,
            {.kind = exchange ? Kind::kExchange : Kind::kCompareExchange,
             .location = Flag(),
             .value = 1},
            0);
      Use(thread);
      SignalTo(thread, Flag(), 0);
    }
  }

  void Dekker() {
    const bool fences = draw_.OneIn(2);
    for (int t = 0; t < 2; ++t) {
      Thread& thread = NewThread();
      const Order order = fences ? Order::kRelaxed : Order::kSeqCst;
      thread.push_back({.kind = Kind::kStore, .location = Flag(t), .value = 1, .order = order});
      if (fences) Fence(thread, Order::kSeqCst);
      Instruction load = LoadOf(Flag(1 - t));
      load.order = order;
      thread.push_back(load);
      GuardOn(thread, 0);
      Use(thread);
    }
    if (draw_.OneIn(4)) {  // Somebody who looks at one of the flags.
      Thread& thread = NewThread();
      AwaitFrom(thread, Flag(), 1);
    }
  }

  void FirstOne() {
    const int threads = 2 + draw_.OneIn(2);
    for (int t = 0; t < threads; ++t) {
      Thread& thread = NewThread();
      thread.push_back({.kind = Kind::kExchange,
                        .location = Flag(),
                        .value = 1 + t,
                        .order = draw_.OneIn(2) ? Order::kRelaxed : Order::kAcqRel});
      GuardOn(thread, 0);
      Use(thread);
    }
  }

  // No shape at all.
  void Anything() {
    program_ = RandomProgram(static_cast<uint64_t>(draw_.Below(1 << 30)));
    for (Thread& thread : program_.threads) {
      Thread guarded;
      for (Instruction& i : thread) {
        const bool access = i.kind == Kind::kLoad || i.kind == Kind::kStore;
        if (access && draw_.OneIn(4)) i.order = Order::kPlain;
        guarded.push_back(i);
        if (i.reads() && draw_.OneIn(2)) GuardOn(guarded, draw_.Below(3));
      }
      thread = std::move(guarded);
    }
  }

  Draw& draw_;
  Program program_;
  std::vector<int> locations_{0, 1, 2, 3};  // The data first, the flags from the end.
  int data_locations_ = 1;
  int value_ = 1;
};

// One small change, which may or may not matter.
void Spoil(Program& program, Draw& draw) {
  Thread& thread = program.threads[draw.Below(static_cast<int>(program.threads.size()))];
  const size_t at = draw.Below(static_cast<int>(thread.size()));
  Instruction& i = thread[at];
  switch (draw.Below(6)) {
    case 0:  // Another order.
    case 1:
      if (i.kind == Kind::kGuard || i.plain()) return;
      draw.NewStyle();
      draw.DrawOrders(i);
      if (!i.reads() && i.accesses() && draw.OneIn(6)) i.order = Order::kPlain;
      return;
    case 2:  // Gone.
      if (thread.size() > 1) thread.erase(thread.begin() + static_cast<ptrdiff_t>(at));
      return;
    case 3:  // The other way round.
      if (at > 0) std::swap(thread[at - 1], i);
      return;
    case 4: {  // Once more, elsewhere; or somewhat different.
      Instruction copy = i;
      if (copy.accesses() && !copy.plain() && draw.OneIn(2)) {
        copy.kind = draw.OneIn(2) ? Kind::kFetchAdd : Kind::kStore;
        copy.value = 1;
        draw.DrawOrders(copy);
      }
      auto& into = draw.OneIn(2)
                       ? thread
                       : program.threads[draw.Below(static_cast<int>(program.threads.size()))];
      into.insert(into.begin() + draw.Below(static_cast<int>(into.size()) + 1), copy);
      return;
    }
    case 5:  // A write in place of a read, or a guard that wants something else.
      if (i.kind == Kind::kGuard) i.value = draw.Below(3);
      if (i.kind == Kind::kLoad) i.kind = Kind::kStore, i.value = 1 + draw.Below(3);
      return;
  }
}

bool IsProgram(const Program& program) {
  size_t accesses = 0;
  bool plain = false;
  for (const Thread& thread : program.threads) {
    bool read = false;
    for (const Instruction& i : thread) {
      read |= i.reads();
      plain |= i.plain();
      accesses += i.kind != Kind::kGuard;
      if (i.kind == Kind::kGuard && !read) return false;
      if (i.kind == Kind::kLoad && IsRelease(i.order) && i.order != Order::kSeqCst) return false;
      if (i.kind == Kind::kStore && IsAcquire(i.order) && i.order != Order::kSeqCst) return false;
    }
  }
  return plain && accesses <= kMostAccesses && program.size() <= kMaxInstructions &&
         CandidateBound(program) <= kMaxCandidates;
}

// Whether there is something to keep apart.
bool HasConflict(const Program& program) {
  std::vector<std::pair<size_t, Instruction>> accesses;
  for (size_t t = 0; t < program.threads.size(); ++t) {
    for (const Instruction& i : program.threads[t]) {
      if (i.accesses()) accesses.emplace_back(t, i);
    }
  }
  for (const auto& [thread, i] : accesses) {
    for (const auto& [other, j] : accesses) {
      if (thread == other || i.location != j.location || !i.plain()) continue;
      if (i.may_write() || j.may_write()) return true;
    }
  }
  return false;
}

}  // namespace

Program RandomNearRace(uint64_t seed) {
  Draw draw(seed);
  for (;;) {
    Program program = Builder(draw).Build();
    if (!draw.OneIn(5)) {
      for (int n = 1 + draw.Weighted({1, 2, 2, 1}); n > 0; --n) Spoil(program, draw);
    }
    if (IsProgram(program) && HasConflict(program)) return program;
  }
}

}  // namespace hammerlock::axioms
