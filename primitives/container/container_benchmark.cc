// SPDX-License-Identifier: Apache-2.0
//
// Throughput of our containers beside boost::lockfree, moodycamel::ConcurrentQueue and a mutex
// around a standard container. Ratios come from one run, of lines that differ in the container
// only:
//   BM_Stack<TreiberStack<int>>/real_time/threads:2 against
//   BM_Stack<BoostStack>/real_time/threads:2
// items_per_second counts elements that went in and out again.
//
// What is compared is not always the same promise: BoostStack and BoostQueue never give memory
// back, and moodycamel's queue is first-in first-out only for each producer by itself.

#include <benchmark/benchmark.h>
#include <concurrentqueue/concurrentqueue.h>
#include <sched.h>

#include <boost/lockfree/queue.hpp>
#include <boost/lockfree/spsc_queue.hpp>
#include <boost/lockfree/stack.hpp>
#include <cstddef>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "primitives/container/michael_scott_queue.h"
#include "primitives/container/mpmc_ring.h"
#include "primitives/container/spsc_ring.h"
#include "primitives/container/treiber_stack.h"
#include "primitives/internal/spin.h"

namespace hammerlock {
namespace {

constexpr std::size_t kCapacity = 1024;

// Peers, brought to our interface: TryPush, TryPop.

template <typename Container>
class BoostPeer {
 public:
  template <typename... Args>
  explicit BoostPeer(Args... args) : container_(args...) {}
  bool TryPush(int value) { return container_.push(value); }
  std::optional<int> TryPop() {
    int value;
    return container_.pop(value) ? std::optional<int>(value) : std::nullopt;
  }

 private:
  Container container_;
};

struct BoostStack : BoostPeer<boost::lockfree::stack<int>> {
  BoostStack() : BoostPeer(kCapacity) {}  // that many nodes are made beforehand
};
struct BoostQueue : BoostPeer<boost::lockfree::queue<int>> {
  BoostQueue() : BoostPeer(kCapacity) {}
};
struct BoostFixedQueue
    : BoostPeer<boost::lockfree::queue<int, boost::lockfree::capacity<kCapacity>>> {};
struct BoostSpscQueue : BoostPeer<boost::lockfree::spsc_queue<int>> {
  BoostSpscQueue() : BoostPeer(kCapacity) {}
};

class MoodycamelQueue {
 public:
  bool TryPush(int value) { return queue_.enqueue(value); }
  std::optional<int> TryPop() {
    int value;
    return queue_.try_dequeue(value) ? std::optional<int>(value) : std::nullopt;
  }

 private:
  moodycamel::ConcurrentQueue<int> queue_;
};

class MutexVector {
 public:
  bool TryPush(int value) {
    const std::lock_guard lock(mutex_);
    elements_.push_back(value);
    return true;
  }
  std::optional<int> TryPop() {
    const std::lock_guard lock(mutex_);
    if (elements_.empty()) return std::nullopt;
    const int value = elements_.back();
    elements_.pop_back();
    return value;
  }

 private:
  std::mutex mutex_;
  std::vector<int> elements_;
};

class MutexDeque {
 public:
  bool TryPush(int value) {
    const std::lock_guard lock(mutex_);
    if (elements_.size() == kCapacity) return false;
    elements_.push_back(value);
    return true;
  }
  std::optional<int> TryPop() {
    const std::lock_guard lock(mutex_);
    if (elements_.empty()) return std::nullopt;
    const int value = elements_.front();
    elements_.pop_front();
    return value;
  }

 private:
  std::mutex mutex_;
  std::deque<int> elements_;
};

// Ours: the rings get their capacity, the unbounded ones a TryPush.

struct OurMpmcRing : MpmcRing<int> {
  OurMpmcRing() : MpmcRing(kCapacity) {}
};
struct OurSpscRing : SpscRing<int> {
  OurSpscRing() : SpscRing(kCapacity) {}
};

template <typename Container>
bool TryPush(Container& container, int value) {
  if constexpr (requires { container.TryPush(value); }) {
    return container.TryPush(value);
  } else {
    container.Push(value);
    return true;
  }
}

// The container of this run, which all its threads share. The library's threads meet before and
// after the loop, so thread 0 may make and destroy it outside.
template <typename Container>
std::unique_ptr<Container> shared;

// Every thread pushes an element and pops one, never finding the container empty.
template <typename Container>
void PushPop(benchmark::State& state) {
  if (state.thread_index() == 0) shared<Container> = std::make_unique<Container>();
  int value = 0;
  for (auto _ : state) {
    Container& container = *shared<Container>;
    while (!TryPush(container, value)) sched_yield();
    std::optional<int> popped;
    while (!(popped = container.TryPop())) sched_yield();
    benchmark::DoNotOptimize(value = *popped);
  }
  state.SetItemsProcessed(state.iterations());
  if (state.thread_index() == 0) shared<Container>.reset();
}

// Thread 0 pushes, thread 1 pops, as fast as each can.
template <typename Container>
void Stream(benchmark::State& state) {
  const bool producer = state.thread_index() == 0;
  if (producer) shared<Container> = std::make_unique<Container>();
  int value = 0;
  for (auto _ : state) {
    Container& container = *shared<Container>;
    internal::Backoff backoff;
    if (producer) {
      while (!TryPush(container, value)) backoff.Pause();
      ++value;
    } else {
      std::optional<int> popped;
      while (!(popped = container.TryPop())) backoff.Pause();
      benchmark::DoNotOptimize(value = *popped);
    }
  }
  if (producer) {
    state.SetItemsProcessed(state.iterations());
    shared<Container>.reset();
  }
}

template <typename Container>
void BM_Stack(benchmark::State& state) {
  PushPop<Container>(state);
}
template <typename Container>
void BM_Queue(benchmark::State& state) {
  PushPop<Container>(state);
}
template <typename Container>
void BM_BoundedQueue(benchmark::State& state) {
  PushPop<Container>(state);
}
template <typename Container>
void BM_SpscQueue(benchmark::State& state) {
  if (state.threads() == 1) {
    PushPop<Container>(state);
  } else {
    Stream<Container>(state);
  }
}

#define MANY_THREADS(Benchmark, Container) \
  BENCHMARK_TEMPLATE(Benchmark, Container)->ThreadRange(1, 4)->UseRealTime()
#define TWO_THREADS(Benchmark, Container) \
  BENCHMARK_TEMPLATE(Benchmark, Container)->ThreadRange(1, 2)->UseRealTime()

MANY_THREADS(BM_Stack, TreiberStack<int>);
MANY_THREADS(BM_Stack, BoostStack);
MANY_THREADS(BM_Stack, MutexVector);

MANY_THREADS(BM_Queue, MichaelScottQueue<int>);
MANY_THREADS(BM_Queue, BoostQueue);
MANY_THREADS(BM_Queue, MoodycamelQueue);
MANY_THREADS(BM_Queue, MutexDeque);

MANY_THREADS(BM_BoundedQueue, OurMpmcRing);
MANY_THREADS(BM_BoundedQueue, BoostFixedQueue);
MANY_THREADS(BM_BoundedQueue, MutexDeque);

TWO_THREADS(BM_SpscQueue, OurSpscRing);
TWO_THREADS(BM_SpscQueue, BoostSpscQueue);
TWO_THREADS(BM_SpscQueue, MoodycamelQueue);
TWO_THREADS(BM_SpscQueue, MutexDeque);

}  // namespace
}  // namespace hammerlock
