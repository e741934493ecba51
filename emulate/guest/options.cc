// SPDX-License-Identifier: Apache-2.0
#include "emulate/guest/options.h"

#include <algorithm>
#include <charconv>
#include <string_view>
#include <type_traits>

namespace hammerlock::emulate {
namespace {

template <class T>
bool Parse(std::string_view text, T* into) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), *into);
  return error == std::errc() && end == text.data() + text.size() && !text.empty();
}

// "THREAD.EVENT+THREAD.EVENT"; false if it is not.
bool ParseEvents(std::string_view text, std::vector<Event>* into) {
  while (!text.empty()) {
    const size_t end = std::min(text.find('+'), text.size());
    const std::string_view one = text.substr(0, end);
    const size_t dot = one.find('.');
    Event event;
    if (dot == one.npos || !Parse(one.substr(0, dot), &event.thread) ||
        !Parse(one.substr(dot + 1), &event.number)) {
      return false;
    }
    into->push_back(event);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return true;
}

}  // namespace

std::string ParseOption(const std::string& text, GuestOptions* options) {
  const size_t equals = std::min(text.find('='), text.size());
  const std::string key = text.substr(0, equals);
  const std::string value = text.substr(std::min(equals + 1, text.size()));
  MemoryOptions& memory = options->memory;
  bool right = true;
  if (key == "seed") {
    right = Parse(value, &memory.seed);
  } else if (key == "switch") {
    right = Parse(value, &options->switching);
  } else if (key == "stale") {
    right = Parse(value, &memory.rates.stale);
  } else if (key == "early") {
    right = Parse(value, &memory.rates.early);
  } else if (key == "defer") {
    right = Parse(value, &memory.rates.deferred);
  } else if (key == "max_steps") {
    right = Parse(value, &options->max_steps);
  } else if (key == "only") {
    right = ParseEvents(value, &options->only.emplace());
  } else if (key == "report") {
    options->report = value;
  } else if (key == "model") {
    right = value == "arm" || value == "tso" || value == "sc";
    memory.model = value == "tso" ? Model::kTso : value == "sc" ? Model::kSc : Model::kArm;
  } else {
    return "there is no option \"" + key + "\" of the Arm engine";
  }
  return right ? "" : "the Arm engine's option " + key + " cannot be \"" + value + "\"";
}

}  // namespace hammerlock::emulate
