// SPDX-License-Identifier: Apache-2.0
#include "explore/report/places.h"

#include <source_location>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

namespace hammerlock::explore {
namespace {

bool InStandardLibrary(std::string_view file) {
  return absl::StrContains(file, "/c++/") || absl::StrContains(file, "/bits/") ||
         absl::StartsWith(file, "/usr/lib/") || absl::StartsWith(file, "/usr/include/");
}

// The folder that explore/ and scenario/ stand in, as the compiler was given it.
std::string_view Root() {
  std::string_view here = std::source_location::current().file_name();
  while (absl::ConsumePrefix(&here, "./")) continue;
  absl::ConsumeSuffix(&here, "explore/report/places.cc");
  return here;
}

bool InFolder(std::string_view file, std::string_view folder) {
  return absl::ConsumePrefix(&file, Root()) && absl::StartsWith(file, folder);
}

}  // namespace

const Frame& Place::frame() const {
  static const Frame unknown;
  return stack.empty() ? unknown : stack[0];
}

std::vector<uintptr_t> CodeOf(const std::vector<Event>& events) {
  std::vector<uintptr_t> code;
  for (const Event& e : events) {
    for (const void* pc : e.stack) {
      if (pc != nullptr) code.push_back(reinterpret_cast<uintptr_t>(pc));
    }
  }
  return code;
}

std::vector<Place> PlacesOf(const std::vector<Event>& events, const Symbols& symbols) {
  std::vector<Place> places;
  for (const Event& e : events) {
    Place& place = places.emplace_back();
    for (const void* pc : e.stack) {
      const auto frames = symbols.code.find(reinterpret_cast<uintptr_t>(pc));
      if (pc == nullptr || frames == symbols.code.end()) continue;
      for (const Frame& frame : frames->second) {
        if (frame.file.empty() || InStandardLibrary(frame.file) ||
            InFolder(frame.file, "explore/runtime/")) {
          continue;
        }
        if (!InFolder(frame.file, "explore/") && !InFolder(frame.file, "scenario/")) {
          place.stack.push_back(frame);
        } else if (place.stack.empty()) {
          place.of_harness = true;
        }
      }
    }
  }
  return places;
}

std::string ShortPlace(const Event& event, const Place& place) {
  const Frame& frame = place.frame();
  if (!frame.file.empty()) {
    return absl::StrCat(frame.file.substr(frame.file.rfind('/') + 1), ":", frame.line);
  }
  if (event.pc == nullptr || place.of_harness) return "";
  return absl::StrCat("pc 0x", absl::Hex(reinterpret_cast<uintptr_t>(event.pc)));
}

}  // namespace hammerlock::explore
