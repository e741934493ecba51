// SPDX-License-Identifier: Apache-2.0
//
// Where in the program's source each event stands.
#pragma once

#include <string>
#include <vector>

#include "explore/report/symbolizer.h"
#include "explore/runtime/event.h"

namespace hammerlock::explore {

struct Place {
  // The program's own calls, the innermost first: without the standard library's, the engine's
  // and the harness's. Empty: unknown, or there are none.
  std::vector<Frame> stack;
  // The harness does it, be it that the program has called the harness.
  bool of_harness = false;

  const Frame& frame() const;
};

// For each event.
std::vector<Place> PlacesOf(const std::vector<Event>& events, const Symbols& symbols);

// What a symbolizer has to be asked for that.
std::vector<uintptr_t> CodeOf(const std::vector<Event>& events);

// "file.cc:12", without its folders; an address where the line is not known; "" without either.
std::string ShortPlace(const Event& event, const Place& place);

}  // namespace hammerlock::explore
