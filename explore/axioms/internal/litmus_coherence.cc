// SPDX-License-Identifier: Apache-2.0
//
// Litmus tests of one location: coherence and the atomicity of read-modify-writes.
#include "explore/axioms/internal/litmus_tables.h"

namespace hammerlock::axioms::internal {

std::vector<LitmusTest> CoherenceTests() {
  using enum Verdict;
  return {
      // Coherence.
      {"CoRR", "W x 1 rlx | R x rlx; R x rlx", 3, {{"1:1 1:0", kForbidden, "read-read coherence"}}},
      {"CoRR2",
       "W x 1 rlx | W x 2 rlx | R x rlx; R x rlx | R x rlx; R x rlx",
       72,
       {{"2:1 2:2 3:2 3:1", kForbidden, "one modification order for all"}}},
      {"CoRR+rmw",
       "A x 1 rlx | A x 1 rlx; R x rlx",
       3,
       {{"0:1 1:0 1:0", kForbidden, "write-read coherence"},
        {"0:0 1:1 1:1", kForbidden, "the own write is newer than 1"}}},
      {"CoWR",
       "W x 1 rlx; R x rlx | W x 2 rlx",
       3,
       {{"0:2 x=1", kForbidden, "write-read coherence: 2 is after 1"},
        {"0:0", kForbidden, "the initial value is before the own store"}}},
      {"CoRW1",
       "R x rlx; W x 1 rlx",
       1,
       {{"0:1", kForbidden, "one does not read one's own later store"}}},
      {"CoRW2",
       "R x rlx; W x 1 rlx | W x 2 rlx",
       3,
       {{"0:2 x=2", kForbidden, "read-write coherence: 1 is after 2"}}},
      {"CoWW", "W x 1 rlx; W x 2 rlx", 1, {{"x=1", kForbidden, "write-write coherence"}}},
      {"CoWW+rel+acq",
       "W x 1 rlx; W y 1 rel | R y acq; W x 2 rlx",
       3,
       {{"1:1 x=1", kForbidden, "write-write coherence between threads"}}},
      {"CoRW+rel+acq",
       "R x rlx; W y 1 rel | R y acq; W x 1 rlx | W x 2 rlx",
       9,
       {{"0:2 1:1 x=2", kForbidden, "read-write coherence between threads"}}},
      {"CoRR+rel+acq",
       "W x 1 rlx | R x rlx; W y 1 rel | R y acq; R x rlx",
       7,
       {{"1:1 2:1 2:0", kForbidden, "read-read coherence between threads"}}},
      {"CoRR-mixed",
       "W x 1 sc | W x 2 rlx | R x acq; R x sc | R x rlx; R x rlx",
       72,
       {{"2:1 2:2 3:2 3:1", kForbidden, "whatever the orders"}}},

      // Atomicity of read-modify-writes.
      {"RMW+RMW",
       "A x 1 rlx | A x 1 rlx",
       2,
       {{"0:0 1:0", kForbidden, "the second reads the first"},
        {"x=1", kForbidden, "no addition is lost"}}},
      {"3.RMW",
       "A x 1 rlx | A x 1 rlx | A x 1 rlx",
       6,
       {{"x=2", kForbidden, "no addition is lost"}, {"0:2 1:0 2:1", kAllowed, "any order"}}},
      {"RMW+store",
       "X x 1 rlx | W x 2 rlx",
       2,
       {{"0:0 x=1", kForbidden, "nothing comes between 0 and 1"}}},
      {"CAS+CAS",
       "C x 0 1 rlx rlx | C x 0 2 rlx rlx",
       2,
       {{"0:0 1:0", kForbidden, "one of them wins"}}},
      {"CAS+store",
       "C x 0 1 rlx rlx | W x 2 rlx",
       2,
       {{"0:2 x=1", kForbidden, "it failed"},
        {"0:0 x=1", kForbidden, "nothing comes between 0 and 1"}}},
      {"CAS+two-stores",
       "C x 1 3 rlx rlx; R x rlx | W x 1 rlx; W x 2 rlx",
       6,
       {{"0:1 0:1 x=2", kForbidden, "after its own 3 the 1 is past"},
        {"0:1 0:2 x=2", kAllowed, "2 comes after 3"},
        {"0:1 0:3 x=3", kForbidden, "3 stands between 1 and 2"}}},
  };
}

}  // namespace hammerlock::axioms::internal
