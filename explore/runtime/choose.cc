// SPDX-License-Identifier: Apache-2.0
#include "explore/runtime/choose.h"

#include "explore/runtime/scheduler.h"

namespace hammerlock::explore {

Chooser g_chooser;

void Chooser::Seed(uint64_t seed, Manner manner) {
  // Mixed, since a generator's state moves on by a constant: neighbouring seeds would otherwise
  // give the same numbers, one step apart.
  state_ = seed;
  first_state_ = state_ = Bits();
  manner_ = manner;
  trace_ = nullptr;
  size_ = next_ = 0;
  record_ = nullptr;
  recorded_ = 0;
  diverged_ = false;
}

void Chooser::Repeat(const uint16_t* trace, size_t size) {
  Seed(0, Manner());
  static const uint16_t kEmpty = 0;
  trace_ = size == 0 ? &kEmpty : trace;
  size_ = size;
}

void Chooser::Record(uint16_t* into, size_t capacity) {
  record_ = into;
  capacity_ = capacity;
  recorded_ = 0;
}

void Chooser::Rewind() {
  state_ = first_state_;
  next_ = 0;
  recorded_ = 0;
  diverged_ = false;
  hushed_ = false;
}

unsigned Chooser::Next(unsigned n) {
  if (next_ >= size_) return 0;
  const unsigned choice = trace_[next_++];
  if (choice < n) return choice;
  diverged_ = true;
  return 0;
}

void Chooser::Write(unsigned choice) {
  if (recorded_ < capacity_) record_[recorded_] = static_cast<uint16_t>(choice);
  ++recorded_;
}

unsigned Choose(unsigned n) { return g_chooser.Settle(g_chooser.Below(n), n); }

}  // namespace hammerlock::explore
