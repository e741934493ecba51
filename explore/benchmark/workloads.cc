// SPDX-License-Identifier: Apache-2.0
#include "explore/benchmark/workloads.h"

#include <atomic>
#include <memory>
#include <thread>

#include "explore/runtime/scheduler.h"

namespace hammerlock::explore::benchmark {
namespace {

using std::memory_order;
using std::memory_order_acq_rel;
using std::memory_order_acquire;
using std::memory_order_relaxed;
using std::memory_order_release;
using std::memory_order_seq_cst;

void Check(bool holds) {
  if (!holds) FailHere(FailureKind::kExpectation, "the workload's check does not hold");
}

// Each workload is a template over whether it is the weakened twin.
constexpr memory_order Unless(bool weakened, memory_order order,
                              memory_order instead = memory_order_relaxed) {
  return weakened ? instead : order;
}

// Makes the workload, runs Thread(i) on kThreads threads, and then Finish().
template <class W>
void Run(void*) {
  W workload;
  std::thread threads[W::kThreads];
  for (int i = 0; i < W::kThreads; ++i) {
    threads[i] = std::thread([&workload, i] { workload.Thread(i); });
  }
  for (std::thread& thread : threads) thread.join();
  workload.Finish();
}

template <bool kWeakened>
class MessagePassing {
 public:
  static constexpr int kThreads = 2;

  void Thread(int i) {
    if (i == 0) {
      data_ = 1;
      flag_.store(1, Unless(kWeakened, memory_order_release));  // Pairs with the load below.
    } else if (flag_.load(Unless(kWeakened, memory_order_acquire)) == 1) {
      Check(data_ == 1);
    }
  }
  void Finish() {}

 private:
  std::atomic<int> flag_ = 0;
  int data_ = 0;
};

template <bool kWeakened>
class StoreBuffering {
 public:
  static constexpr int kThreads = 2;

  void Thread(int i) {
    (i == 0 ? x_ : y_).store(1, kOrder);
    saw_[i] = (i == 0 ? y_ : x_).load(kOrder);
  }
  void Finish() { Check(saw_[0] == 1 || saw_[1] == 1); }

 private:
  static constexpr memory_order kOrder = Unless(kWeakened, memory_order_seq_cst);

  std::atomic<int> x_ = 0;
  std::atomic<int> y_ = 0;
  int saw_[2] = {};
};

// Independent reads of independent writes.
template <bool kWeakened>
class Iriw {
 public:
  static constexpr int kThreads = 4;

  void Thread(int i) {
    switch (i) {
      case 0:
        x_.store(1, kStore);
        break;
      case 1:
        y_.store(1, kStore);
        break;
      case 2:
        saw_[0] = x_.load(kLoad);
        saw_[1] = y_.load(kLoad);
        break;
      default:
        saw_[2] = y_.load(kLoad);
        saw_[3] = x_.load(kLoad);
        break;
    }
  }
  void Finish() { Check(!(saw_[0] == 1 && saw_[1] == 0 && saw_[2] == 1 && saw_[3] == 0)); }

 private:
  static constexpr memory_order kStore =
      Unless(kWeakened, memory_order_seq_cst, memory_order_release);
  static constexpr memory_order kLoad =
      Unless(kWeakened, memory_order_seq_cst, memory_order_acquire);

  std::atomic<int> x_ = 0;
  std::atomic<int> y_ = 0;
  int saw_[4] = {};
};

// Each thread pushes one node, then tries to pop one. Nodes are indices, and 0 is none.
template <bool kWeakened>
class TreiberStack {
 public:
  static constexpr int kThreads = 3;

  void Thread(int i) {
    Push(i + 1);
    const int node = Pop();
    if (node != 0) Check(data_[node] == node * 10);
  }
  void Finish() {}

 private:
  void Push(int node) {
    data_[node] = node * 10;
    int top = head_.load(memory_order_relaxed);
    do {
      next_[node].store(top, memory_order_relaxed);
      // Pairs with the acquires in Pop.
    } while (!head_.compare_exchange_strong(top, node, Unless(kWeakened, memory_order_release),
                                            memory_order_relaxed));
  }

  int Pop() {
    int top = head_.load(memory_order_acquire);  // Pairs with the release in Push.
    while (top != 0) {
      const int below = next_[top].load(memory_order_relaxed);
      if (head_.compare_exchange_strong(top, below, memory_order_acquire, memory_order_acquire)) {
        break;
      }
    }
    return top;
  }

