// SPDX-License-Identifier: Apache-2.0
//
// Judge: runs the program that an input stands for, through the narrow waist alone.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "fuzz/crew.h"
#include "scenario/choices.h"
#include "scenario/scenario.h"
#include "scenario/tally.h"

namespace hammerlock::fuzz {

// How the threads of a program run.
enum class Schedule {
  kInTurn,  // On one real thread, one program thread after the other in an order that is chosen:
            // exact, so that a sanitizer and the coverage see the subject alone.
  kAtOnce,  // On a real thread each, a few times.
};

// Thread safety: none.
class Judge {
 public:
  // With kAtOnce each program runs `repetitions` times.
  Judge(Schedule schedule, size_t repetitions) : schedule_(schedule), repetitions_(repetitions) {}

  // Makes a batch from `choices`, draws its schedule from `schedule`, runs it and returns what
  // was seen. Both may draw from the same source.
  Tally Run(Scenario& scenario, Choices& choices, Choices& schedule);

  // In what order the threads of the last Run ran, for people; empty if at once.
  const std::string& order() const { return order_; }

  // Whether a scenario's program is made from choices. If not, there is nothing to fuzz.
  static bool Draws(Scenario& scenario);

 private:
  void RunInTurn(Batch& batch, Choices& schedule);

  const Schedule schedule_;
  const size_t repetitions_;
  std::string order_;
  std::optional<Crew> crew_;
};

}  // namespace hammerlock::fuzz
