// SPDX-License-Identifier: Apache-2.0
//
// Runs a program under an engine: its threads call the functions of the TSan instrumentation ABI
// themselves, so this file is compiled without instrumentation. What stands behind those functions
// decides what the loads read, and whether a plain access is a data race.
#pragma once

#include <array>
#include <cstdint>

#include "explore/axioms/outcome.h"
#include "explore/axioms/program.h"
#include "scenario/choices.h"

namespace hammerlock::axioms {

namespace internal {
struct Place;
}

// A program ready to be run millions of times: flat, no allocation.
class CompiledProgram {
 public:
  explicit CompiledProgram(const Program& program);

  bool has_plain() const { return has_plain_; }

 private:
  friend Outcome RunOnce(const CompiledProgram& program, uint64_t manner);
  struct Step {
    Instruction::Kind kind = Instruction::Kind::kFence;
    int location = 0;
    int expected = 0;
    int value = 0;
    int order = 0;    // As the ABI numbers them.
    int failure = 0;  // The same.
    int result = 0;   // The register.
    bool plain = false;
  };
  struct Execution;
  struct ThreadRun;

  // What the step reads, or anything.
  static int AccessAtomically(const Step& step, const internal::Place& place);
  static int AccessPlainly(const Step& step, const internal::Place& place, Random* varied);
  static void* RunThread(void* run);

  int threads_ = 0;
  int locations_ = 0;
  bool has_plain_ = false;
  std::array<bool, kMaxLocations> atomic_{};  // Accessed atomically, somewhere.
  std::array<int, kMaxThreads + 1> first_{};  // Thread t: steps first_[t] up to first_[t + 1].
  std::array<Step, kMaxInstructions> steps_{};
};

// One execution: starts the threads, joins them, reads the locations. Not reentrant: the locations
// are the same in all executions, as a program's globals are.
//
// With another `manner` than 0, the locations lie elsewhere, perhaps side by side, and smaller
// (values must fit into 8 bits); and in place of a plain access there may be several of one thread
// in a row, each of a part of the location: all of them overlap. The same manner gives the same
// accesses.
Outcome RunOnce(const CompiledProgram& program, uint64_t manner = 0);

}  // namespace hammerlock::axioms