  std::atomic<int> head_ = 0;
  std::atomic<int> next_[4] = {};
  int data_[4] = {};
};

// Two threads enqueue a value each, one dequeues one. Nodes are indices, 0 is none and 3 the dummy.
template <bool kWeakened>
class MichaelScottQueue {
 public:
  static constexpr int kThreads = 3;

  void Thread(int i) {
    int value = 0;
    if (i < 2) {
      Enqueue(i + 1, i + 100);
    } else if (Dequeue(&value)) {
      Check(value == 100 || value == 101);
    }
  }
  void Finish() {}

 private:
  void Enqueue(int node, int value) {
    value_[node] = value;
    for (;;) {
      int tail = tail_.load(memory_order_acquire);              // Pairs with the releases of tail_.
      const int next = next_[tail].load(memory_order_acquire);  // Pairs with the release below.
      if (tail != tail_.load(memory_order_acquire)) continue;
      if (next == 0) {
        int none = 0;
        // Pairs with the acquires of next_.
        if (next_[tail].compare_exchange_strong(none, node, Unless(kWeakened, memory_order_release),
                                                memory_order_relaxed)) {
          Advance(tail_, tail, node);
          return;
        }
      } else {
        Advance(tail_, tail, next);
      }
      std::this_thread::yield();
    }
  }

  bool Dequeue(int* value) {
    for (;;) {
      int head = head_.load(memory_order_acquire);              // Pairs with the release of head_.
      const int tail = tail_.load(memory_order_acquire);        // Pairs with the releases of tail_.
      const int next = next_[head].load(memory_order_acquire);  // Pairs with that in Enqueue.
      if (head != head_.load(memory_order_acquire)) continue;
      if (head == tail) {
        if (next == 0) return false;
        Advance(tail_, tail, next);
      } else {
        if (next == 0) continue;
        *value = value_[next];
        if (Advance(head_, head, next)) return true;
      }
      std::this_thread::yield();
    }
  }

  // Pairs with the acquires of the same end.
  static bool Advance(std::atomic<int>& end, int from, int to) {
    return end.compare_exchange_strong(from, to, memory_order_release, memory_order_relaxed);
  }

  std::atomic<int> head_ = 3;
  std::atomic<int> tail_ = 3;
  std::atomic<int> next_[4] = {};
  int value_[4] = {};
};

// Lê, Pop, Cohen, Zappa Nardelli (PPoPP 2013), figure 1: the owner pushes two items and takes
// twice, a thief steals twice; no item may be had by both.
template <bool kWeakened>
class ChaseLevDeque {
 public:
  static constexpr int kThreads = 2;

  void Thread(int i) {
    if (i == 0) {
      Push(1);
      Push(2);
      Count(taken_, Take());
      Count(taken_, Take());
    } else {
      Count(stolen_, Steal());
      Count(stolen_, Steal());
    }
  }
  void Finish() {
    for (int item = 1; item <= 2; ++item) Check(taken_[item] + stolen_[item] <= 1);
  }

 private:
  static constexpr int kNone = -1;

  static void Count(int* counts, int item) {
    if (item != kNone) ++counts[item];
  }

  void Push(int item) {
    const int bottom = bottom_.load(memory_order_relaxed);
    static_cast<void>(top_.load(memory_order_acquire));  // There is room: nothing to compare.
    items_[bottom & 3].store(item, memory_order_relaxed);
    std::atomic_thread_fence(memory_order_release);  // Pairs with the acquire of bottom_.
    bottom_.store(bottom + 1, memory_order_relaxed);
  }

  int Take() {
    const int bottom = bottom_.load(memory_order_relaxed) - 1;
    bottom_.store(bottom, memory_order_relaxed);
    // Between the store of one end and the load of the other, as in Steal.
    if (!kWeakened) std::atomic_thread_fence(memory_order_seq_cst);
    int top = top_.load(memory_order_relaxed);
    if (top > bottom) {
      bottom_.store(bottom + 1, memory_order_relaxed);
      return kNone;
    }
    int item = items_[bottom & 3].load(memory_order_relaxed);
    if (top == bottom) {
      if (!top_.compare_exchange_strong(top, top + 1, memory_order_seq_cst, memory_order_relaxed)) {
        item = kNone;
      }
      bottom_.store(bottom + 1, memory_order_relaxed);
    }
    return item;
  }

