// SPDX-License-Identifier: Apache-2.0
#include "explore/axioms/internal/memory_layout.h"

namespace hammerlock::axioms::internal {

Places LayOutApart(char* memory) {
  Places places;
  for (int l = 0; l < kMaxLocations; ++l) places[l] = {.address = memory + 64 * l, .size = 4};
  return places;
}

Places LayOut(char* memory, const std::array<bool, kMaxLocations>& atomic, Random& random) {
  Places places = LayOutApart(memory);
  switch (random.Below(3)) {
    case 0:
      break;
    case 1: {  // In one cell, of several sizes, each in turn.
      constexpr struct {
        int offset;
        int size;
      } kSlots[] = {{0, 4}, {4, 2}, {6, 1}, {7, 1}};
      static_assert(std::size(kSlots) == kMaxLocations);
      const int first = static_cast<int>(random.Below(kMaxLocations));
      for (int l = 0; l < kMaxLocations; ++l) {
        const auto& slot = kSlots[(l + first) % kMaxLocations];
        places[l] = {.address = memory + slot.offset, .size = slot.size};
      }
      break;
    }
    case 2:  // Bytes 6 to 9 of a cell of its own, or if it must be aligned bytes 4 and 5.
      for (int l = 0; l < kMaxLocations; ++l) {
        if (atomic[l]) {
          places[l] = {.address = memory + 8 * l + 4, .size = 2};
        } else {
          places[l] = {.address = memory + 8 * l + 6, .size = 4};
        }
      }
      break;
  }
  for (Place& place : places) {
    place.pivot = static_cast<int>(random.Below(static_cast<unsigned>(place.size)));
  }
  return places;
}

Part RandomPart(const Place& place, Random& random) {
  const int begin = static_cast<int>(random.Below(static_cast<unsigned>(place.pivot) + 1));
  const int beyond = place.size - place.pivot;
  const int end = place.pivot + 1 + static_cast<int>(random.Below(static_cast<unsigned>(beyond)));
  return {.address = place.address + begin, .size = end - begin};
}

}  // namespace hammerlock::axioms::internal
