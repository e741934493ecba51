// SPDX-License-Identifier: Apache-2.0
//
// The named litmus tests: what C++20 lets each show. The verdicts were argued by hand from the
// text of the standard; the test beside this file holds the judge against them. The numbers of
// outcomes are the judge's. An engine is held against the same table: it must show every allowed
// outcome and no other.
//
// Names are the field's (Maranget, Sarkar, Sewell, "A tutorial introduction to the ARM and POWER
// relaxed memory models"); what follows a `+` is the order or fence of each thread.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

namespace hammerlock::axioms {

enum class Verdict { kAllowed, kForbidden };

struct LitmusExpectation {
  std::string_view pattern;  // See ParsePattern(). Forbidden: no outcome of the pattern shows.
  Verdict verdict;
  std::string_view why;
};

struct LitmusTest {
  std::string_view name;
  std::string_view program;  // See program.h.
  size_t outcomes;           // How many are allowed, exactly.
  std::vector<LitmusExpectation> expectations;
};

const std::vector<LitmusTest>& LitmusSuite();

}  // namespace hammerlock::axioms
