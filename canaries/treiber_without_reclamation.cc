// SPDX-License-Identifier: Apache-2.0
//
// Known bad: a Treiber stack whose pop frees the node at once. Another pop may still read it
// (use after free), and the allocator hands its address out again, so that a compare-exchange
// succeeds where it must not (ABA).
#include <atomic>

#include "scenario/litmus.h"

class HastyStack {
 public:
  HastyStack() {
    for (int i = 1; i <= 3; ++i) Push(i);
  }
  ~HastyStack() {
    // A corrupted list may be a ring: after an ABA there is no telling what is left to free.
    for (int left = 8; left > 0 && head_.load(std::memory_order_relaxed) != nullptr; --left) Pop();
  }

  void Push(int value) {
    Node* const node = new Node{value, head_.load(std::memory_order_relaxed)};
    while (!head_.compare_exchange_weak(node->next, node, std::memory_order_release,
                                        std::memory_order_relaxed)) {
    }
  }

  int Pop() {
    Node* node = head_.load(std::memory_order_acquire);
    while (node != nullptr &&
           !head_.compare_exchange_weak(node, node->next, std::memory_order_acquire,
                                        std::memory_order_acquire)) {
    }
    if (node == nullptr) return 0;
    const int value = node->value;
    delete node;  // The bug: another thread may be about to read node->next.
    return value;
  }

 private:
  struct Node {
    int value;
    Node* next;
  };

  std::atomic<Node*> head_{nullptr};
};

struct TreiberWithoutReclamation {
  HastyStack stack;
  int r0 = 0, r1 = 0;

  void P0() { r0 = PopAndPush(); }
  void P1() { r1 = PopAndPush(); }

  int PopAndPush() {
    int sum = 0;
    for (int i = 0; i < 3; ++i) {
      const int value = stack.Pop();
      sum += value;
      stack.Push(value);
    }
    return sum > 0;
  }
};

LITMUS(TreiberWithoutReclamation, r0, r1) {
  Acceptable({1, 1}, "both found elements");
  Forbidden([](int r0, int r1) { return r0 == 0 || r1 == 0; }, "elements were lost or made up");
}
