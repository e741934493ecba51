// SPDX-License-Identifier: Apache-2.0
//
// The parts of the litmus suite.
#pragma once

#include <vector>

#include "explore/axioms/litmus_suite.h"

namespace hammerlock::axioms::internal {

std::vector<LitmusTest> SynchronizationTests();
std::vector<LitmusTest> StoreOrderTests();
std::vector<LitmusTest> CoherenceTests();
std::vector<LitmusTest> SeqCstTests();

}  // namespace hammerlock::axioms::internal
