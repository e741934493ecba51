// SPDX-License-Identifier: Apache-2.0
//
// Grammar: the programs that a scenario has. It draws them from choices, and takes them to
// traces, to text and back, so that every engine can print, parse, shrink, mutate and replay
// one.
//
//   draw    Choices -> Program     the choices that were made, written down, are a trace
//   encode  Program -> Trace       drawing from the trace gives the program again
//   print   Program -> text        push.1,pop@push.2,pop+pop@pop
//   parse   text -> Program
//
// The text has no character that a shell or a path takes for its own. An operation's arguments
// follow its name, each after a dot; `,` goes between calls, `+` between threads, and `@`
// stands before and after the threads. Without the two `@` there are only threads.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "scenario/choices.h"
#include "scenario/generator.h"
#include "scenario/program.h"

namespace hammerlock {

// How many of something: [min, max].
struct Extent {
  int min;
  int max;
};

// What a grammar knows of an operation.
struct Operation {
  std::string name;  // An identifier.
  std::vector<Generator> arguments;
  unsigned weight = 1;              // Against the other operations' weights.
  uint64_t callers = ~uint64_t{0};  // Bit t: thread t may call it.
  bool in_threads = true;           // May be called by threads,
  bool in_before_and_after = true;  // and before and after them.
};

struct Grammar {
  static constexpr int kMaxThreads = 64;
  static constexpr int kMaxCalls = 1000;

  std::string scenario;  // Its name, for messages.
  std::vector<Operation> operations;
  // Drawn programs have so many threads and calls in each; now and then one has fewer threads
  // or a thread without calls, because what has been shrunk must have a trace too.
  Extent threads{2, 3};
  Extent calls{1, 4};
  Extent before{0, 2};
  Extent after{0, 3};

  // Whether the grammar makes sense; otherwise what its author must mend.
  absl::Status Check() const;

  // REQUIRES: Check() is OK; so all below.
  Program Draw(Choices& choices) const;
  absl::StatusOr<Trace> Encode(const Program& program) const;
  std::string Print(const Program& program) const;
  absl::StatusOr<Program> Parse(std::string_view text) const;

  // The program in columns, one a thread.
  std::string Explain(const Program& program) const;

  // Programs a step smaller, all of them in the grammar, the most promising first: without a
  // thread, a section, a call, two calls; with two threads' calls on one; with a call moved out
  // of the threads; with simpler arguments. Taking one again and again ends.
  std::vector<Program> Smaller(const Program& program) const;

  // Numbers the fresh arguments in the order of the text.
  void Renumber(Program& program) const;

  // The operations that a thread may call; -1 stands for before and after.
  bool MayCall(int thread, const Operation& operation) const {
    if (thread < 0) return operation.in_before_and_after;
    return operation.in_threads && (operation.callers >> thread & 1);
  }
};

}  // namespace hammerlock
