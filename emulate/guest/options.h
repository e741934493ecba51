// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "emulate/memory/weak_memory.h"

namespace hammerlock::emulate {

struct GuestOptions {
  MemoryOptions memory;
  unsigned switching = 70;  // How often another thread takes over, in 256 memory accesses.
  // Instructions of all threads between two system calls; 0: no bound.
  uint64_t max_steps = 1'000'000'000;
  std::string report;                      // A file for what was found; empty: none.
  std::optional<std::vector<Event>> only;  // The deviations that there may be; else any.
};

// Reads "key=value" as QEMU hands it over. Returns what is wrong, or an empty string.
std::string ParseOption(const std::string& text, GuestOptions* options);

}  // namespace hammerlock::emulate
