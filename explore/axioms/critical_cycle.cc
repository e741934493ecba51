// SPDX-License-Identifier: Apache-2.0
#include "explore/axioms/critical_cycle.h"

#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "explore/axioms/generator.h"
#include "explore/axioms/internal/draw.h"

namespace hammerlock::axioms {
namespace {

using internal::Draw;
using Kind = Instruction::Kind;

constexpr int kNeverRead = 99;  // What a compare-exchange expects that is to fail.

// From the last access of a thread to the first one of the next.
struct Communication {
  std::string_view name;
  bool from_write;
  bool to_write;
};
constexpr Communication kCommunications[] = {
    {"Rfe", true, false}, {"Fre", false, true}, {"Coe", true, true}};

struct Access {
  bool write = false;
  int location = 0;
  int value = 0;  // What is written, or what is read when the cycle is real.
};

struct CycleThread {
  Access first;
  std::optional<Access> second;
  bool moves = false;  // Whether the second access is of another location: Pod, not Pos.
  const Communication* out = nullptr;

  const Access& last() const { return second ? *second : first; }
};

std::vector<CycleThread> DrawEdges(Draw& draw) {
  std::vector<CycleThread> threads(2 + draw.Weighted({4, 4, 2}));
  const Communication* in = &kCommunications[draw.Below(3)];
  threads.back().out = in;
  for (CycleThread& thread : threads) {
    if (thread.out == nullptr) thread.out = &kCommunications[draw.Below(3)];
    thread.first.write = in->to_write;
    const bool exits_with_write = thread.out->from_write;
    if (thread.first.write != exits_with_write || !draw.OneIn(4)) {
      thread.second = Access{.write = exits_with_write};
      thread.moves = !draw.OneIn(8);
    }
    in = thread.out;
  }
  return threads;
}

// Along the cycle the location changes where a thread moves; within a location the writes follow
// one another, and each read has the write before it.
bool Number(std::vector<CycleThread>& threads) {
  int moves = 0;
  for (const CycleThread& thread : threads) moves += thread.moves;
  // A cycle that never moves is about coherence alone; one that moves once cannot come back.
  if (moves < 2) return false;
  // Start where a location is entered, so that its accesses are met in their order.
  const auto moving = std::ranges::find_if(threads, &CycleThread::moves);
  std::ranges::rotate(threads, moving + 1);
  int location = 0, value = 0;
  const auto number = [&](Access& access) {
    access.location = location;
    access.value = access.write ? ++value : value;
  };
  // The last thread enters location 0 with its second access: that one comes first.
  number(*threads.back().second);
  for (CycleThread& thread : threads) {
    number(thread.first);
    if (!thread.second || &thread == &threads.back()) continue;
    if (thread.moves) ++location, value = 0;
    number(*thread.second);
  }
  return true;
}

std::string PoName(const CycleThread& thread) {
  return absl::StrCat(thread.moves ? "Pod" : "Pos", thread.first.write ? "W" : "R",
                      thread.second->write ? "W" : "R");
}

class Builder {
 public:
  explicit Builder(Draw& draw) : draw_(draw) {}

  void Add(const CycleThread& thread) {
    auto& instructions = cycle_.program.threads.emplace_back();
    instructions.push_back(Make(thread.first));
    if (thread.second) {
      names_.push_back(PoName(thread));
      if (draw_.OneIn(2)) {
        instructions.push_back({.kind = Kind::kFence});
        draw_.DrawOrders(instructions.back());
        absl::StrAppend(&names_.back(), "-fence.", Name(instructions.back().order));
      }
      instructions.push_back(Make(*thread.second));
    }
    names_.emplace_back(thread.out->name);
  }

  CriticalCycle Build() && {
    cycle_.name = absl::StrJoin(names_, " ");
    return std::move(cycle_);
  }

 private:
  // Usually a load or a store; sometimes a read-modify-write or a failing compare-exchange in
  // its place, which does the same and orders more, or not.
  Instruction Make(const Access& access) {
    Instruction instruction{.kind = access.write ? Kind::kStore : Kind::kLoad,
                            .location = access.location};
    if (access.write) {
      if (draw_.OneIn(10)) instruction.kind = Kind::kExchange;
      instruction.value = access.value;
    } else if (draw_.OneIn(10)) {
      instruction.kind = draw_.OneIn(2) ? Kind::kFetchAdd : Kind::kCompareExchange;
      instruction.expected = kNeverRead;
    }
    if (instruction.kind != Kind::kCompareExchange) instruction.expected = 0;
    draw_.DrawOrders(instruction);
    Expect(access, instruction);
    return instruction;
  }

  void Expect(const Access& access, const Instruction& instruction) {
    if (access.write && cycle_.weak.values.memory[access.location] <= access.value) {
      cycle_.weak.memory_asked[access.location] = true;
      cycle_.weak.values.memory[access.location] = access.value;
    }
    if (!instruction.reads()) return;
    cycle_.weak.register_asked[registers_] = !access.write;
    cycle_.weak.values.registers[registers_++] = access.value;
  }

  Draw& draw_;
  CriticalCycle cycle_;
  std::vector<std::string> names_;
  int registers_ = 0;
};

}  // namespace

CriticalCycle RandomCriticalCycle(uint64_t seed) {
  Draw draw(seed);
  for (;;) {
    draw.NewStyle();
    std::vector<CycleThread> threads = DrawEdges(draw);
    if (!Number(threads)) continue;
    Builder builder(draw);
    for (const CycleThread& thread : threads) builder.Add(thread);
    CriticalCycle cycle = std::move(builder).Build();
    if (CandidateBound(cycle.program) <= kMaxCandidates) return cycle;
  }
}

}  // namespace hammerlock::axioms
