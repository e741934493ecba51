// SPDX-License-Identifier: Apache-2.0
//
// Names for the memory of an execution: what the program's text says, the symbol of a global
// variable, or A, B, C ...
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "explore/report/places.h"
#include "explore/report/source.h"
#include "explore/report/symbolizer.h"
#include "explore/runtime/event.h"

namespace hammerlock::explore {

class Locations {
 public:
  // `told` are the events that a reader will see: their names are the short ones.
  Locations(const std::vector<Event>& events, const std::vector<int>& told,
            const std::vector<Place>& places, const Symbols& symbols, Source& source);

  // Different for different addresses.
  std::string NameOf(uintptr_t address) const;

  // Whether the name is but a letter, so that it wants an explanation.
  bool IsLetter(uintptr_t address) const;

 private:
  void Choose(const std::vector<uintptr_t>& addresses, std::map<uintptr_t, std::string>& wanted);

  std::map<uintptr_t, std::string> names_;
  std::map<std::string, int> taken_;
  size_t letters_ = 0;
};

// What a symbolizer has to be asked for that.
std::vector<uintptr_t> DataOf(const std::vector<Event>& events);

// An address in short: "heap+0x40", "stack 1-0x60", or the number.
std::string AddressText(uintptr_t address);

// A value of `size` bytes.
std::string ValueText(uint64_t value, unsigned size);

}  // namespace hammerlock::explore
