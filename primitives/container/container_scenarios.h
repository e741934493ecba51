// SPDX-License-Identifier: Apache-2.0
//
// What every container must do, said once: each container's test takes these over.
#pragma once

#include <atomic>
#include <cstddef>
#include <limits>
#include <optional>
#include <stdexcept>
#include <thread>
#include <utility>
#include <vector>

#include "scenario/execution.h"

namespace hammerlock {

// An element that can be moved only, and that knows how many of its kind are alive: one that is
// lost, doubled, destroyed twice or read after its destruction shows.
//
// Thread safety: as an int's, besides the count.
class Counted {
 public:
  explicit Counted(int value) : value_(value) { alive().fetch_add(1, std::memory_order_relaxed); }
  Counted(Counted&& other) noexcept : value_(std::exchange(other.value_, kMoved)) {
    alive().fetch_add(1, std::memory_order_relaxed);
  }
  Counted& operator=(Counted&&) = delete;
  ~Counted() {
    Expect(value_ != kDestroyed, "an element was destroyed twice");
    // Volatile: a compiler need not store to what is about to end.
    *const_cast<volatile int*>(&value_) = kDestroyed;
    alive().fetch_sub(1, std::memory_order_relaxed);
  }

  int value() const { return value_; }

  // A count, read when nobody else is at it.
  static int Alive() { return alive().load(std::memory_order_relaxed); }

 private:
  static constexpr int kMoved = -1;
  static constexpr int kDestroyed = -2;

  static std::atomic<int>& alive() {
    static std::atomic<int> alive{0};
    return alive;
  }

  int value_;
};

// An element whose moves throw on demand.
class Explosive {
 public:
  explicit Explosive(int value) : value_(value) {}
  Explosive(Explosive&& other) : value_(other.value_) {
    if (fuse() > 0 && --fuse() == 0) throw std::runtime_error("the move was to throw");
  }
  Explosive& operator=(Explosive&&) = delete;

  int value() const { return value_; }

  // The n-th move from now on throws. Of the calling thread; 0: none.
  static int& fuse() {
    thread_local int fuse = 0;
    return fuse;
  }

 private:
  int value_;
};

// Free form: `pushers` threads push numbers, `poppers` threads pop until all are out; each number
// must come out once, and those of one pusher in the order in which they went in, if `fifo`.
//   push(Counted) -> bool: false if there is no room now.   pop() -> std::optional<Counted>
template <class Push, class Pop>
void EveryElementComesOutOnce(int pushers, int poppers, bool fifo, Push push, Pop pop) {
  constexpr int kEach = 40;
  const int in_all = pushers * kEach;
  std::atomic<int> popped{0};
  std::vector<std::vector<int>> got(poppers);
  const auto pusher = [&](int who) {
    for (int i = 0; i < kEach; ++i) {
      while (!push(Counted(who * kEach + i))) std::this_thread::yield();
    }
  };
  const auto popper = [&](int who) {
    while (popped.load(std::memory_order_relaxed) < in_all) {
      if (std::optional<Counted> element = pop()) {
        got[who].push_back(element->value());
        popped.fetch_add(1, std::memory_order_relaxed);
      } else {
        std::this_thread::yield();
      }
    }
  };
  std::vector<std::thread> threads;
  for (int i = 0; i < poppers; ++i) threads.emplace_back(popper, i);
  for (int i = 0; i < pushers; ++i) threads.emplace_back(pusher, i);
  for (std::thread& thread : threads) thread.join();

  std::vector<int> times(in_all);
  for (const std::vector<int>& numbers : got) {
    std::vector<int> last(pushers, -1);
    for (const int number : numbers) {
      if (!Expect(number >= 0 && number < in_all, "an element was made up")) return;
      ++times[number];
      int& before = last[number / kEach];
      Expect(!fifo || number > before, "a popper got a pusher's elements out of order");
      before = number;
    }
  }
  for (const int n : times) ExpectEq(n, 1);
  Expect(!pop(), "an element is left over");
  ExpectEq(Counted::Alive(), 0);
}

// Of a ring: TryPush leaves an element that it refuses alone.
template <class Ring>
bool PushOrLeaveAlone(Ring& ring, Counted element) {
  const int value = element.value();
  if (ring.TryPush(std::move(element))) return true;
  ExpectEq(element.value(), value);
  return false;
}

// Free form, of a ring of Counted: it takes as many elements as it says, and destroys those that
// are left.
template <class Ring>
void RingDestroysWhatIsLeft() {
  {
    Ring ring(3);
    for (int i = 0; i < 3; ++i) Expect(ring.TryPush(Counted(i)), "refused before it was full");
    Expect(!ring.TryPush(Counted(3)), "taken although it was full");
    ExpectEq(ring.TryPop()->value(), 0);
    Expect(ring.TryPush(Counted(4)), "refused although there was room");
    ExpectEq(Counted::Alive(), 3);
  }
  ExpectEq(Counted::Alive(), 0);
}

// Free form: no ring of a capacity that it cannot have is made.
template <class Ring>
void RingRefusesCapacitiesThatItCannotHave() {
  for (const std::size_t capacity : {std::size_t{0}, std::numeric_limits<std::size_t>::max()}) {
    try {
      Ring ring(capacity);
      Fail("a ring of impossible capacity was made");
    } catch (const std::length_error&) {
    }
  }
}

}  // namespace hammerlock
