// SPDX-License-Identifier: Apache-2.0
//
// What executions came to, as the program told it with hammerlock_outcome, and how often. In
// memory that a process shares with the one that started it.
#pragma once

#include <cstddef>
#include <cstdint>

namespace hammerlock::explore {

class Outcomes {
 public:
  static constexpr size_t kMaxDistinct = 4096;

  // Counts `text` once more, `count` times. What does not fit counts as kOthers.
  void Add(const char* text, uint64_t count);

  uint64_t distinct() const { return distinct_; }
  struct Counted {
    const char* text;
    uint64_t count;
  };
  // All distinct() in alphabetical order, good until something is added. Free the array.
  Counted* Sorted() const;

 private:
  static constexpr const char* kOthers = "(others)";
  static constexpr size_t kSlots = 2 * kMaxDistinct;
  static constexpr size_t kTextBytes = size_t{1} << 20;

  struct Slot {
    uint64_t count;    // 0: free.
    uint32_t text_at;  // In text_.
  };
  Slot& Find(const char* text);

  // All zero at first, as a fresh mapping is.
  Slot slots_[kSlots];
  uint64_t distinct_;
  size_t text_used_;
  char text_[kTextBytes];
};

// The outcome of the execution under way: texts are put together in the order they are told in.
void ForgetPresentOutcome();
// Empty if nothing was told.
const char* PresentOutcome();

}  // namespace hammerlock::explore
