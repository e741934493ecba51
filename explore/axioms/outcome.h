// SPDX-License-Identifier: Apache-2.0
//
// Outcome: what one execution of a program shows: what each register read and what each location
// holds in the end. Text: `1:1 1:0 x=1 y=1`, registers as thread:value in order of thread and
// instruction, then the locations.
#pragma once

#include <array>
#include <compare>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "explore/axioms/program.h"

namespace hammerlock::axioms {

// Plain and of a fixed size, so that an engine's loop makes millions without allocating.
struct Outcome {
  std::array<int, kMaxInstructions> registers{};  // Those a program has not are 0.
  std::array<int, kMaxLocations> memory{};

  friend auto operator<=>(const Outcome&, const Outcome&) = default;
};

std::string Print(const Program& program, const Outcome& outcome);

// Some outcomes: where `asked` is false any value does.
struct OutcomePattern {
  Outcome values;
  std::array<bool, kMaxInstructions> register_asked{};
  std::array<bool, kMaxLocations> memory_asked{};

  bool Matches(const Outcome& outcome) const;
};

// The text of an outcome in which a register may be `thread:*` and a location may be left out:
// `1:1 1:* y=2`. Registers are left out all or none.
absl::StatusOr<OutcomePattern> ParsePattern(const Program& program, std::string_view text);

}  // namespace hammerlock::axioms
