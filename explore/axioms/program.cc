// SPDX-License-Identifier: Apache-2.0
#include "explore/axioms/program.h"

#include <algorithm>
#include <optional>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"

namespace hammerlock::axioms {
namespace {

using Kind = Instruction::Kind;

constexpr std::string_view kLocations = "xyzw";
static_assert(kLocations.size() == kMaxLocations);
constexpr std::string_view kOrders[] = {"rlx", "acq", "rel", "ar", "sc", "na"};

// What the words after an instruction's letter are.
enum class Word { kLocation, kExpected, kValue, kOrder, kFailure };

struct Form {
  Kind kind;
  std::string_view letter;
  std::vector<Word> words;
  std::string_view orders;  // Those that C++ allows, surrounded by spaces.
};

const std::vector<Form>& Forms() {
  using enum Word;
  static const auto* const kForms = new std::vector<Form>{
      {Kind::kLoad, "R", {kLocation, kOrder}, " rlx acq sc na "},
      {Kind::kStore, "W", {kLocation, kValue, kOrder}, " rlx rel sc na "},
      {Kind::kExchange, "X", {kLocation, kValue, kOrder}, " rlx acq rel ar sc "},
      {Kind::kFetchAdd, "A", {kLocation, kValue, kOrder}, " rlx acq rel ar sc "},
      {Kind::kCompareExchange,
       "C",
       {kLocation, kExpected, kValue, kOrder, kFailure},
       " rlx acq rel ar sc "},
      {Kind::kFence, "F", {kOrder}, " acq rel ar sc "},
      {Kind::kGuard, "G", {kValue}, ""},
  };
  return *kForms;
}

constexpr std::string_view kFailureOrders = " rlx acq sc ";

const Form& FormOf(Kind kind) {
  return *std::ranges::find_if(Forms(), [kind](const Form& form) { return form.kind == kind; });
}

std::optional<Order> ParseOrder(std::string_view text, std::string_view allowed) {
  if (!absl::StrContains(allowed, absl::StrCat(" ", text, " "))) return std::nullopt;
  return static_cast<Order>(std::ranges::find(kOrders, text) - std::ranges::begin(kOrders));
}

bool ParseWord(Word word, std::string_view text, const Form& form, Instruction& out) {
  switch (word) {
    case Word::kLocation: {
      const size_t location = text.size() == 1 ? kLocations.find(text[0]) : text.npos;
      out.location = static_cast<int>(location);
      return location != text.npos;
    }
    case Word::kExpected:
      return absl::SimpleAtoi(text, &out.expected);
    case Word::kValue:
      return absl::SimpleAtoi(text, &out.value);
    case Word::kOrder:
    case Word::kFailure: {
      const bool fails = word == Word::kFailure;
      const auto order = ParseOrder(text, fails ? kFailureOrders : form.orders);
      if (order) (fails ? out.failure : out.order) = *order;
      return order.has_value();
    }
  }
  return false;
}

absl::StatusOr<Instruction> ParseInstruction(std::string_view text) {
  const std::vector<std::string_view> words = absl::StrSplit(text, ' ', absl::SkipEmpty());
  if (words.empty()) return absl::InvalidArgumentError("an instruction is empty");
  const auto form = std::ranges::find(Forms(), words[0], &Form::letter);
  if (form == Forms().end()) {
    return absl::InvalidArgumentError(
        absl::StrCat("\"", text, "\" begins with none of R W X A C F G"));
  }
  if (words.size() != form->words.size() + 1) {
    return absl::InvalidArgumentError(absl::StrCat("\"", text, "\" has ", words.size() - 1,
                                                   " words after the ", form->letter, ", not ",
                                                   form->words.size()));
  }
  Instruction instruction{.kind = form->kind};
  for (size_t i = 0; i < form->words.size(); ++i) {
    if (!ParseWord(form->words[i], words[i + 1], *form, instruction)) {
      return absl::InvalidArgumentError(
          absl::StrCat("\"", words[i + 1], "\" is out of place in \"", text, "\""));
    }
  }
  return instruction;
}

}  // namespace

size_t Program::size() const {
  size_t n = 0;
  for (const auto& thread : threads) n += thread.size();
  return n;
}

int Program::locations() const {
  int n = 0;
  for (const auto& thread : threads) {
    for (const Instruction& i : thread) {
      if (i.accesses()) n = std::max(n, i.location + 1);
    }
  }
  return n;
}

bool Program::has_read_modify_writes() const {
  return std::ranges::any_of(threads, [](const auto& thread) {
    return std::ranges::any_of(thread,
                               [](const Instruction& i) { return i.reads() && i.may_write(); });
  });
}

int Program::registers() const {
  int n = 0;
  for (const auto& thread : threads) {
    n += static_cast<int>(std::ranges::count_if(thread, &Instruction::reads));
  }
  return n;
}

std::string_view Name(Order order) { return kOrders[static_cast<int>(order)]; }
char LocationName(int location) { return kLocations[location]; }

std::string Print(const Instruction& instruction) {
  const Form& form = FormOf(instruction.kind);
  std::string text(form.letter);
  for (const Word word : form.words) {
    switch (word) {
      case Word::kLocation:
        absl::StrAppend(&text, " ", kLocations.substr(instruction.location, 1));
        break;
      case Word::kExpected:
        absl::StrAppend(&text, " ", instruction.expected);
        break;
      case Word::kValue:
        absl::StrAppend(&text, " ", instruction.value);
        break;
      case Word::kOrder:
        absl::StrAppend(&text, " ", Name(instruction.order));
        break;
      case Word::kFailure:
        absl::StrAppend(&text, " ", Name(instruction.failure));
        break;
    }
  }
  return text;
}

std::string Print(const Program& program) {
  return absl::StrJoin(program.threads, " | ", [](std::string* out, const auto& thread) {
    absl::StrAppend(out, absl::StrJoin(thread, "; ", [](std::string* out, const Instruction& i) {
                      absl::StrAppend(out, Print(i));
                    }));
  });
}

absl::StatusOr<Program> Parse(std::string_view text) {
  Program program;
  for (std::string_view thread : absl::StrSplit(text, '|')) {
    program.threads.emplace_back();
    for (std::string_view part : absl::StrSplit(thread, ';')) {
      auto instruction = ParseInstruction(part);
      if (!instruction.ok()) return instruction.status();
      auto& instructions = program.threads.back();
      if (instruction->kind == Kind::kGuard &&
          std::ranges::none_of(instructions, &Instruction::reads)) {
        return absl::InvalidArgumentError(
            absl::StrCat("\"", Print(*instruction), "\" has nothing read before it"));
      }
      instructions.push_back(*instruction);
    }
  }
  if (program.threads.size() > kMaxThreads || program.size() > kMaxInstructions) {
    return absl::InvalidArgumentError(absl::StrCat(
        "a program has at most ", kMaxThreads, " threads and ", kMaxInstructions, " instructions"));
  }
  return program;
}

}  // namespace hammerlock::axioms
