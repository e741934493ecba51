// SPDX-License-Identifier: Apache-2.0
#include "primitives/reclaim/hazard_pointer.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <cstddef>
#include <thread>
#include <utility>
#include <vector>

#include "scenario/choices.h"
#include "scenario/execution.h"
#include "scenario/free_form.h"
#include "scenario/linearizable.h"
#include "scenario/litmus.h"
#include "scenario/models.h"

namespace hammerlock {
namespace {

// Every Retire() scans: an object is freed as soon as that is allowed.
constexpr std::size_t kFreeAtOnce = 1;

constexpr int kPoison = -1;

// An object that nobody may look at once it has been deleted. ASan sees who does, and everywhere
// else the poison shows.
class Object : public HazardObject {
 public:
  explicit Object(int value) : value_(value) { alive().fetch_add(1, std::memory_order_relaxed); }
  ~Object() {
    value_.store(kPoison, std::memory_order_relaxed);
    alive().fetch_sub(1, std::memory_order_relaxed);
  }

  // Atomic, so that reading a deleted object yields poison rather than what the compiler likes.
  int value() const { return value_.load(std::memory_order_relaxed); }

  // A count, exact when nobody else is at it.
  static int Alive() { return alive().load(std::memory_order_relaxed); }

 private:
  static std::atomic<int>& alive() {
    static std::atomic<int> alive{0};
    return alive;
  }

  std::atomic<int> value_;
};

// A cell that is replaced as a whole.
class Cell {
 public:
  explicit Cell(int value = 0) : current_(new Object(value)) {}
  // REQUIRES: every other call happens before.
  ~Cell() { delete current_.load(std::memory_order_relaxed); }

  int Load() const {
    HazardPointer hazard(domain_);
    return hazard.Protect(current_)->value();
  }

  void Store(int value) { Retire(current_.exchange(new Object(value), std::memory_order_seq_cst)); }

  int Exchange(int value) {
    Object* const old = current_.exchange(new Object(value), std::memory_order_seq_cst);
    const int before = old->value();
    Retire(old);
    return before;
  }

 private:
  void Retire(Object* object) { domain_.Retire(object); }

  mutable HazardDomain domain_{kFreeAtOnce};
  std::atomic<Object*> current_;
};

}  // namespace

LINEARIZABLE(HazardPointerProtectsACell, Cell, RegisterModel) {
  Op("load", &Subject::Load, &Model::Load);
  Op("store", &Subject::Store, &Model::Store);
  Op("exchange", &Subject::Exchange, &Model::Exchange);
}

// The reader publishes and looks again; the reclaimer unlinks and scans: one must see the other.
// Plain locations: that the last look comes before the deletion is for TSan to see.
struct HazardPointerKeepsWhatIsRead {
  struct Node : HazardObject {
    ~Node() { *const_cast<volatile int*>(&value) = kPoison; }
    int value = 42;
  };

  ~HazardPointerKeepsWhatIsRead() { delete shared.load(std::memory_order_relaxed); }

  HazardDomain domain{kFreeAtOnce};
  alignas(64) std::atomic<Node*> shared{new Node};
  int r0 = 0;

  void P0() {
    HazardPointer hazard(domain);
    const Node* const node = hazard.Protect(shared);
    if (node != nullptr) r0 = *const_cast<const volatile int*>(&node->value);
  }
  void P1() { domain.Retire(shared.exchange(nullptr, std::memory_order_seq_cst)); }
};
LITMUS(HazardPointerKeepsWhatIsRead, r0) {
  Acceptable({0}, "there was nothing to read any more");
  Acceptable({42}, "the hazard pointer kept the object");
  Forbidden([](int r0) { return r0 != 0 && r0 != 42; }, "what was read had been freed");
}

// The same with guards that have their records already, so that the reader publishes by a store,
// and the reclaimer's scan follows its exchange at once.
struct HazardPointerKeepsWhatIsReadAgain {
  struct Node : HazardObject {
    ~Node() { *const_cast<volatile int*>(&value) = kPoison; }
    int value = 42;
  };

  HazardPointerKeepsWhatIsReadAgain() {
    for (HazardPointer* guard : {&reader, &reclaimer}) guard->Publish(&first), guard->Reset();
  }
  ~HazardPointerKeepsWhatIsReadAgain() { delete shared.load(std::memory_order_relaxed); }

  Node first;
  HazardDomain domain{kFreeAtOnce};
  HazardPointer reader{domain}, reclaimer{domain};
  alignas(64) std::atomic<Node*> shared{new Node};
  int r0 = 0;

