// SPDX-License-Identifier: Apache-2.0
//
// Where the processor's time goes: an interval timer interrupts the process a few hundred times a
// second, and the function that it was in tells the part of the explorer. Functions are told by
// name from the symbol table; what was inlined counts as its caller.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace hammerlock::explore::benchmark {

enum Part {
  kScheduling,  // Choosing a thread and switching to it.
  kAtomics,     // The memory model, with the race check where it is inlined there.
  kRaces,       // Plain accesses.
  kThreadLife,  // Creating, joining and ending threads, with what they allocate.
  kReset,       // Between two executions.
  kProgram,     // The program under test itself.
  kOther,
  kParts,
};
extern const char* const kPartName[kParts];

class Sampler {
 public:
  // Reads the symbol table of this program. Failing that, everything is kOther.
  Sampler();

  void Start();
  void Stop();

  struct Shares {
    size_t samples;
    double of[kParts];    // Fractions of 1.
    std::string unknown;  // The function of kOther that was seen most; empty: none.
  };
  // Of what was sampled since Start.
  Shares Classify() const;

 private:
  struct Function {
    uintptr_t begin;
    uintptr_t end;
    std::string name;
    Part part;
  };
  const Function* Find(uintptr_t pc) const;

  std::vector<Function> functions_;  // By address.
};

}  // namespace hammerlock::explore::benchmark
