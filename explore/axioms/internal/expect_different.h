// SPDX-License-Identifier: Apache-2.0
//
// For the tests of suites: no name and no program of a suite stands in it twice.
#pragma once

#include <set>
#include <string_view>

#include "gtest/gtest.h"

namespace hammerlock::axioms::internal {

// Returns how many there are.
template <class Suite>
size_t ExpectDifferent(const Suite& suite) {
  std::set<std::string_view> names, programs;
  for (const auto& test : suite) {
    EXPECT_TRUE(names.insert(test.name).second) << test.name;
    EXPECT_TRUE(programs.insert(test.program).second) << test.program;
  }
  return names.size();
}

}  // namespace hammerlock::axioms::internal
