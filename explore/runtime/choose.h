// SPDX-License-Identifier: Apache-2.0
//
// Choices: everything that an execution does not determine itself. Each is a number below some n,
// and 0 is always the least surprising one: the running thread runs on, the newest store is read,
// a store becomes the newest. A trace, the list of these numbers, repeats the execution.
//
// How they are made, a manner, is drawn for each execution from its own seed (search.h).
#pragma once

#include <cstddef>
#include <cstdint>

#include "explore/runtime/clock.h"
#include "explore/runtime/mix.h"

namespace hammerlock::explore {

enum class Scheduling : uint8_t {
  kWalk,   // Each runnable thread is equally likely at each point, or the running one more so.
  kPct,    // Burckhardt et al., ASPLOS 2010.
  kPos,    // Yuan, Yang, Gu, CAV 2018.
  kPctwm,  // Gao, Chakraborty, Ozkan, ASPLOS 2023.
};

struct Manner {
  Scheduling scheduling = Scheduling::kWalk;
  // With probability 2^-stale_bits a read may be stale: then each store that it may read is equally
  // likely. Likewise where a store goes in modification order.
  uint8_t stale_bits = 0;
  // Walk: another thread than the running one may run with probability 2^-stay_bits.
  uint8_t stay_bits = 0;
  // Whether another thread may run before a store or a fence. If not, hardly anything is lost: who
  // is not to see the store yet reads an older one. But that shows late stores as stale reads, and
  // what reads only newest values (a futex, a plain access with race=0) sees the store at once.
  bool stops_before_stores = true;
  uint8_t depth = 2;    // PCT, PCTWM: of the bugs that are looked for.
  uint8_t history = 1;  // PCTWM: how many of the newest stores a read chooses from.
};

class Chooser {
 public:
  // Random choices from a seed.
  void Seed(uint64_t seed, Manner manner);
  // Those of a trace, then 0. REQUIRES: the trace outlives the execution.
  void Repeat(const uint16_t* trace, size_t size);
  // Writes down what is chosen, at most `capacity` choices.
  void Record(uint16_t* into, size_t capacity);
  // While calm no read is stale, even if a trace says so; and nothing is asked for in its place.
  void Calm(bool on) { calm_ = on; }
  // Back to where Seed or Repeat left it.
  void Rewind();
  // From here on, until it is rewound, every choice is 0, and none counts.
  void Hush() { hushed_ = true; }

  bool random() const { return trace_ == nullptr; }
  // Whether it matters what else is on offer: a trace counts all of it.
  bool counts_offers() const { return !calm_ && (trace_ != nullptr || record_ != nullptr); }
  bool calm() const { return calm_; }
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
  bool calm_ = false;
};

extern Chooser g_chooser;

// Whether something rare happens, one time in `rarity`; choice 0 is that it does not.
inline bool Rarely(unsigned rarity) {
  return g_chooser.Settle(g_chooser.Below(rarity) == rarity - 1 ? 1 : 0, 2) == 1;
}

// Stores that a read or a write is offered at most: this far behind the newest.
inline constexpr unsigned kMaxOffered = 64;

// How many stores behind the newest a read, or a store in modification order, goes, if so many are
// on offer; kAnyDepth: each that is on offer is equally likely.
inline constexpr unsigned kAnyDepth = kMaxOffered;

inline unsigned DrawDepth(unsigned stale_bits) {
  if (stale_bits == 0) return kAnyDepth;
  return (g_chooser.Bits() & ((1u << stale_bits) - 1)) != 0 ? 0 : kAnyDepth;
}

unsigned ReadDepthOfPctwm();  // priorities.cc
inline unsigned ReadDepth() {
  const Manner& manner = g_chooser.manner();
  if (__builtin_expect(manner.scheduling == Scheduling::kPctwm, false)) return ReadDepthOfPctwm();
  return DrawDepth(manner.stale_bits);
}
inline unsigned WriteDepth() {
  const Manner& manner = g_chooser.manner();
  if (__builtin_expect(manner.scheduling == Scheduling::kPctwm, false)) return 0;
  return DrawDepth(manner.stale_bits);
}

// How far those lie among which each is equally likely. Where there are many threads, so many of
// them may have stored that to look at all their stores is most of the time that a step takes.
inline unsigned DrawReach() {
  if (g_clock_width == kLanesAStep) return kMaxOffered - 1;
  return (2u << g_chooser.Below(6)) - 1;  // Up to 63.
}

// Whether nothing but the newest is to be looked at.
inline bool NewestOnly(unsigned drawn) {
  return g_chooser.calm() || (drawn == 0 && !g_chooser.counts_offers());
}

// What a read or a store is offered, the newest first. How far it goes is drawn before anything is
// looked at, so that hardly more is looked at than is drawn; only a trace needs to know of the
// rest.
template <class T>
class Offers {
 public:
  // `drawn`: how far behind the newest it goes if choices are random.
  explicit Offers(unsigned drawn)
      : any_(drawn == kAnyDepth),
        bits_(any_ ? g_chooser.Bits() : 0),
        wanted_(any_ ? Scale(bits_ & 0xffffffff, DrawReach() + 1) : drawn),
        depth_(g_chooser.counts_offers() ? kMaxOffered - 1 : wanted_) {}

  bool Deeper() const { return steps_ < depth_; }
  // One step further behind; it may be that what lies there is not on offer.
  void Step() { ++steps_; }
  void Add(T& offer) {
    all_[count_++] = &offer;
    if (steps_ > wanted_) return;
    within_ = count_;
    last_ = steps_;
  }
  // If there was nothing on offer as far behind as was drawn, each that is nearer is as likely as
  // the others: so each of those is that could have been drawn.
  T& Choose() {
    if (count_ == 1) return *all_[0];
    const bool found = !any_ || last_ == wanted_;
    return *all_[g_chooser.Settle(found ? within_ - 1 : Scale(bits_ >> 32, within_), count_)];
  }

 private:
  // A number below n from 32 random bits.
  static unsigned Scale(uint64_t bits, unsigned n) { return static_cast<unsigned>(bits * n >> 32); }

  const bool any_;
  const uint64_t bits_;
  const unsigned wanted_;  // Where what is drawn lies,
  const unsigned depth_;   // and how far is looked.
  unsigned steps_ = 0;
  unsigned count_ = 0;
  unsigned within_ = 0;  // Those at most as far behind as was drawn, and where the last of them is.
  unsigned last_ = 0;
  T* all_[kMaxOffered];
};

}  // namespace hammerlock::explore
