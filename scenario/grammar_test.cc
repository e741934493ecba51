// SPDX-License-Identifier: Apache-2.0
#include "scenario/grammar.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>
#include <tuple>
#include <vector>

namespace hammerlock {
namespace {

using ::testing::HasSubstr;

Grammar StackGrammar() {
  Grammar g;
  g.scenario = "Stack";
  g.operations.resize(3);
  g.operations[0].name = "push";
  g.operations[0].arguments = {Between(0, 3)};
  g.operations[1].name = "pop";
  g.operations[2].name = "swap_top";
  g.operations[2].arguments = {Fresh(), OneOf(true, -7, std::nullopt)};
  return g;
}

// Thread 0 pushes, thread 1 pops; a size only when both have ended.
Grammar SpscGrammar() {
  Grammar g;
  g.scenario = "Spsc";
  g.threads = {2, 2};
  g.operations.resize(3);
  g.operations[0].name = "push";
  g.operations[0].arguments = {Fresh()};
  g.operations[0].callers = 1;
  g.operations[1].name = "pop";
  g.operations[1].callers = 2;
  g.operations[2].name = "size";
  g.operations[2].in_threads = false;
  return g;
}

std::vector<Grammar> Grammars() {
  Grammar narrow = StackGrammar();
  narrow.threads = {1, 1};
  narrow.calls = {2, 2};
  narrow.before = narrow.after = {0, 0};
  Grammar wide = StackGrammar();
  wide.operations[1].weight = 5;
  wide.threads = {2, 6};
  wide.calls = {0, 9};
  wide.before = {1, 3};
  Grammar only_threads = StackGrammar();
  for (auto& operation : only_threads.operations) operation.in_before_and_after = false;
  return {StackGrammar(), SpscGrammar(), narrow, wide, only_threads};
}

std::string ErrorOf(const Grammar& g, std::string_view text) {
  const auto program = g.Parse(text);
  return program.ok() ? "" : std::string(program.status().message());
}

TEST(Grammar, DrawsWithinItsExtents) {
  const Grammar g = StackGrammar();
  ASSERT_TRUE(g.Check().ok());
  SeededChoices choices(1);
  std::set<size_t> threads, calls, before, after;
  int below = 0;
  for (int i = 0; i < 5000; ++i) {
    const Program p = g.Draw(choices);
    threads.insert(p.threads.size());
    before.insert(p.before.size());
    after.insert(p.after.size());
    for (const auto& c : p.threads) calls.insert(c.size());
    below += p.threads.size() < 2;
  }
  EXPECT_EQ(threads, (std::set<size_t>{1, 2, 3}));  // One thread is below the extent,
  EXPECT_EQ(calls, (std::set<size_t>{0, 1, 2, 3, 4}));
  EXPECT_LT(below, 5000 / 20);  // and rare.
  EXPECT_GT(below, 0);
  EXPECT_EQ(before, (std::set<size_t>{0, 1, 2}));
  EXPECT_EQ(after, (std::set<size_t>{0, 1, 2, 3}));
}

TEST(Grammar, DrawsByWeight) {
  Grammar g = StackGrammar();
  g.operations[1].weight = 8;
  SeededChoices choices(1);
  std::vector<int> counts(3);
  for (int i = 0; i < 2000; ++i) {
    for (const auto& calls : g.Draw(choices).threads) {
      for (const Call& call : calls) ++counts[call.operation];
    }
  }
  EXPECT_GT(counts[1], 3 * (counts[0] + counts[2]));
  EXPECT_GT(counts[0], 500);
  EXPECT_GT(counts[2], 500);
}

TEST(Grammar, FreshArgumentsDiffer) {
  const Grammar g = SpscGrammar();
  SeededChoices choices(3);
  for (int i = 0; i < 200; ++i) {
    const Program p = g.Draw(choices);
    int64_t last = 0;
    auto all = p.threads;
    all.insert(all.begin(), p.before);
    all.push_back(p.after);
    for (const auto& calls : all) {
      for (const Call& call : calls) {
        for (const Value& v : call.arguments) EXPECT_EQ(v.number(), ++last);
      }
    }
  }
}

TEST(Grammar, KeepsOperationsToTheirThreads) {
  const Grammar g = SpscGrammar();
  SeededChoices choices(3);
  size_t sizes = 0;
  for (int i = 0; i < 500; ++i) {
    const Program p = g.Draw(choices);
    for (size_t t = 0; t < p.threads.size(); ++t) {
      for (const Call& call : p.threads[t]) EXPECT_EQ(call.operation, static_cast<int>(t));
    }
    for (const Call& call : p.after) sizes += call.operation == 2;
  }
  EXPECT_GT(sizes, 100u);
}

TEST(Grammar, EncodesAndParsesWhatItDraws) {
  for (const Grammar& g : Grammars()) {
    ASSERT_TRUE(g.Check().ok()) << g.Check();
    for (uint64_t seed = 0; seed < 2000; ++seed) {
      SeededChoices seeded(seed);
      const Program program = g.Draw(seeded);
      const auto trace = g.Encode(program);
      ASSERT_TRUE(trace.ok()) << trace.status();
      TraceChoices choices(*trace);
      ASSERT_EQ(g.Draw(choices), program);
      EXPECT_FALSE(choices.Diverged());

      const std::string text = g.Print(program);
      ASSERT_FALSE(text.empty());
      ASSERT_EQ(text.find_first_not_of("abcdefghijklmnopqrstuvwxyz_0123456789.,+@-"),
                std::string::npos)
          << text;
      const auto parsed = g.Parse(text);
      ASSERT_TRUE(parsed.ok()) << text << ": " << parsed.status();
      ASSERT_EQ(*parsed, program) << text;
    }
  }
}

TEST(Grammar, AnyTraceIsAProgram) {
  const Grammar g = StackGrammar();
  Random random(1);
  for (int i = 0; i < 2000; ++i) {
    Trace trace(random.Below(30));
    for (unsigned& choice : trace) choice = random.Below(random.Below(2) ? 4 : 1u << 31);
    TraceChoices choices(trace);
    EXPECT_TRUE(g.Encode(g.Draw(choices)).ok());
  }
}

TEST(Grammar, PrintsAndExplains) {
  const Grammar g = StackGrammar();
  const std::string text = "push.1,pop@push.2,pop+swap_top.1.none@pop";
  const auto p = g.Parse(text);
  ASSERT_TRUE(p.ok()) << p.status();
  EXPECT_EQ(g.Print(*p), text);
  EXPECT_EQ(g.Explain(*p),
            "  main     thread 0  thread 1\n"
            "  push(1)\n"
            "  pop()\n"
            "           push(2)   swap_top(1, none)\n"
            "           pop()\n"
            "  pop()\n");
  EXPECT_EQ(g.Print(*g.Parse("push.3+pop")), "push.3+pop");
  EXPECT_EQ(g.Print(*g.Parse("@push.3+pop@")), "push.3+pop");
  EXPECT_EQ(g.Print(*g.Parse("+pop")), "+pop");  // The first thread calls nothing.
  EXPECT_EQ(g.Print(*g.Parse("")), "@@");
  EXPECT_EQ(g.Print(*g.Parse("pop@@")), "pop@@");
}

TEST(Grammar, SaysWhatIsWrongWithAProgram) {
  const Grammar g = StackGrammar();
  EXPECT_EQ(ErrorOf(g, "psuh.1"), "\"psuh\" is no operation of Stack; it has push, pop, swap_top");
  EXPECT_EQ(ErrorOf(g, "pop,"), "\"\" is no operation of Stack; it has push, pop, swap_top");
  EXPECT_EQ(ErrorOf(g, "push"),
            "\"push\" has 0 arguments, but push takes 1; each stands after a dot");
  EXPECT_EQ(ErrorOf(g, "push.1.2"),
            "\"push.1.2\" has 2 arguments, but push takes 1; each stands after a dot");
  EXPECT_EQ(ErrorOf(g, "push.x"),
            "argument 1 of \"push.x\" is no value; write a number, true, false or none");
  EXPECT_EQ(ErrorOf(g, "push."),
            "argument 1 of \"push.\" is no value; write a number, true, false or none");
  EXPECT_EQ(ErrorOf(g, "push.9"), "argument 1 of push is 9, but must be between 0 and 3");
  EXPECT_EQ(ErrorOf(g, "push.none"), "argument 1 of push is none, but must be between 0 and 3");
  EXPECT_EQ(ErrorOf(g, "swap_top.1.3"),
            "argument 2 of swap_top is 3, but must be one of true, -7, none");
  EXPECT_EQ(ErrorOf(g, "swap_top.2.none+pop"),
            "fresh arguments are 1, 2, 3 in the order of the text; write swap_top.1.none+pop");
  EXPECT_EQ(ErrorOf(g, "pop+pop+pop+pop"), "the program has 4 threads, but Stack has from 1 to 3");
  EXPECT_EQ(ErrorOf(g, "pop@pop"),
            "the program \"pop@pop\" has 1 `@`; one goes before and one after the threads, or "
            "none at all");
  EXPECT_EQ(ErrorOf(g, "pop@@@pop"),
            "the program \"pop@@@pop\" has 3 `@`; one goes before and one after the threads, or "
            "none at all");
  EXPECT_EQ(ErrorOf(g, "pop,pop,pop,pop,pop"),
            "5 calls stand on thread 0, but Stack has at most 4 there; leave some out or allow "
            "more");
  EXPECT_THAT(ErrorOf(g, "pop,pop,pop@@"), HasSubstr("3 calls stand before the threads"));
  EXPECT_THAT(ErrorOf(g, "@@pop,pop,pop,pop"), HasSubstr("4 calls stand after the threads"));
  EXPECT_EQ(ErrorOf(SpscGrammar(), "pop+pop"),
            "pop stands on thread 0, but Spsc does not call it there; move it or leave it out");
  EXPECT_EQ(ErrorOf(SpscGrammar(), "push.1+size"),
            "size stands on thread 1, but Spsc does not call it there; move it or leave it out");
}

TEST(Grammar, SaysWhatIsWrongWithItself) {
  const auto error = [](auto change) {
    Grammar g = StackGrammar();
    change(g);
    return std::string(g.Check().message());
  };
  EXPECT_EQ(error([](Grammar& g) { g.operations.clear(); }), "no operation is declared; add an Op");
  EXPECT_EQ(error([](Grammar& g) { g.operations[0].name = "push-back"; }),
            "operation \"push-back\" must be named by an identifier");
  EXPECT_EQ(error([](Grammar& g) { g.operations[0].name = "pop"; }),
            "operation \"pop\" is declared twice; rename one");
  EXPECT_EQ(error([](Grammar& g) { g.operations[0].weight = 0; }),
            "operation \"push\" needs a Weight of 1 to 1000");
  EXPECT_EQ(error([](Grammar& g) { g.operations[0].arguments = {Between(3, 0)}; }),
            "operation \"push\" has nothing to draw its argument 1 from: between 3 and 0");
  EXPECT_THAT(error([](Grammar& g) { g.operations[0].arguments = {Between(INT64_MIN, 0)}; }),
              HasSubstr("nothing to draw"));
  EXPECT_EQ(error([](Grammar& g) { g.operations[0].arguments = {OneOf(Value())}; }),
            "operation \"push\" cannot have void as its argument 1");
  EXPECT_EQ(error([](Grammar& g) { g.threads = {3, 2}; }),
            "Threads(3, 2) must be two numbers from 1 to 64, the smaller one first");
  EXPECT_EQ(error([](Grammar& g) { g.calls = {0, 1001}; }),
            "Calls(0, 1001) must be two numbers from 0 to 1000, the smaller one first");
  EXPECT_THAT(error([](Grammar& g) {
                g.operations[1].callers = 8, g.operations[1].in_before_and_after = false;
              }),
              HasSubstr("\"pop\" is never called"));
}

// What shrinking makes less of, the more important first.
auto Weight(const Grammar& g, const Program& p) {
  size_t at_once = 0;
  uint64_t arguments = 0;
  for (const auto& calls : p.threads) at_once += calls.size();
  auto all = p.threads;
  all.push_back(p.before);
  all.push_back(p.after);
  for (const auto& calls : all) {
    for (const Call& call : calls) {
      for (size_t i = 0; i < call.arguments.size(); ++i) {
        const Generator& generator = g.operations[call.operation].arguments[i];
        if (!generator.fresh()) arguments += *generator.IndexOf(call.arguments[i]);
      }
    }
  }
  return std::tuple(p.size(), p.threads.size(), at_once, arguments);
}

TEST(Grammar, SmallerIsSmallerAndInTheGrammar) {
  for (const Grammar& g : Grammars()) {
    for (uint64_t seed = 0; seed < 50; ++seed) {
      SeededChoices seeded(seed);
      const Program program = g.Draw(seeded);
      for (const Program& smaller : g.Smaller(program)) {
        EXPECT_TRUE(g.Encode(smaller).ok());
        EXPECT_LT(Weight(g, smaller), Weight(g, program))
            << g.Print(program) << " to " << g.Print(smaller);
      }
    }
  }
}

// As an engine does it.
Program Shrink(const Grammar& g, Program program, bool (*fails)(const Program&)) {
  for (bool progress = true; progress;) {
    progress = false;
    for (Program& smaller : g.Smaller(program)) {
      if (!fails(smaller)) continue;
      program = std::move(smaller);
      progress = true;
      break;
    }
  }
  return program;
}

TEST(Grammar, ShrinksToTheLeastProgramThatFails) {
  const Grammar g = StackGrammar();
  // Fails if two threads pop and somebody pushes at least 2.
  const auto fails = [](const Program& p) {
    size_t popping = 0;
    bool pushed = false;
    auto all = p.threads;
    all.push_back(p.before);
    for (const auto& calls : p.threads) {
      popping += std::any_of(calls.begin(), calls.end(), [](auto& c) { return c.operation == 1; });
    }
    for (const auto& calls : all) {
      pushed |= std::any_of(calls.begin(), calls.end(), [](auto& c) {
        return c.operation == 0 && c.arguments[0].number() >= 2;
      });
    }
    return popping >= 2 && pushed;
  };
  int shrunk = 0;
  for (uint64_t seed = 0; seed < 200; ++seed) {
    SeededChoices seeded(seed);
    const Program program = g.Draw(seeded);
    if (!fails(program)) continue;
    ++shrunk;
    EXPECT_EQ(g.Print(Shrink(g, program, fails)), "push.2@pop+pop@");
  }
  EXPECT_GT(shrunk, 20);
}

TEST(Grammar, ShrinksPairsAndBoundThreads) {
  const Grammar g = SpscGrammar();
  // Fails if thread 1 pops as often as thread 0 pushes, and more than once.
  const auto fails = [](const Program& p) {
    return p.threads.size() == 2 && p.threads[0].size() == p.threads[1].size() &&
           p.threads[0].size() > 1;
  };
  const auto program = g.Parse("@push.1,push.2,push.3,push.4+pop,pop,pop,pop@size");
  ASSERT_TRUE(program.ok()) << program.status();
  EXPECT_EQ(g.Print(Shrink(g, *program, fails)), "push.1,push.2+pop,pop");
  // Thread 1 keeps its number when thread 0 has nothing left to do.
  const auto pops = [](const Program& p) { return p.threads.size() == 2 && !p.threads[1].empty(); };
  EXPECT_EQ(g.Print(Shrink(g, *program, pops)), "+pop");
}

}  // namespace
}  // namespace hammerlock
