// SPDX-License-Identifier: Apache-2.0
//
// Deviations: where an execution is not what a sequentially consistent machine would do. They
// are the trail of a failure, and what is switched off, one by one, to make it small.
#pragma once

#include <cstdint>

namespace hammerlock::emulate {

// The events of a thread are its memory accesses and barriers, numbered from 1.
struct Event {
  uint16_t thread = 0;
  uint64_t number = 0;
  friend bool operator==(const Event&, const Event&) = default;
};

enum class DeviationKind : uint8_t {
  kStaleLoad,       // Read a value that has been overwritten.
  kEarlyStore,      // Took effect before others that were executed before it.
  kDeferredLoad,    // Took place after later accesses of its thread.
  kFailedExclusive  // A store exclusive that failed without need.
};

struct Deviation {
  DeviationKind kind;
  Event event;
  uint64_t pc = 0;
  uint64_t address = 0;
  uint8_t bytes = 0;
  // kStaleLoad: how many stores back, and who made the one that was read (-1: nobody that is
  // known). kEarlyStore: before how many. kDeferredLoad: past how many accesses of its thread.
  uint32_t distance = 0;
  int by = -1;
  uint64_t value = 0;
};

// Who is told of them, and may forbid them.
class Deviations {
 public:
  virtual ~Deviations() = default;
  // Whether the event must be as a sequentially consistent machine has it.
  virtual bool Forbidden(const Event& event) = 0;
  virtual void Note(const Deviation& deviation) = 0;
};

}  // namespace hammerlock::emulate
