// SPDX-License-Identifier: Apache-2.0
//
// Purpose: an unbounded first-in first-out queue for any number of threads.
// Thread safety: every method but constructor and destructor may be called by any thread at any
// time. Linearizable, also together with other objects of this kind: Push() where it links its
// node, a successful TryPop() where it moves head_, an unsuccessful one at the load that finds no
// node after the dummy.
// Progress: lock-free, but for memory allocation.
//
// Invariants
//   1. From head_, following `next`, the nodes form a list that ends in null. The first is a dummy
//      without a value; each of the others holds one.
//   2. `next` of a node changes once, from null to the node after it.
//   3. tail_ points to the last or the last but one node, and never to one before head_: it is
//      moved on before head_ passes. So a node that head_ has left is in neither.
//   4. TryPop() moves head_ on to the node whose value it returns, and that becomes the dummy:
//      each node does so once, so one thread only takes its value.
//   5. No ABA: head_, tail_ cannot return to a node on which a hazard is set, as each Push() brings
//      a node of its own and a protected one is not freed.
//
// Reclamation: hazard pointers, in a domain that each queue owns. What is retired goes, at the
// latest, with the queue; the bound is HazardDomain's.
// Exceptions: if T's constructor or the allocator throws in Push(), nothing has happened. If
// TryPop() cannot get its hazard records (std::bad_alloc), neither; if there T's move constructor
// throws, the element is off the queue and lost. The queue is intact in each case.
// Source: Michael, Scott, "Simple, Fast, and Practical Non-Blocking and Blocking Concurrent Queue
// Algorithms", PODC 1996, figure 1; with hazard pointers: Michael, IEEE TPDS 15(6), 2004, figure 6.
#pragma once

#include <atomic>
#include <cstddef>
#include <memory>
#include <optional>
#include <utility>

#include "primitives/internal/cache_line.h"
#include "primitives/internal/spin.h"
#include "primitives/reclaim/hazard_pointer.h"

namespace hammerlock {

template <typename T>
class MichaelScottQueue {
 public:
  // `retire_batch`: see HazardDomain.
  explicit MichaelScottQueue(std::size_t retire_batch = HazardDomain::kAdaptive)
      : domain_(retire_batch), head_(new Node), tail_(head_.load(std::memory_order_relaxed)) {}

  MichaelScottQueue(const MichaelScottQueue&) = delete;
  MichaelScottQueue& operator=(const MichaelScottQueue&) = delete;

  // REQUIRES: every other call happens before.
  ~MichaelScottQueue() {
    // No load here has a partner: see REQUIRES.
    Node* node = head_.load(std::memory_order_relaxed);
    while (Node* const next = node->next.load(std::memory_order_relaxed)) {
      delete node;
      std::destroy_at(&next->value);
      node = next;
    }
    delete node;
  }

  void Push(T value) {
    std::unique_ptr<Node, DeleteWithValue> node(new Node(std::move(value)));
    HazardPointer hazard(domain_);
    internal::Backoff backoff;
    for (;;) {
      // `tail` is not retired while tail_ points to it (invariant 3).
      Node* const tail = hazard.Protect(tail_);
      if (Node* const next = tail->next.load(std::memory_order_seq_cst)) {
        MoveTail(tail, next);
        continue;
      }
      // Publishes the node, to the loads of `next`. A release would do for that; seq_cst keeps
      // Push(); TryPop() on two queues from being reordered (store buffering). Relaxed on failure:
      // the loop reads anew.
      Node* expected = nullptr;
      if (tail->next.compare_exchange_strong(expected, node.get(), std::memory_order_seq_cst,
                                             std::memory_order_relaxed)) {
        MoveTail(tail, node.release());
        return;
      }
      backoff.Pause();
    }
  }

  // The element pushed first of those in the queue, or nothing if it is empty.
  std::optional<T> TryPop() {
    HazardPointer head_hazard(domain_);
    HazardPointer next_hazard(domain_);
    internal::Backoff backoff;
    for (;;) {
      Node* const head = head_hazard.Protect(head_);
      // Before `next`, so that a tail other than head implies that there is one.
      Node* const tail = tail_.load(std::memory_order_seq_cst);
      Node* const next = head->next.load(std::memory_order_seq_cst);
      if (head == tail) {
        if (next == nullptr) return std::nullopt;
        MoveTail(tail, next);
        continue;
      }
      // Not protected yet, only published. The compare-exchange below completes it: while head_ has
      // not left `head`, `next` is not retired. (The paper reads the value before it, and so must
      // look at head_ once more.)
      next_hazard.Publish(next);
      // Unlinks `head`: seq_cst as HazardDomain's invariant 3 asks. Relaxed on failure, because
      // Protect() reads anew.
      Node* expected = head;
      if (head_.compare_exchange_strong(expected, next, std::memory_order_seq_cst,
                                        std::memory_order_relaxed)) {
        head_hazard.Reset();
        head_hazard.Retire(head);
        const Taken taken{next};
        return std::optional<T>(std::move(next->value));
      }
      backoff.Pause();
    }
  }

 private:
  struct Node : HazardObject {
    Node() {}
    explicit Node(T&& from) : value(std::move(from)) {}
    ~Node() {}

    std::atomic<Node*> next{nullptr};
    union {
      T value;
    };
  };

  struct DeleteWithValue {
    void operator()(Node* node) const {
      std::destroy_at(&node->value);
      delete node;
    }
  };

  // Ends the life of a value whose node has become the dummy, also when moving it out has thrown.
  struct Taken {
    Node* node;
    ~Taken() { std::destroy_at(&node->value); }
  };

  // Moves tail_ from `tail`, on which we hold a hazard, to the node after it, unless another thread
  // has. This unlinks `tail` from tail_: seq_cst as HazardDomain's invariant 3 asks; TryPop(),
  // which retires, sees it by its seq_cst load of tail_. Relaxed on failure, because nothing is
  // learnt.
  void MoveTail(Node* tail, Node* next) {
    tail_.compare_exchange_strong(tail, next, std::memory_order_seq_cst, std::memory_order_relaxed);
  }

  alignas(kCacheLine) HazardDomain domain_;
  alignas(kCacheLine) std::atomic<Node*> head_;
  alignas(kCacheLine) std::atomic<Node*> tail_;
};

}  // namespace hammerlock
