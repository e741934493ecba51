// SPDX-License-Identifier: Apache-2.0
//
// Drawing, encoding, and what a grammar must be.
#include "scenario/grammar.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "scenario/columns.h"

namespace hammerlock {
namespace {

constexpr int kAround = -1;

// Which of some entries with weights a choice stands for, and back.
class Weighted {
 public:
  void Add(int entry, unsigned weight) { entries_.push_back({entry, weight}), total_ += weight; }

  bool empty() const { return total_ == 0; }

  // A single entry is no choice.
  int Draw(Choices& choices) const {
    unsigned at = entries_.size() == 1 ? 0 : choices.Choose(total_);
    for (const auto& [entry, weight] : entries_) {
      if (at < weight) return entry;
      at -= weight;
    }
    return entries_.front().entry;
  }

  // Appends the least choice that draws `entry`. Returns whether there is one.
  bool Encode(int wanted, Trace& trace) const {
    unsigned at = 0;
    for (const auto& [entry, weight] : entries_) {
      if (entry == wanted) {
        if (entries_.size() > 1) trace.push_back(at);
        return true;
      }
      at += weight;
    }
    return false;
  }

 private:
  struct Entry {
    int entry;
    unsigned weight;
  };
  std::vector<Entry> entries_;
  unsigned total_ = 0;
};

// Counts from `floor` on; those below the extent are drawn rarely.
Weighted Counts(const Extent& extent, int floor) {
  Weighted counts;
  const unsigned often = floor < extent.min ? 16 : 1;
  for (int n = extent.min; n <= extent.max; ++n) counts.Add(n, often);
  for (int n = extent.min - 1; n >= floor; --n) counts.Add(n, 1);
  return counts;
}

Weighted Callable(const Grammar& grammar, int thread) {
  Weighted callable;
  for (size_t i = 0; i < grammar.operations.size(); ++i) {
    const Operation& operation = grammar.operations[i];
    if (grammar.MayCall(thread, operation)) callable.Add(static_cast<int>(i), operation.weight);
  }
  return callable;
}

Weighted ThreadCounts(const Grammar& grammar) { return Counts(grammar.threads, 1); }

// How many calls one of the sequences may have. None where there is nothing to call.
Weighted CallCounts(const Grammar& grammar, int thread, const Extent& around) {
  if (Callable(grammar, thread).empty()) return Counts({0, 0}, 0);
  return Counts(thread == kAround ? around : grammar.calls, 0);
}

std::vector<Call> DrawCalls(const Grammar& grammar, int thread, const Extent& around,
                            Choices& choices) {
  std::vector<Call> calls(CallCounts(grammar, thread, around).Draw(choices));
  const Weighted callable = Callable(grammar, thread);
  for (Call& call : calls) {
    call.operation = callable.Draw(choices);
    for (const Generator& generator : grammar.operations[call.operation].arguments) {
      const unsigned index =
          generator.size() == 1 || generator.fresh() ? 0 : choices.Choose(generator.size());
      call.arguments.push_back(generator.fresh() ? Value() : generator.At(index));
    }
  }
  return calls;
}

std::string Where(int thread, std::string_view section) {
  return thread == kAround ? std::string(section) : absl::StrCat("on thread ", thread);
}

absl::Status EncodeCalls(const Grammar& grammar, int thread, std::string_view section,
                         const Extent& around, const std::vector<Call>& calls, Trace& trace) {
  const std::string where = Where(thread, section);
  const Weighted callable = Callable(grammar, thread);
  for (const Call& call : calls) {
    const Operation& operation = grammar.operations[call.operation];
    if (!grammar.MayCall(thread, operation)) {
      return absl::InvalidArgumentError(
          absl::StrCat(operation.name, " stands ", where, ", but ", grammar.scenario,
                       " does not call it there; move it or leave it out"));
    }
  }
  if (!CallCounts(grammar, thread, around).Encode(static_cast<int>(calls.size()), trace)) {
    const Extent& extent = thread == kAround ? around : grammar.calls;
    return absl::InvalidArgumentError(absl::StrCat(calls.size(), " calls stand ", where, ", but ",
                                                   grammar.scenario, " has at most ", extent.max,
                                                   " there; leave some out or allow more"));
  }
  for (const Call& call : calls) {
    const Operation& operation = grammar.operations[call.operation];
    callable.Encode(call.operation, trace);
    for (size_t i = 0; i < operation.arguments.size(); ++i) {
      const Generator& generator = operation.arguments[i];
      if (generator.fresh()) continue;  // Checked by the caller: it is the renumbered one.
      const auto index = generator.IndexOf(call.arguments[i]);
      if (!index) {
        return absl::InvalidArgumentError(absl::StrCat("argument ", i + 1, " of ", operation.name,
                                                       " is ", call.arguments[i].ToString(),
                                                       ", but must be ", generator.ToString()));
      }
      if (generator.size() > 1) trace.push_back(*index);
    }
  }
  return absl::OkStatus();
}

bool IsIdentifier(std::string_view name) {
  return !name.empty() && !absl::ascii_isdigit(name[0]) &&
         std::all_of(name.begin(), name.end(),
                     [](char c) { return absl::ascii_isalnum(c) || c == '_'; });
}

absl::Status CheckExtent(std::string_view what, const Extent& extent, int least, int most) {
  if (least <= extent.min && extent.min <= extent.max && extent.max <= most) {
    return absl::OkStatus();
  }
  return absl::InvalidArgumentError(absl::StrCat(what, "(", extent.min, ", ", extent.max,
                                                 ") must be two numbers from ", least, " to ", most,
                                                 ", the smaller one first"));
}

absl::Status CheckOperation(const Grammar& grammar, const Operation& operation) {
  const auto wrong = [&](auto... what) {
    return absl::InvalidArgumentError(absl::StrCat("operation \"", operation.name, "\" ", what...));
  };
  if (!IsIdentifier(operation.name)) return wrong("must be named by an identifier");
  if (std::count_if(grammar.operations.begin(), grammar.operations.end(),
                    [&](const Operation& other) { return other.name == operation.name; }) > 1) {
    return wrong("is declared twice; rename one");
  }
  if (operation.weight == 0 || operation.weight > 1000) return wrong("needs a Weight of 1 to 1000");
  for (size_t i = 0; i < operation.arguments.size(); ++i) {
    const Generator& generator = operation.arguments[i];
    if (generator.size() == 0) {
      return wrong("has nothing to draw its argument ", i + 1, " from: ", generator.ToString());
    }
    if (generator.IndexOf(Value())) return wrong("cannot have void as its argument ", i + 1);
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status Grammar::Check() const {
  if (operations.empty()) return absl::InvalidArgumentError("no operation is declared; add an Op");
  for (const Operation& operation : operations) {
    if (absl::Status status = CheckOperation(*this, operation); !status.ok()) return status;
  }
  absl::Status status = CheckExtent("Threads", threads, 1, kMaxThreads);
  status.Update(CheckExtent("Calls", calls, 0, kMaxCalls));
  status.Update(CheckExtent("Before", before, 0, kMaxCalls));
  status.Update(CheckExtent("After", after, 0, kMaxCalls));
  if (!status.ok()) return status;
  for (const Operation& operation : operations) {
    bool called = operation.in_before_and_after;
    for (int t = 0; t < threads.max; ++t) called = called || MayCall(t, operation);
    if (!called) {
      return absl::InvalidArgumentError(absl::StrCat("operation \"", operation.name,
                                                     "\" is never called: no program has its "
                                                     "thread; raise Threads or change By"));
    }
  }
  return absl::OkStatus();
}

void Grammar::Renumber(Program& program) const {
  int64_t next = 1;
  const auto renumber = [&](std::vector<Call>& calls) {
    for (Call& call : calls) {
      for (size_t i = 0; i < call.arguments.size(); ++i) {
        if (operations[call.operation].arguments[i].fresh()) {
          call.arguments[i] = Value::Integer(next++);
        }
      }
    }
  };
  renumber(program.before);
  for (auto& calls : program.threads) renumber(calls);
  renumber(program.after);
}

Program Grammar::Draw(Choices& choices) const {
  Program program;
  program.threads.resize(ThreadCounts(*this).Draw(choices));
  program.before = DrawCalls(*this, kAround, before, choices);
  for (size_t t = 0; t < program.threads.size(); ++t) {
    program.threads[t] = DrawCalls(*this, static_cast<int>(t), {}, choices);
  }
  program.after = DrawCalls(*this, kAround, after, choices);
  Renumber(program);
  return program;
}

absl::StatusOr<Trace> Grammar::Encode(const Program& program) const {
  Trace trace;
  const int count = static_cast<int>(program.threads.size());
  if (!ThreadCounts(*this).Encode(count, trace)) {
    return absl::InvalidArgumentError(absl::StrCat("the program has ", count, " threads, but ",
                                                   scenario, " has from 1 to ", threads.max));
  }
  if (Program renumbered = program; Renumber(renumbered), renumbered != program) {
    return absl::InvalidArgumentError(absl::StrCat(
        "fresh arguments are 1, 2, 3 in the order of the text; write ", Print(renumbered)));
  }
  absl::Status status =
      EncodeCalls(*this, kAround, "before the threads", before, program.before, trace);
  for (int t = 0; t < count && status.ok(); ++t) {
    status = EncodeCalls(*this, t, {}, {}, program.threads[t], trace);
  }
  if (status.ok()) {
    status = EncodeCalls(*this, kAround, "after the threads", after, program.after, trace);
  }
  if (!status.ok()) return status;
  return trace;
}

std::string Grammar::Explain(const Program& program) const {
  const auto text = [&](const Call& call) {
    return hammerlock::Print(operations[call.operation].name, call.arguments);
  };
  std::vector<std::vector<std::string>> rows{{"main"}};
  for (size_t t = 0; t < program.threads.size(); ++t) {
    rows[0].push_back(absl::StrCat("thread ", t));
  }
  for (const Call& call : program.before) rows.push_back({text(call)});
  size_t longest = 0;
  for (const auto& calls : program.threads) longest = std::max(longest, calls.size());
  for (size_t k = 0; k < longest; ++k) {
    auto& row = rows.emplace_back(1);
    for (const auto& calls : program.threads) {
      row.push_back(k < calls.size() ? text(calls[k]) : "");
    }
  }
  for (const Call& call : program.after) rows.push_back({text(call)});
  return Columns(rows);
}

}  // namespace hammerlock
