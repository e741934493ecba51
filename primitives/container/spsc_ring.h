// SPDX-License-Identifier: Apache-2.0
//
// Purpose: a bounded first-in first-out queue from one producer to one consumer. It holds exactly
// as many elements as asked for (the array behind it is rounded up to a power of two).
// Thread safety: at any time at most one thread calls TryPush() and at most one TryPop(). The roles
// may pass to other threads, if the last call of the old one happens before the first of the new.
// Linearizable as a bounded queue.
// Progress: wait-free.
//
// Invariants (positions count up for ever; position p is in slot p mod the array's size)
//   1. head_ <= tail_ <= head_ + capacity. Elements live in the slots of [head_, tail_).
//   2. Only the producer writes tail_ and its `known_head`, only the consumer head_ and its
//      `known_tail`. known_head <= head_ and known_tail <= tail_: an old value is on the safe side.
//   3. Before the producer says "full" it has written the present tail_ by a seq_cst store, and
//      after that read head_ by a seq_cst load; likewise the consumer, crosswise, for "empty".
//
// Why invariant 3. With acquire and release alone, in a ring of two that holds x,
//     producer: push a: true; push b: full        consumer: pop: x; pop: empty
// can happen, each side missing the other's last store (store buffering; x86_64 does it). No order
// of the four explains it: "full" must precede the pop of x, and "empty" the push of a. With the
// seq_cst pairs, one of the two sides sees the other. It costs one store for each time the ring
// runs full or empty, and nothing while elements flow.
//
// Reclamation: none needed; the array lives as long as the ring.
// Exceptions: if T's constructor throws in TryPush(), nothing has happened. If T's move constructor
// throws in TryPop(), the element stays at the front, as that constructor left it.
// Source: Lamport, "Specifying Concurrent Program Modules", ACM TOPLAS 5(2), 1983, section 4 (the
// ring); Lee, Bu, Chandranmenon, "A Lock-Free, Cache-Efficient Multi-Core Synchronization Mechanism
// for Line-Rate Network Traffic Monitoring", IPDPS 2010, and Giacomoni, Moseley, Vachharajani,
// "FastForward for Efficient Pipeline Parallelism", PPoPP 2008 (the other side's index is cached,
// so that its cache line moves once a batch, not once an element).
#pragma once

#include <atomic>
#include <bit>
#include <cstddef>
#include <limits>
#include <memory>
#include <optional>
#include <stdexcept>
#include <utility>

#include "primitives/internal/cache_line.h"

namespace hammerlock {

template <typename T>
class SpscRing {
 public:
  // Throws std::length_error if capacity is 0 or does not fit, std::bad_alloc if memory is short.
  explicit SpscRing(std::size_t capacity)
      : slots_(new Slot[SlotCount(capacity)]),
        mask_(SlotCount(capacity) - 1),
        capacity_(capacity) {}

  SpscRing(const SpscRing&) = delete;
  SpscRing& operator=(const SpscRing&) = delete;

  // REQUIRES: every other call happens before.
  ~SpscRing() {
    // No load here has a partner: see REQUIRES.
    const std::size_t tail = tail_.load(std::memory_order_relaxed);
    for (std::size_t i = head_.load(std::memory_order_relaxed); i != tail; ++i) {
      std::destroy_at(&ValueAt(i));
    }
  }

  // The greatest number of elements the ring holds.
  std::size_t Capacity() const { return capacity_; }

  // Returns false, and leaves `value` alone, if the ring is full.
  bool TryPush(const T& value) { return Emplace(value); }
  bool TryPush(T&& value) { return Emplace(std::move(value)); }

  // The element pushed first of those in the ring, or nothing if it is empty.
  std::optional<T> TryPop() {
    // Relaxed: ours (invariant 2).
    const std::size_t head = head_.load(std::memory_order_relaxed);
    if (head == known_tail_ && !Readable(head)) return std::nullopt;
    T& value = ValueAt(head);
    std::optional<T> result(std::move(value));
    std::destroy_at(&value);
    // Pairs with the loads in Writable(): we are done with the slot before it is used again.
    head_.store(head + 1, std::memory_order_release);
    return result;
  }

 private:
  union Slot {
    Slot() {}
    ~Slot() {}
    T value;
  };

  static std::size_t SlotCount(std::size_t capacity) {
    constexpr std::size_t kMax = std::numeric_limits<std::size_t>::max() / 2 + 1;
    if (capacity == 0 || capacity > kMax) {
      throw std::length_error("SpscRing: the capacity must be at least 1 and at most 2^63");
    }
    return std::bit_ceil(capacity);
  }

  T& ValueAt(std::size_t position) { return slots_[position & mask_].value; }

  template <typename U>
  bool Emplace(U&& value) {
    // Relaxed: ours (invariant 2).
    const std::size_t tail = tail_.load(std::memory_order_relaxed);
    if (tail - known_head_ == capacity_ && !Writable(tail)) return false;
    std::construct_at(&ValueAt(tail), std::forward<U>(value));
    // Pairs with the loads in Readable(): the element is there before it is read.
    tail_.store(tail + 1, std::memory_order_release);
    return true;
  }

  // The producer's look at head_: is there room at `tail`?
  bool Writable(std::size_t tail) {
    // Pairs with the release in TryPop().
    known_head_ = head_.load(std::memory_order_acquire);
    if (tail - known_head_ != capacity_) return true;
    if (announced_tail_ != tail) {
      tail_.store(tail, std::memory_order_seq_cst);  // invariant 3
      announced_tail_ = tail;
    }
    known_head_ = head_.load(std::memory_order_seq_cst);
    return tail - known_head_ != capacity_;
  }

  // The consumer's look at tail_: is there an element at `head`?
  bool Readable(std::size_t head) {
    // Pairs with the release in Emplace().
    known_tail_ = tail_.load(std::memory_order_acquire);
    if (head != known_tail_) return true;
    if (announced_head_ != head) {
      head_.store(head, std::memory_order_seq_cst);  // invariant 3
      announced_head_ = head;
    }
    known_tail_ = tail_.load(std::memory_order_seq_cst);
    return head != known_tail_;
  }

  // Constant.
  const std::unique_ptr<Slot[]> slots_;
  const std::size_t mask_;
  const std::size_t capacity_;

  // The producer's line.
  alignas(kCacheLine) std::atomic<std::size_t> tail_{0};
  std::size_t known_head_ = 0;
  std::size_t announced_tail_ = 0;  // the last tail_ that was stored seq_cst

  // The consumer's line.
  alignas(kCacheLine) std::atomic<std::size_t> head_{0};
  std::size_t known_tail_ = 0;
  std::size_t announced_head_ = 0;  // the last head_ that was stored seq_cst
};

}  // namespace hammerlock
