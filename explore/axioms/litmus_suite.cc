// SPDX-License-Identifier: Apache-2.0
#include "explore/axioms/litmus_suite.h"

#include "explore/axioms/internal/litmus_tables.h"

namespace hammerlock::axioms {

const std::vector<LitmusTest>& LitmusSuite() {
  static const auto* const kSuite = [] {
    auto* const all = new std::vector<LitmusTest>;
    for (const auto& part : {internal::SynchronizationTests(), internal::StoreOrderTests(),
                             internal::CoherenceTests(), internal::SeqCstTests()}) {
      all->insert(all->end(), part.begin(), part.end());
    }
    return all;
  }();
  return *kSuite;
}

}  // namespace hammerlock::axioms
