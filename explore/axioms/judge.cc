// SPDX-License-Identifier: Apache-2.0
//
// Prints what C++20 lets each program on the command line show, and whether it has a data race:
//
//   judge "W x 1 rlx; W y 1 rel | R y acq; R x rlx"
#include <cstdio>
#include <string>

#include "explore/axioms/model.h"

int main(int argc, char** argv) {
  using namespace hammerlock::axioms;  // NOLINT: a main of a few lines.
  for (int i = 1; i < argc; ++i) {
    const auto program = Parse(argv[i]);
    if (!program.ok()) {
      std::fprintf(stderr, "%s\n", std::string(program.status().message()).c_str());
      return 64;
    }
    const Judged judged = Judge(*program);
    std::printf("%s\n  %zu outcomes of %llu executions%s\n", Print(*program).c_str(),
                judged.outcomes.size(), static_cast<unsigned long long>(judged.executions),
                judged.racy ? ", others have a data race" : "");
    for (const Outcome& outcome : judged.outcomes) {
      std::printf("  %s\n", Print(*program, outcome).c_str());
    }
  }
  return 0;
}
