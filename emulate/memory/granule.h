// SPDX-License-Identifier: Apache-2.0
//
// Eight aligned bytes of memory: what was stored to them, in the order of time stamps.
#pragma once

#include <cstdint>
#include <vector>

namespace hammerlock::emulate {

// A point in the one order in which stores take effect, and the point up to which a thread knows
// that order.
using View = uint64_t;

inline constexpr uint64_t kGranule = 8;
inline uint64_t GranuleOf(uint64_t address) { return address & ~(kGranule - 1); }

// Bit i: byte i of the granule.
using ByteMask = uint8_t;
// Those of [begin, end) that lie in the granule at `granule`.
inline ByteMask MaskOf(uint64_t granule, uint64_t begin, uint64_t end) {
  const uint64_t from = begin > granule ? begin - granule : 0;
  const uint64_t to = end < granule + kGranule ? end - granule : kGranule;
  return static_cast<ByteMask>((1u << to) - (1u << from));
}
// The mask over the bits of a value.
inline uint64_t BitsOf(ByteMask mask) {
  uint64_t bits = (uint64_t{mask} * 0x0101010101010101) & 0x8040201008040201;
  bits = ((bits + 0x7f7f7f7f7f7f7f7f) & 0x8080808080808080) >> 7;
  return bits * 255;
}

template <class F>
void ForBytes(ByteMask mask, F f) {
  for (unsigned rest = mask; rest != 0; rest &= rest - 1) f(__builtin_ctz(rest));
}

struct Message {
  View time = 0;
  uint64_t value = 0;   // Of the bytes in `mask`.
  View read_up_to = 0;  // A read of it relied on there being nothing newer up to here.
  ByteMask mask = 0xff;
  bool modifies = false;  // Nothing may come between it and what it follows.
  int16_t thread = -1;
};

// What a thread knows of a granule, byte by byte.
struct Known {
  uint16_t thread = 0;
  uint8_t stale = 0;    // Stale reads in a row.
  ByteMask atomic = 0;  // Whose last store was the half of an atomic access.
  View coherence[kGranule] = {};
  View own[kGranule] = {};        // The time of the thread's last store; 0: none.
  View forwarded[kGranule] = {};  // What reading that store adds to a view.
};

struct Granule {
  uint64_t address = 0;
  uint8_t* at = nullptr;          // Where it lies, as of the last access.
  uint64_t newest = 0;            // What lies in memory.
  Message base;                   // What was there before all messages.
  std::vector<Message> messages;  // Oldest first.
  std::vector<Known> known;       // By the threads that have come here, few.

  static constexpr int kBase = -1;

  int size() const { return static_cast<int>(messages.size()); }
  Message& At(int index) { return index == kBase ? base : messages[index]; }

  // Which message supplies a byte after the first `cut` + 1 of them.
  int Supplier(int cut, int byte) const {
    while (cut >= 0 && (messages[cut].mask >> byte & 1) == 0) --cut;
    return cut;
  }
  // The next one that concerns some byte of the mask; size() if there is none.
  int Next(int cut, ByteMask mask) const {
    do ++cut;
    while (cut < size() && (messages[cut].mask & mask) == 0);
    return cut;
  }
  uint64_t ValueAt(int cut) const {
    uint64_t value = base.value;
    for (int i = 0; i <= cut; ++i) {
      const uint64_t bits = BitsOf(messages[i].mask);
      value = (value & ~bits) | (messages[i].value & bits);
    }
    return value;
  }
  View SupplierTime(int cut, ByteMask mask) {
    View time = 0;
    ForBytes(mask, [&](int byte) {
      const View t = At(Supplier(cut, byte)).time;
      if (t > time) time = t;
    });
    return time;
  }
  Known& KnownBy(int thread) {
    for (Known& k : known) {
      if (k.thread == thread) return k;
    }
    Known& fresh = known.emplace_back();
    fresh.thread = static_cast<uint16_t>(thread);
    return fresh;
  }

  // History that nobody needs is forgotten: the oldest message becomes the base.
  void Trim(int most) {
    while (size() > most) {
      const Message& oldest = messages.front();
      const uint64_t bits = BitsOf(oldest.mask);
      base.value = (base.value & ~bits) | (oldest.value & bits);
      base.time = oldest.time;
      if (oldest.read_up_to > base.read_up_to) base.read_up_to = oldest.read_up_to;
      base.thread = oldest.thread;
      messages.erase(messages.begin());
    }
  }
};

}  // namespace hammerlock::emulate
