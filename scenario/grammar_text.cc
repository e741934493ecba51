// SPDX-License-Identifier: Apache-2.0
//
// The text form of a program.
#include <string_view>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "scenario/grammar.h"

namespace hammerlock {
namespace {

absl::StatusOr<Call> ParseCall(const Grammar& grammar, std::string_view text) {
  const std::vector<std::string_view> parts = absl::StrSplit(text, '.');
  Call call;
  const auto& operations = grammar.operations;
  while (call.operation < static_cast<int>(operations.size()) &&
         operations[call.operation].name != parts[0]) {
    ++call.operation;
  }
  if (call.operation == static_cast<int>(operations.size())) {
    return absl::InvalidArgumentError(absl::StrCat(
        "\"", parts[0], "\" is no operation of ", grammar.scenario, "; it has ",
        absl::StrJoin(operations, ", ",
                      [](std::string* out, const Operation& o) { absl::StrAppend(out, o.name); })));
  }
  const Operation& operation = operations[call.operation];
  const size_t wanted = operation.arguments.size();
  if (parts.size() - 1 != wanted) {
    return absl::InvalidArgumentError(absl::StrCat("\"", text, "\" has ", parts.size() - 1,
                                                   " arguments, but ", operation.name, " takes ",
                                                   wanted, "; each stands after a dot"));
  }
  for (size_t i = 1; i < parts.size(); ++i) {
    const auto value = Value::Parse(parts[i]);
    if (!value || value->is_void()) {
      return absl::InvalidArgumentError(absl::StrCat("argument ", i, " of \"", text,
                                                     "\" is no value; write a number, true, ",
                                                     "false or none"));
    }
    call.arguments.push_back(*value);
  }
  return call;
}

absl::StatusOr<std::vector<Call>> ParseCalls(const Grammar& grammar, std::string_view text) {
  std::vector<Call> calls;
  if (text.empty()) return calls;
  for (std::string_view part : absl::StrSplit(text, ',')) {
    auto call = ParseCall(grammar, part);
    if (!call.ok()) return call.status();
    calls.push_back(*std::move(call));
  }
  return calls;
}

}  // namespace

std::string Grammar::Print(const Program& program) const {
  const auto print_calls = [this](std::string* out, const std::vector<Call>& calls) {
    absl::StrAppend(out, absl::StrJoin(calls, ",", [this](std::string* out, const Call& call) {
                      absl::StrAppend(out, operations[call.operation].name);
                      for (const Value& v : call.arguments) absl::StrAppend(out, ".", v.ToString());
                    }));
  };
  std::string text = absl::StrJoin(program.threads, "+", print_calls);
  // A text is never empty: it stands at the end of a replay string.
  if (program.before.empty() && program.after.empty() && !text.empty()) return text;
  std::string before, after;
  print_calls(&before, program.before);
  print_calls(&after, program.after);
  return absl::StrCat(before, "@", text, "@", after);
}

absl::StatusOr<Program> Grammar::Parse(std::string_view text) const {
  std::vector<std::string_view> sections = absl::StrSplit(text, '@');
  if (sections.size() == 1) sections = {"", sections[0], ""};
  if (sections.size() != 3) {
    return absl::InvalidArgumentError(
        absl::StrCat("the program \"", text, "\" has ", sections.size() - 1,
                     " `@`; one goes before and one after the threads, or none at all"));
  }
  Program program;
  auto before = ParseCalls(*this, sections[0]);
  if (!before.ok()) return before.status();
  program.before = *std::move(before);
  for (std::string_view part : absl::StrSplit(sections[1], '+')) {
    auto calls = ParseCalls(*this, part);
    if (!calls.ok()) return calls.status();
    program.threads.push_back(*std::move(calls));
  }
  auto after = ParseCalls(*this, sections[2]);
  if (!after.ok()) return after.status();
  program.after = *std::move(after);
  // Whether the grammar has it: only what has a trace can be replayed.
  if (auto trace = Encode(program); !trace.ok()) return trace.status();
  return program;
}

}  // namespace hammerlock
