// SPDX-License-Identifier: Apache-2.0
//
// Named programs with plain accesses, and whether they have a data race. The verdicts were argued
// by hand from the text of the standard; the test beside this file holds the judge against them,
// and an engine is held against the same table. Most come in pairs: one without a race, and
// what is nearly the same with one.
#pragma once

#include <string_view>
#include <vector>

namespace hammerlock::axioms {

struct RaceTest {
  std::string_view name;
  std::string_view program;  // See program.h.
  bool racy;
  std::string_view why;
};

const std::vector<RaceTest>& RaceSuite();

}  // namespace hammerlock::axioms