  void P0() {
    const Node* const node = reader.Protect(shared);
    if (node != nullptr) r0 = *const_cast<const volatile int*>(&node->value);
    reader.Reset();
  }
  void P1() { reclaimer.Retire(shared.exchange(nullptr, std::memory_order_seq_cst)); }
};
LITMUS(HazardPointerKeepsWhatIsReadAgain, r0) {
  Acceptable({0}, "there was nothing to read any more");
  Acceptable({42}, "the hazard pointer kept the object");
  Forbidden([](int r0) { return r0 != 0 && r0 != 42; }, "what was read had been freed");
}

// More threads than a block has records replace and read a few cells; threads that end leave what
// they retired to be found.
FREE_FORM(HazardPointerInACrowd) {
  constexpr int kThreads = 10;  // Each with two guards.
  constexpr int kRounds = 30;
  constexpr int kCells = 3;
  const int alive_before = Object::Alive();
  {
    HazardDomain domain(Choose(4));  // 0 is kAdaptive.
    std::array<std::atomic<Object*>, kCells> cells;
    // No other thread is there yet, nor later when the cells are emptied.
    for (auto& cell : cells) cell.store(new Object(1), std::memory_order_relaxed);
    std::vector<Random> randoms;
    for (int i = 0; i < kThreads; ++i) randoms.emplace_back(Choose(1u << 16));
    std::vector<std::thread> threads;
    for (int i = 0; i < kThreads; ++i) {
      threads.emplace_back([&, random = randoms[i]]() mutable {
        HazardPointer first(domain), second(domain);
        for (int round = 0; round < kRounds; ++round) {
          auto& a = cells[random.Below(kCells)];
          auto& b = cells[random.Below(kCells)];
          const Object* const one = first.Protect(a);
          const Object* const two = second.Protect(b);
          if (random.Below(4) == 0) std::this_thread::yield();
          Expect(one->value() > 0, "a protected object was deleted");
          // A guard that is moved goes on protecting.
          HazardPointer moved(std::move(second));
          Expect(two->value() > 0, "a protected object was deleted after its guard was moved");
          second = std::move(moved);
          if (random.Below(2) == 0) continue;
          Object* const old = a.exchange(new Object(1 + round), std::memory_order_seq_cst);
          first.Reset();
          first.Retire(old);
        }
      });
    }
    for (std::thread& thread : threads) thread.join();
    for (auto& cell : cells) {
      Expect(cell.load(std::memory_order_relaxed)->value() > 0, "a linked object was deleted");
    }
    domain.Reclaim();
    ExpectEq(Object::Alive(), alive_before + kCells);
    for (auto& cell : cells) domain.Retire(cell.load(std::memory_order_relaxed));
  }
  ExpectEq(Object::Alive(), alive_before);
}

// What the header promises of a record, as long as nobody else is there to lose a race to.
FREE_FORM(HazardPointerBoundsGarbage) {
  const std::size_t batch = Choose(3) * 10;  // 0 is kAdaptive.
  const int guards = 1 + static_cast<int>(Choose(20));
  const int records = (guards + 7) / 8 * 8;
  const int bound =
      batch == HazardDomain::kAdaptive ? 2 * records : std::max<int>(batch, records + 1);
  const int alive_before = Object::Alive();
  HazardDomain domain(batch);
  // One guard retires, the others protect what they can.
  std::vector<std::atomic<Object*>> cells(guards);
  std::vector<HazardPointer> protecting;
  for (auto& cell : cells) {
    cell.store(new Object(1), std::memory_order_relaxed);  // One thread only.
    if (protecting.size() + 1 < cells.size()) protecting.emplace_back(domain).Protect(cell);
  }
  HazardPointer hazard(domain);
  for (auto& cell : cells) hazard.Retire(cell.exchange(nullptr, std::memory_order_seq_cst));
  for (int i = 0; i < 200; ++i) {
    hazard.Retire(new Object(2));
    Expect(Object::Alive() - alive_before < bound, "more garbage than the header allows");
  }
  protecting.clear();
  hazard = HazardPointer(domain);  // Gives the record back with what it holds.
  domain.Reclaim();
  ExpectEq(Object::Alive(), alive_before);
}

// With every Retire() scanning, what is not protected is gone at once.
FREE_FORM(HazardPointerFreesAtOnceWhatNobodyReads) {
  const int alive_before = Object::Alive();
  HazardDomain domain(kFreeAtOnce);
  std::atomic<Object*> cell{new Object(1)};
  {
    HazardPointer reader(domain);
    const Object* const read = reader.Protect(cell);
    std::thread([&] {
      for (int i = 0; i < 20; ++i) {
        domain.Retire(cell.exchange(new Object(2), std::memory_order_seq_cst));
        ExpectEq(Object::Alive(),
                 alive_before + 2);  // The one that is read, the one that is linked.
      }
    }).join();
    ExpectEq(read->value(), 1);
  }
  domain.Reclaim();
  ExpectEq(Object::Alive(), alive_before + 1);
  domain.Retire(cell.load(std::memory_order_relaxed));  // Nobody else is there.
  ExpectEq(Object::Alive(), alive_before);
}

// Deleters may retire: a list that is freed from its head on.
FREE_FORM(HazardPointerDeletersRetire) {
  struct Link : HazardObject {
    Link(HazardDomain& domain, int length)
        : domain(domain), next(length > 1 ? new Link(domain, length - 1) : nullptr) {}
    ~Link() {
      if (next != nullptr) domain.Retire(next);
      ended().fetch_add(1, std::memory_order_relaxed);
    }
    static std::atomic<int>& ended() {
      static std::atomic<int> ended{0};
      return ended;
    }

    HazardDomain& domain;
    Link* const next;
  };
  constexpr int kLength = 30;
  const int ended_before = Link::ended().load(std::memory_order_relaxed);
  {
    HazardDomain domain(Choose(2) == 0 ? HazardDomain::kAdaptive : kFreeAtOnce);
    domain.Retire(new Link(domain, kLength));
  }
  ExpectEq(Link::ended().load(std::memory_order_relaxed) - ended_before, kLength);
}

}  // namespace hammerlock
