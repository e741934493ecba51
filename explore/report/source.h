// SPDX-License-Identifier: Apache-2.0
//
// The program's source text, where it can be found, and what an access in it is of.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "explore/report/symbolizer.h"

namespace hammerlock::explore {

// Thread safety: none.
class Source {
 public:
  // The line without its indentation and its comment; empty where the file is not found: it is
  // looked for where the compiler had it and in Bazel's workspace.
  std::string Line(const Frame& frame);

  // The object of the operation at this place, as written there: `ring.tail` of
  // "x = ring.tail.load()". Empty if it is not plain from the text. An index is left out: `a[]`.
  std::string Object(const Frame& frame);

 private:
  const std::vector<std::string>& Lines(const std::string& file);

  std::map<std::string, std::vector<std::string>> files_;
};

// The object of what stands at the column (from 1) of a line of C++.
std::string ObjectAt(std::string_view line, int column);

}  // namespace hammerlock::explore
