// SPDX-License-Identifier: Apache-2.0
//
// Choices: everything that an execution does not determine itself. Each is a number below some n,
// and 0 is always the least surprising one: the running thread runs on, the newest store is read,
// a store becomes the newest. A trace, the list of these numbers, repeats the execution.
//
// A strategy says how they are made:
//   walk  each runnable thread is equally likely at each point. Good at most things.
//   pct   Burckhardt et al., ASPLOS 2010: threads have random priorities, which change at d - 1
//         random points: a bug of depth d in n threads and k steps shows with probability of at
//         least 1 / (n k^(d-1)), under sequential consistency.
//   pos   Yuan, Yang, Gu, CAV 2018: each pending operation has a random priority, renewed where
//         it conflicts with one that was executed.
// and for reads how likely a stale one is: half of all, one in eight, or none.
// The portfolio, the default, takes them in turn.
#pragma once

#include <cstddef>
#include <cstdint>

#include "explore/runtime/mix.h"

namespace hammerlock::explore {

enum class Scheduling : uint8_t { kWalk, kPct, kPos };

struct Manner {
  Scheduling scheduling = Scheduling::kWalk;
  uint8_t stale_bits = 1;  // A read is stale with probability 2^-stale_bits; 0: never.
  uint8_t pct_depth = 2;
};

class Chooser {
 public:
  // Random choices from a seed.
  void Seed(uint64_t seed, Manner manner);
  // Those of a trace, then 0. REQUIRES: the trace outlives the execution.
  void Repeat(const uint16_t* trace, size_t size);
  // Writes down what is chosen, at most `capacity` choices.
  void Record(uint16_t* into, size_t capacity);
  // Back to where Seed or Repeat left it.
  void Rewind();
  // While hushed every choice is 0, and none counts.
  void Hush(bool on) { hushed_ = on; }

  bool random() const { return trace_ == nullptr; }
  // Whether it matters what else is on offer: a trace counts all of it.
  bool counts_offers() const { return trace_ != nullptr || record_ != nullptr; }
  const Manner& manner() const { return manner_; }
  uint64_t Bits() { return Mix(state_ += kGamma); }
  unsigned Below(unsigned n) { return static_cast<unsigned>(((Bits() >> 32) * n) >> 32); }

  // The choice in [0, n): `wanted` if choices are random, the trace's otherwise.
  unsigned Settle(unsigned wanted, unsigned n) {
    if (n <= 1 || __builtin_expect(hushed_, false)) return 0;
    const unsigned chosen = trace_ == nullptr ? wanted : Next(n);
    if (__builtin_expect(record_ != nullptr, false)) Write(chosen);
    return chosen;
  }

  size_t recorded() const { return recorded_; }
  // Whether the trace did not fit: it held what was not on offer, or was not used up.
  bool diverged() const { return trace_ != nullptr && (diverged_ || next_ < size_); }

 private:
  unsigned Next(unsigned n);
  void Write(unsigned choice);

  uint64_t first_state_ = 0;
  uint64_t state_ = 0;
  Manner manner_;
  const uint16_t* trace_ = nullptr;
  size_t size_ = 0;
  size_t next_ = 0;
  uint16_t* record_ = nullptr;
  size_t capacity_ = 0;
  size_t recorded_ = 0;
  bool diverged_ = false;
  bool hushed_ = false;
};

extern Chooser g_chooser;

// Whether something rare happens, one time in `rarity`; choice 0 is that it does not.
inline bool Rarely(unsigned rarity) {
  return g_chooser.Settle(g_chooser.Below(rarity) == rarity - 1 ? 1 : 0, 2) == 1;
}

// Stores that a read or a write is offered at most: this far behind the newest.
inline constexpr unsigned kMaxOffered = 64;

// How many stores behind the newest a read, or a store in modification order, may go: drawn from
// a geometric distribution, so that looking for them costs what it yields.
inline unsigned Depth(unsigned bits) {
  if (bits == 0) return 0;
  const uint64_t draw = g_chooser.Bits();
  if ((draw & ((1u << bits) - 1)) != 0) return 0;
  // Each further step back with probability 1/2.
  const int more = __builtin_ctzll(draw >> bits | uint64_t{1} << 40);
  return 1 + static_cast<unsigned>(more);
}
inline unsigned ReadDepth() { return Depth(g_chooser.manner().stale_bits); }
inline unsigned WriteDepth() {
  const unsigned bits = g_chooser.manner().stale_bits;
  return Depth(bits == 0 ? 0 : bits + 1);
}

// Whether nothing but the newest is to be looked at.
inline bool NewestOnly(unsigned drawn) { return drawn == 0 && !g_chooser.counts_offers(); }

// What a read or a store is offered, the newest first.
template <class T>
class Offers {
 public:
  // `drawn`: how far behind the newest it goes if choices are random. Only a trace needs to know
  // of more.
  explicit Offers(unsigned drawn)
      : drawn_(drawn), depth_(g_chooser.counts_offers() ? kMaxOffered - 1 : drawn) {}

  bool Deeper() const { return steps_ < depth_; }
  // One step further behind; it may be that what lies there is not on offer.
  void Step() { ++steps_; }
  void Add(T& offer) {
    all_[count_++] = &offer;
    if (steps_ <= drawn_) within_ = count_;
  }
  T& Choose() { return *all_[g_chooser.Settle(within_ - 1, count_)]; }

 private:
  const unsigned drawn_;
  const unsigned depth_;
  unsigned steps_ = 0;
  unsigned count_ = 0;
  unsigned within_ = 0;
  T* all_[kMaxOffered];
};

}  // namespace hammerlock::explore
