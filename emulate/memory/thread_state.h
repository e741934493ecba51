// SPDX-License-Identifier: Apache-2.0
//
// What the weak memory keeps of a thread of the guest.
//
// Views after Pulte, Pichon-Pharabod, Kang, Lee, Hur, "Promising-ARM/RISC-V: a simpler and faster
// operational concurrency model" (PLDI 2019), section 4; their names in parentheses.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <vector>

#include "emulate/a64/instruction.h"
#include "emulate/memory/granule.h"

namespace hammerlock::emulate {

inline void Raise(View& view, View to) { view = std::max(view, to); }

// A load that has been executed, but not yet taken place.
struct Deferred {
  uint64_t address = 0;
  uint64_t pc = 0;
  uint64_t event = 0;
  unsigned age = 0;  // Instructions since.
  View before = 0;   // Its view before it reads.
  uint8_t size = 0;
  bool sign_extends = false;
  bool to_64_bits = false;
};

// A store of a register that a deferred load is to fill: it takes effect right after that.
struct Waiting {
  uint8_t number;  // The register.
  uint8_t size;
  uint64_t address;
  uint64_t pc;
  uint64_t event;
  View lower;  // Its view before it, but for the data.
  View address_view;
};

// What LDXR remembers for STXR.
struct Monitor {
  bool set = false;
  uint64_t address = 0;
  unsigned bytes = 0;
  std::array<View, 2> source = {};  // Of each granule, the time of what was read.
  View view = 0;                    // After the load.
};

// An instruction that is being executed by the machine: what is to be done afterwards.
struct Unfinished {
  bool load = false, store = false;
  uint64_t address = 0;
  unsigned bytes = 0;
  uint64_t pc = 0;
  uint64_t event = 0;
  View lower = 0;    // The store's view before it.
  View forward = 0;  // What reading it adds to a view.
  bool release = false;
};

struct ThreadState {
  View read_old = 0;   // (vrOld) All reads so far.
  View write_old = 0;  // (vwOld)
  View read_new = 0;   // (vrNew) What reads to come must be later than.
  View write_new = 0;  // (vwNew)
  View capture = 0;    // (vCAP) Of branches and addresses.
  View released = 0;   // (vRel) The last store-release.

  std::array<View, 32> x = {};
  std::array<View, 32> v = {};
  View flags = 0;

  std::array<Deferred, 32> deferred;  // By register.
  uint32_t deferred_mask = 0;
  std::vector<Waiting> waiting;  // For the deferred loads.
  Monitor monitor;
  Unfinished unfinished;
  uint64_t events = 0;

  View Of(const Registers& set) const {
    View view = set.flags ? flags : 0;
    for (uint32_t rest = set.x; rest != 0; rest &= rest - 1) Raise(view, x[__builtin_ctz(rest)]);
    for (uint32_t rest = set.v; rest != 0; rest &= rest - 1) Raise(view, v[__builtin_ctz(rest)]);
    return view;
  }
  void Set(const Registers& set, View to) {
    for (uint32_t rest = set.x; rest != 0; rest &= rest - 1) x[__builtin_ctz(rest)] = to;
    for (uint32_t rest = set.v; rest != 0; rest &= rest - 1) v[__builtin_ctz(rest)] = to;
    if (set.flags) flags = to;
  }
  // Everything up to `view` is known to whatever comes.
  void RaiseAll(View view) {
    for (View* const each : {&read_old, &write_old, &read_new, &write_new}) Raise(*each, view);
  }
};

}  // namespace hammerlock::emulate
