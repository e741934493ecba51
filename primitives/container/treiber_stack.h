// SPDX-License-Identifier: Apache-2.0
//
// Purpose: an unbounded last-in first-out stack for any number of threads.
// Thread safety: every method but constructor and destructor may be called by any thread at any
// time. Linearizable, also together with other objects of this kind: Push() and a successful
// TryPop() at their compare-exchange, an unsuccessful TryPop() at the load that finds no top.
// Progress: lock-free, but for memory allocation.
//
// Invariants
//   1. top_ is null or points to the node that was pushed last of those not popped yet.
//   2. A node's `next` is constant from the moment top_ first points to the node.
//   3. `value` is alive from the node's construction until the thread that unlinked the node, and
//      no other, has moved it out.
//   4. top_ changes by read-modify-writes only, so every change continues the release sequences of
//      all earlier ones: who acquires any value of top_ sees the contents of every node below it.
//   5. No ABA: top_ cannot return to a node on which a hazard is set, as each Push() brings a node
//      of its own and a protected one is not freed.
//
// Reclamation: hazard pointers, in a domain that each stack owns. What is retired goes, at the
// latest, with the stack; the bound is HazardDomain's.
// Exceptions: if T's constructor or the allocator throws in Push(), nothing has happened. If
// TryPop() cannot get a hazard record (std::bad_alloc), neither; if there T's move constructor
// throws, the element is off the stack and lost. The stack is intact in each case.
// Source: Treiber, "Systems Programming: Coping with Parallelism", IBM RJ 5118, 1986; with hazard
// pointers: Michael, IEEE TPDS 15(6), 2004, section 4.2.
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
class TreiberStack {
 public:
  // `retire_batch`: see HazardDomain.
  explicit TreiberStack(std::size_t retire_batch = HazardDomain::kAdaptive) noexcept
      : domain_(retire_batch) {}

  TreiberStack(const TreiberStack&) = delete;
  TreiberStack& operator=(const TreiberStack&) = delete;

  // REQUIRES: every other call happens before.
  ~TreiberStack() {
    // No partner: see REQUIRES.
    for (Node* node = top_.load(std::memory_order_relaxed); node != nullptr;) {
      Node* const next = node->next;
      std::destroy_at(&node->value);
      delete node;
      node = next;
    }
  }

  void Push(T value) {
    Node* const node = new Node(std::move(value));
    // A guess, which the compare-exchange checks. No partner, as it is not dereferenced here.
    node->next = top_.load(std::memory_order_relaxed);
    internal::Backoff backoff;
    // Success publishes the node to Protect() in TryPop(). A release would do for that; seq_cst
    // keeps Push(); TryPop() on two stacks from being reordered (store buffering). Relaxed on
    // failure: another guess.
    while (!top_.compare_exchange_weak(node->next, node, std::memory_order_seq_cst,
                                       std::memory_order_relaxed)) {
      backoff.Pause();
    }
  }

  // The element pushed last, or nothing if the stack is empty.
  std::optional<T> TryPop() {
    HazardPointer hazard(domain_);
    internal::Backoff backoff;
    Node* node = hazard.Protect(top_);
    for (;;) {
      if (node == nullptr) return std::nullopt;
      // Unlinks the node: seq_cst as HazardDomain's invariant 3 asks. Relaxed on failure, because
      // Protect() reads anew.
      Node* expected = node;
      if (top_.compare_exchange_strong(expected, node->next, std::memory_order_seq_cst,
                                       std::memory_order_relaxed)) {
        break;
      }
      backoff.Pause();
      node = hazard.Protect(top_);
    }
    hazard.Reset();
    const Unlinked unlinked{hazard, node};
    return std::optional<T>(std::move(node->value));
  }

 private:
  struct Node : HazardObject {
    explicit Node(T&& from) : value(std::move(from)) {}
    ~Node() {}

    Node* next;
    union {
      T value;
    };
  };

  // Ends the life of an unlinked node, also when moving its value out has thrown.
  struct Unlinked {
    HazardPointer& hazard;
    Node* node;
    ~Unlinked() {
      std::destroy_at(&node->value);
      hazard.Retire(node);
    }
  };

  alignas(kCacheLine) std::atomic<Node*> top_{nullptr};
  alignas(kCacheLine) HazardDomain domain_;
};

}  // namespace hammerlock
