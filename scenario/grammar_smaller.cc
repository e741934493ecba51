// SPDX-License-Identifier: Apache-2.0
//
// Steps of shrinking.
#include <cstddef>
#include <utility>

#include "scenario/grammar.h"

namespace hammerlock {
namespace {

using Calls = std::vector<Call>;

// All sequences of a program.
std::vector<Calls*> Sequences(Program& program) {
  std::vector<Calls*> sequences{&program.before};
  for (Calls& calls : program.threads) sequences.push_back(&calls);
  sequences.push_back(&program.after);
  return sequences;
}

// Where the n-th call of the text stands.
std::pair<Calls*, size_t> Find(Program& program, size_t n) {
  for (Calls* calls : Sequences(program)) {
    if (n < calls->size()) return {calls, n};
    n -= calls->size();
  }
  return {nullptr, 0};
}

void Drop(Program& program, size_t n) {
  const auto [calls, k] = Find(program, n);
  calls->erase(calls->begin() + static_cast<ptrdiff_t>(k));
}

class Candidates {
 public:
  Candidates(const Grammar& grammar, const Program& from) : grammar_(grammar), from_(from) {}

  // Keeps the program if the grammar has it. Returns whether it does.
  bool Add(Program program) {
    grammar_.Renumber(program);
    if (program == from_ || !grammar_.Encode(program).ok()) return false;
    programs_.push_back(std::move(program));
    return true;
  }

  std::vector<Program> Take() { return std::move(programs_); }

 private:
  const Grammar& grammar_;
  const Program& from_;
  std::vector<Program> programs_;
};

void WithoutSequences(const Program& from, Candidates& candidates) {
  for (size_t t = from.threads.size(); t-- > 0 && from.threads.size() > 1;) {
    Program program = from;
    program.threads.erase(program.threads.begin() + static_cast<ptrdiff_t>(t));
    if (candidates.Add(std::move(program))) continue;
    // A later thread's operations are tied to its number: the thread stays, without calls.
    program = from;
    program.threads[t].clear();
    candidates.Add(std::move(program));
  }
  for (Calls Program::* section : {&Program::before, &Program::after}) {
    if ((from.*section).size() < 2) continue;  // Dropping the call does it.
    Program program = from;
    (program.*section).clear();
    candidates.Add(std::move(program));
  }
}

void WithoutCalls(const Program& from, Candidates& candidates) {
  const size_t size = from.size();
  for (size_t n = size; n-- > 0 && size > 1;) {
    Program program = from;
    Drop(program, n);
    candidates.Add(std::move(program));
  }
  // What one call adds and the other takes away again must go together.
  for (size_t n = size; n-- > 1 && size > 2;) {
    for (size_t m = n; m-- > 0;) {
      Program program = from;
      Drop(program, n);
      Drop(program, m);
      candidates.Add(std::move(program));
    }
  }
}

void OnFewerThreads(const Program& from, Candidates& candidates) {
  for (size_t t = from.threads.size(); t-- > 1;) {
    for (size_t u = t; u-- > 0;) {
      Program program = from;
      const Calls calls = std::move(program.threads[t]);
      program.threads.erase(program.threads.begin() + static_cast<ptrdiff_t>(t));
      program.threads[u].insert(program.threads[u].end(), calls.begin(), calls.end());
      candidates.Add(std::move(program));
    }
  }
}

// What need not be concurrent is easier to understand.
void WithFewerAtOnce(const Program& from, Candidates& candidates) {
  for (size_t t = from.threads.size(); t-- > 0;) {
    for (size_t k = 0; k < from.threads[t].size(); ++k) {
      Program program = from;
      program.threads[t].erase(program.threads[t].begin() + static_cast<ptrdiff_t>(k));
      Program later = program;
      program.before.push_back(from.threads[t][k]);
      candidates.Add(std::move(program));
      later.after.insert(later.after.begin(), from.threads[t][k]);
      candidates.Add(std::move(later));
    }
  }
}

void WithSimplerArguments(const Grammar& grammar, const Program& from, Candidates& candidates) {
  for (size_t n = 0; n < from.size(); ++n) {
    Program program = from;
    const auto [calls, k] = Find(program, n);
    const Call call = (*calls)[k];
    for (size_t i = 0; i < call.arguments.size(); ++i) {
      const Generator& generator = grammar.operations[call.operation].arguments[i];
      if (generator.fresh()) continue;
      const unsigned index = generator.IndexOf(call.arguments[i]).value_or(0);
      unsigned last = index;
      for (unsigned smaller : {0u, index / 2, index - 1}) {
        if (index == 0 || smaller == last) continue;
        last = smaller;
        (*calls)[k].arguments[i] = generator.At(smaller);
        candidates.Add(program);
      }
      (*calls)[k].arguments[i] = call.arguments[i];
    }
  }
}

}  // namespace

std::vector<Program> Grammar::Smaller(const Program& program) const {
  Candidates candidates(*this, program);
  WithoutSequences(program, candidates);
  WithoutCalls(program, candidates);
  OnFewerThreads(program, candidates);
  WithFewerAtOnce(program, candidates);
  WithSimplerArguments(*this, program, candidates);
  return candidates.Take();
}

}  // namespace hammerlock
