// SPDX-License-Identifier: Apache-2.0
//
// Runs a program under an engine: its threads call the functions of the TSan instrumentation ABI
// themselves, so this file is compiled without instrumentation. What stands behind those functions
// decides what the loads read.
#pragma once

#include <array>
#include <cstdint>

#include "explore/axioms/outcome.h"
#include "explore/axioms/program.h"

namespace hammerlock::axioms {

// A program ready to be run millions of times: flat, no allocation.
class CompiledProgram {
 public:
  explicit CompiledProgram(const Program& program);

 private:
  friend Outcome RunOnce(const CompiledProgram& program);
  struct ThreadRun;
  static void* RunThread(void* run);

  struct Step {
    Instruction::Kind kind;
    int location;
    int expected;
    int value;
    int order;    // As the ABI numbers them.
    int failure;  // The same.
    int result;   // The register.
  };

  int threads_ = 0;
  int locations_ = 0;
  std::array<int, kMaxThreads + 1> first_{};  // Thread t: steps first_[t] up to first_[t + 1].
  std::array<Step, kMaxInstructions> steps_{};
};

// One execution: starts the threads, joins them, reads the locations. Not reentrant: the locations
// are the same in all executions, as a program's globals are.
Outcome RunOnce(const CompiledProgram& program);

}  // namespace hammerlock::axioms
