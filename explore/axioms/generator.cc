// SPDX-License-Identifier: Apache-2.0
#include "explore/axioms/generator.h"

#include <algorithm>
#include <array>

#include "explore/axioms/internal/draw.h"

namespace hammerlock::axioms {
namespace {

using internal::Draw;
using Kind = Instruction::Kind;

constexpr int kMostInstructions = 9;

Kind DrawKind(Draw& draw) {
  switch (draw.Weighted({36, 34, 6, 6, 6, 12})) {
    case 0:
      return Kind::kLoad;
    case 1:
      return Kind::kStore;
    case 2:
      return Kind::kExchange;
    case 3:
      return Kind::kFetchAdd;
    case 4:
      return Kind::kCompareExchange;
    default:
      return Kind::kFence;
  }
}

// Different values, so that what was read tells who wrote it; and compare-exchanges that have a
// chance to succeed.
void DrawValues(Program& program, Draw& draw) {
  std::array<std::vector<int>, kMaxLocations> values;
  values.fill({0});
  for (auto& thread : program.threads) {
    for (Instruction& i : thread) {
      if (!i.may_write()) continue;
      i.value = i.kind == Kind::kFetchAdd ? 10 : static_cast<int>(values[i.location].size());
      if (i.kind != Kind::kFetchAdd) values[i.location].push_back(i.value);
    }
  }
  for (auto& thread : program.threads) {
    for (Instruction& i : thread) {
      if (i.kind != Kind::kCompareExchange) continue;
      do {
        i.expected = draw.OneOf(values[i.location]);
      } while (i.expected == i.value);
    }
  }
}

Program DrawProgram(Draw& draw) {
  draw.NewStyle();
  const int threads = 2 + draw.Weighted({50, 35, 15});
  const int locations = 1 + draw.Weighted({8, 62, 30});
  const int most = kMostInstructions - threads;
  const int more = most / 2 + draw.Below(most - most / 2 + 1);
  Program program;
  program.threads.resize(threads);
  for (int n = 0; n < threads + more; ++n) {
    // Each thread gets one.
    auto& thread = program.threads[n < threads ? n : draw.Below(threads)];
    Instruction instruction{.kind = DrawKind(draw), .location = draw.Below(locations)};
    // Accesses of one location in a row are ordered by coherence; of two, by much less.
    const bool stays = !thread.empty() && instruction.location == thread.back().location;
    if (stays && draw.OneIn(2)) instruction.location = (instruction.location + 1) % locations;
    draw.DrawOrders(instruction);
    thread.push_back(instruction);
  }
  DrawValues(program, draw);
  return program;
}

// Whether each location is written, and shared; and no fence stands where it orders nothing.
bool IsInteresting(const Program& program) {
  std::array<int, kMaxLocations> users{}, writers{};
  for (const auto& thread : program.threads) {
    if (thread.front().kind == Kind::kFence || thread.back().kind == Kind::kFence) return false;
    std::array<bool, kMaxLocations> used{};
    for (const Instruction& i : thread) {
      if (!i.accesses()) continue;
      used[i.location] = true;
      writers[i.location] += i.may_write();
    }
    for (int l = 0; l < kMaxLocations; ++l) users[l] += used[l];
  }
  for (int l = 0; l < program.locations(); ++l) {
    if (users[l] < 2 || writers[l] < 1) return false;
  }
  return program.registers() > 0 || program.locations() > 1;
}

}  // namespace

uint64_t CandidateBound(const Program& program) {
  std::array<uint64_t, kMaxLocations> writes{};
  for (const auto& thread : program.threads) {
    for (const Instruction& i : thread) writes[i.location] += i.may_write();
  }
  uint64_t bound = 1;
  for (const auto& thread : program.threads) {
    bool guarded = false;
    for (const Instruction& i : thread) {
      guarded |= i.kind == Kind::kGuard;
      // Any write but its own, and the initial value; behind a guard, perhaps nothing.
      if (i.reads()) bound *= writes[i.location] + 1 - i.may_write() + guarded;
    }
  }
  for (const uint64_t n : writes) {
    for (uint64_t k = 2; k <= n; ++k) bound *= k;
  }
  return bound;
}

Program RandomProgram(uint64_t seed) {
  Draw draw(seed);
  for (;;) {
    Program program = DrawProgram(draw);
    // A few of the others all the same: what orders nothing must not confuse an engine either.
    if (!IsInteresting(program) && !draw.OneIn(16)) continue;
    if (CandidateBound(program) <= kMaxCandidates) return program;
  }
}

}  // namespace hammerlock::axioms
