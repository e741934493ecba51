// SPDX-License-Identifier: Apache-2.0
#include "scenario/linearizable_scenario.h"

#include <cstdio>
#include <cstdlib>
#include <utility>

#include "scenario/internal/linearizable_batch.h"

namespace hammerlock {
namespace {

Program Decode(const Grammar& grammar, const Trace& trace) {
  TraceChoices choices(trace);
  return grammar.Draw(choices);
}

}  // namespace

LinearizableScenario::LinearizableScenario(std::string_view name, std::string_view file, int line)
    : Scenario(name, file, line) {
  grammar_.scenario = std::string(name);
}

std::unique_ptr<Batch> LinearizableScenario::Make(Choices& choices, size_t size) {
  Program program = grammar_.Draw(choices);
  return MakeProgram(std::move(program), choices, size);
}

std::unique_ptr<Batch> LinearizableScenario::MakeProgram(Program program, Choices& choices,
                                                         size_t size) const {
  return std::make_unique<internal::LinearizableBatch>(*this, std::move(program), choices, size);
}

std::string LinearizableScenario::Print(const Trace& trace) const {
  return grammar_.Print(Decode(grammar_, trace));
}

absl::StatusOr<Trace> LinearizableScenario::Parse(std::string_view text) const {
  auto program = grammar_.Parse(text);
  if (!program.ok()) return program.status();
  return grammar_.Encode(*program);
}

std::string LinearizableScenario::Explain(const Trace& trace) const {
  return grammar_.Explain(Decode(grammar_, trace));
}

std::vector<Trace> LinearizableScenario::Smaller(const Trace& trace) const {
  std::vector<Trace> traces;
  for (const Program& program : grammar_.Smaller(Decode(grammar_, trace))) {
    traces.push_back(*grammar_.Encode(program));
  }
  return traces;
}

void LinearizableScenario::Seal() {
  for (const Operation& operation : grammar_.operations) names_.push_back(operation.name);
  if (absl::Status status = grammar_.Check(); !status.ok()) Complain(status.message());
  if (!subject_.construct) {
    Complain("the subject has no default constructor; say Construct(arguments) in the body");
  }
}

void LinearizableScenario::Complain(std::string_view sentence) const {
  std::fprintf(stderr, "hammerlock: %s:%d: %s: %.*s\n", file().c_str(), line(), name().c_str(),
               static_cast<int>(sentence.size()), sentence.data());
  std::exit(64);
}

}  // namespace hammerlock
