// SPDX-License-Identifier: Apache-2.0
//
// Purpose: a bounded first-in first-out queue for any number of producers and consumers. It holds
// exactly as many elements as asked for.
// Thread safety: every method but constructor and destructor may be called by any thread at any
// time. Linearizable as a bounded queue: a successful call where it moves tail_ or head_, "full"
// at the load of head_, "empty" at the load of tail_ that shows it. These operations are all
// seq_cst, so rings may be combined with each other like any linearizable objects.
// Progress: not lock-free. A call that has claimed a slot and not yet finished with it (a move of
// T in between) holds up those who come to this very slot: the consumer of that element, the
// producer of the next lap. They wait, spinning, then yielding; all others go on.
//
// Why they wait. Where each slot carries a sequence number, the usual TryPop() looks at the next
// slot and returns "empty" if its element is not there yet. That is not linearizable:
//     A: push a: claims slot 0, is interrupted      B: push b: true (slot 1)      C: pop: empty
// although b's push has returned, and likewise a false "full" beside an unfinished pop. So here
// "empty" means that tail_ == head_, "full" that tail_ is one lap ahead of head_, each at one
// moment; otherwise the peer has claimed the slot and is about to finish.
//
// Invariants (a position is a lap and the index of a slot in it; positions are taken in order)
//   1. head_ <= tail_ <= head_ + one lap. The elements are those of the positions [head_, tail_).
//   2. A slot's `turn` counts up: 2 * lap: free for the push of this lap; 2 * lap + 1: holds the
//      element of this lap.
//   3. Who moves tail_ (head_) on from a position owns the value of its slot until it increments
//      `turn`. It moves only after it has seen the slot free (full) for its lap, by an acquire that
//      pairs with the release of the last owner.
//
// Reclamation: none needed; the array lives as long as the ring.
// Exceptions: T must be nothrow move constructible and destructible: nothing may throw between
// claim and finish. If T's copy constructor throws in TryPush(), nothing has happened.
// Source: the bounded MPMC queue of D. Vyukov, 1024cores.net, 2010 (sequence numbers a slot), with
// the re-checks above; exact capacities by laps instead of a power of two.
#pragma once

#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <stdexcept>
#include <type_traits>
#include <utility>

#include "primitives/internal/cache_line.h"
#include "primitives/internal/spin.h"

namespace hammerlock {

template <typename T>
class MpmcRing {
  static_assert(std::is_nothrow_move_constructible_v<T> && std::is_nothrow_destructible_v<T>);

 public:
  // Throws std::length_error if capacity is 0 or does not fit, std::bad_alloc if memory is short.
  explicit MpmcRing(std::size_t capacity)
      : capacity_(Checked(capacity)),
        lap_shift_(std::bit_width(capacity - 1)),
        one_lap_(Position{1} << lap_shift_),
        slots_(new Slot[capacity]) {}

  MpmcRing(const MpmcRing&) = delete;
  MpmcRing& operator=(const MpmcRing&) = delete;

  // REQUIRES: every other call happens before.
  ~MpmcRing() {
    // No load here has a partner: see REQUIRES.
    const Position tail = tail_.load(std::memory_order_relaxed);
    for (Position p = head_.load(std::memory_order_relaxed); p != tail; p = Next(p)) {
      std::destroy_at(&SlotAt(p).value);
    }
  }

  // The greatest number of elements the ring holds.
  std::size_t Capacity() const { return capacity_; }

  // Returns false, and leaves `value` alone, if the ring is full.
  bool TryPush(T&& value) { return Emplace(std::move(value)); }
  bool TryPush(const T& value) {
    if constexpr (std::is_nothrow_copy_constructible_v<T>) {
      return Emplace(value);
    } else {
      return Emplace(T(value));  // a throwing copy must come before the claim
    }
  }

  // The element pushed first of those in the ring, or nothing if it is empty.
  std::optional<T> TryPop() {
    internal::Backoff backoff;
    Position position = head_.load(std::memory_order_seq_cst);
    for (;;) {
      Slot& slot = SlotAt(position);
      const std::uint64_t full = 2 * LapOf(position) + 1;
      // Pairs with the release in Emplace(): the element is there.
      if (slot.turn.load(std::memory_order_acquire) == full) {
        if (head_.compare_exchange_weak(position, Next(position), std::memory_order_seq_cst,
                                        std::memory_order_seq_cst)) {
          std::optional<T> result(std::move(slot.value));
          std::destroy_at(&slot.value);
          // Pairs with the acquire in Emplace(), one lap later: we are done with the slot.
          slot.turn.store(full + 1, std::memory_order_release);
          return result;
        }
      } else {
        // tail_ cannot be behind head_, nor either go back: if it is at `position`, so is head_.
        if (tail_.load(std::memory_order_seq_cst) == position) return std::nullopt;
        position = head_.load(std::memory_order_seq_cst);
      }
      backoff.Pause();
    }
  }

 private:
  // The lap in the upper bits, the slot's index in the lower lap_shift_ ones.
  using Position = std::uint64_t;

  struct Slot {
    Slot() {}
    ~Slot() {}

    std::atomic<std::uint64_t> turn{0};
    union {
      T value;
    };
  };

  static std::size_t Checked(std::size_t capacity) {
    constexpr std::size_t kMax = std::numeric_limits<std::size_t>::max() / 2;
    if (capacity == 0 || capacity > kMax) {
      throw std::length_error("MpmcRing: the capacity must be at least 1 and less than 2^63");
    }
    return capacity;
  }

  std::size_t IndexOf(Position position) const { return position & (one_lap_ - 1); }
  std::uint64_t LapOf(Position position) const { return position >> lap_shift_; }
  Slot& SlotAt(Position position) const { return slots_[IndexOf(position)]; }

  Position Next(Position position) const {
    const std::size_t index = IndexOf(position);
    return index + 1 == capacity_ ? position - index + one_lap_ : position + 1;
  }

  template <typename U>
  bool Emplace(U&& value) {
    internal::Backoff backoff;
    Position position = tail_.load(std::memory_order_seq_cst);
    for (;;) {
      Slot& slot = SlotAt(position);
      const std::uint64_t free = 2 * LapOf(position);
      // Pairs with the release in TryPop(), one lap earlier: its consumer is done with the slot.
      if (slot.turn.load(std::memory_order_acquire) == free) {
        if (tail_.compare_exchange_weak(position, Next(position), std::memory_order_seq_cst,
                                        std::memory_order_seq_cst)) {
          std::construct_at(&slot.value, std::forward<U>(value));
          // Pairs with the acquire in TryPop(): the element is there.
          slot.turn.store(free + 1, std::memory_order_release);
          return true;
        }
      } else {
        // tail_ cannot be more than a lap ahead of head_, nor either go back: if `position` is
        // exactly a lap ahead, it is where tail_ still is.
        if (head_.load(std::memory_order_seq_cst) + one_lap_ == position) return false;
        position = tail_.load(std::memory_order_seq_cst);
      }
      backoff.Pause();
    }
  }

  // Constant.
  const std::size_t capacity_;
  const int lap_shift_;
  const Position one_lap_;
  const std::unique_ptr<Slot[]> slots_;

  alignas(kCacheLine) std::atomic<Position> tail_{0};
  alignas(kCacheLine) std::atomic<Position> head_{0};
};

}  // namespace hammerlock