  int Steal() {
    int top = top_.load(memory_order_acquire);
    std::atomic_thread_fence(memory_order_seq_cst);
    const int bottom = bottom_.load(memory_order_acquire);  // Pairs with the fence in Push.
    if (top >= bottom) return kNone;
    const int item = items_[top & 3].load(memory_order_relaxed);
    const bool won =
        top_.compare_exchange_strong(top, top + 1, memory_order_seq_cst, memory_order_relaxed);
    return won ? item : kNone;
  }

  std::atomic<int> top_ = 0;
  std::atomic<int> bottom_ = 0;
  std::atomic<int> items_[4] = {};
  int taken_[4] = {};
  int stolen_[4] = {};
};

// Two writes, two attempts to read. Boehm, "Can seqlocks get along with programming language
// memory models?" (MSPC 2012).
template <bool kWeakened>
class SeqLock {
 public:
  static constexpr int kThreads = 2;

  void Thread(int i) {
    if (i == 0) {
      Write(1);
      Write(2);
    } else {
      Read();
      Read();
    }
  }
  void Finish() {}

 private:
  void Write(int value) {
    const int sequence = sequence_.load(memory_order_relaxed);
    sequence_.store(sequence + 1, memory_order_relaxed);
    std::atomic_thread_fence(memory_order_release);  // Pairs with the fence in Read.
    first_.store(value, memory_order_relaxed);
    second_.store(value, memory_order_relaxed);
    // Pairs with the acquire in Read.
    sequence_.store(sequence + 2, Unless(kWeakened, memory_order_release));
  }

  void Read() {
    const int before = sequence_.load(memory_order_acquire);  // Pairs with the release in Write.
    if (before % 2 != 0) return;
    const int first = first_.load(memory_order_relaxed);
    const int second = second_.load(memory_order_relaxed);
    // Pairs with the fence in Write.
    if (!kWeakened) std::atomic_thread_fence(memory_order_acquire);
    if (before == sequence_.load(memory_order_relaxed)) Check(first == second);
  }

  std::atomic<int> sequence_ = 0;
  std::atomic<int> first_ = 0;
  std::atomic<int> second_ = 0;
};

// Two threads meet once; each wrote before what the other reads afterwards.
template <bool kWeakened>
class Barrier {
 public:
  static constexpr int kThreads = 2;

  void Thread(int i) {
    written_[i] = 1;
    const int generation = generation_.load(memory_order_relaxed);
    // Each arrival pairs with the other's.
    if (arrived_.fetch_add(1, Unless(kWeakened, memory_order_acq_rel)) == 1) {
      arrived_.store(0, memory_order_relaxed);
      // Pairs with the load below.
      generation_.store(generation + 1, Unless(kWeakened, memory_order_release));
    } else {
      while (generation_.load(Unless(kWeakened, memory_order_acquire)) == generation) {
        std::this_thread::yield();
      }
    }
    Check(written_[1 - i] == 1);
  }
  void Finish() {}

 private:
  std::atomic<int> arrived_ = 0;
  std::atomic<int> generation_ = 0;
  int written_[2] = {};
};

template <template <bool> class W>
constexpr Workload Named(const char* name) {
  return {name, &Run<W<false>>, &Run<W<true>>};
}

}  // namespace

const Workload kWorkload[kWorkloads] = {
    Named<MessagePassing>("mp"),
    Named<StoreBuffering>("sb"),
    Named<Iriw>("iriw"),
    Named<TreiberStack>("treiber"),
    Named<MichaelScottQueue>("msqueue"),
    Named<ChaseLevDeque>("chase-lev"),
    Named<SeqLock>("seqlock"),
    Named<Barrier>("barrier"),
};

void Mixture(void* argument) {
  const Extent extent = *static_cast<const Extent*>(argument);
  std::atomic<int> shared[4] = {};
  const auto threads = std::make_unique<std::thread[]>(static_cast<size_t>(extent.threads));
  for (int t = 0; t < extent.threads; ++t) {
    threads[t] = std::thread([&shared, extent, t] {
      for (int i = 0; i < extent.operations; ++i) {
        std::atomic<int>& location = shared[(i / 4 + t) % 4];
        switch (i % 4) {
          case 0:
            location.load(memory_order_acquire);
            break;  // Pairs with the stores below.
          case 1:
            location.store(i, memory_order_release);
            break;
          case 2:
            location.load(memory_order_relaxed);
            break;
          default:
            location.fetch_add(1, memory_order_acq_rel);
            break;
        }
      }
    });
  }
  for (int t = 0; t < extent.threads; ++t) threads[t].join();
}

}  // namespace hammerlock::explore::benchmark
