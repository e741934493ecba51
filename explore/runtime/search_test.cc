// SPDX-License-Identifier: Apache-2.0
#include "explore/runtime/search.h"

#include <cstdint>
#include <string>
#include <vector>

#include "gtest/gtest.h"

namespace hammerlock::explore {
namespace {

std::vector<uint16_t> Choices(const ChoiceTrace& trace) {
  return {trace.choices, trace.choices + trace.size};
}

void Set(ChoiceTrace& trace, const std::vector<uint16_t>& choices) {
  trace.size = choices.size();
  for (size_t i = 0; i < choices.size(); ++i) trace.choices[i] = choices[i];
}

TEST(TraceTextTest, RoundTripsWithoutTheZerosAtItsEnd) {
  ChoiceTrace& trace = NewTrace();
  ChoiceTrace& parsed = NewTrace();
  TraceText text;
  Set(trace, {0, 0, 1, 9, 10, 35, 36, 65535, 0});
  ASSERT_TRUE(PrintTrace(trace, &text));
  EXPECT_STREQ(text.text, "b19AZ-36--65535-");
  ASSERT_TRUE(ParseTrace(text.text, &parsed));
  EXPECT_EQ(Choices(parsed), (std::vector<uint16_t>{0, 0, 1, 9, 10, 35, 36, 65535}));

  std::vector<uint16_t> many(60, 0);
  many.push_back(3);
  Set(trace, many);
  ASSERT_TRUE(PrintTrace(trace, &text));
  EXPECT_STREQ(text.text, "zzh3");
  ASSERT_TRUE(ParseTrace(text.text, &parsed));
  EXPECT_EQ(Choices(parsed), many);
}

TEST(TraceTextTest, EvenATraceOfZerosSaysSomething) {
  ChoiceTrace& trace = NewTrace();
  TraceText text;
  Set(trace, {0, 0, 0});
  ASSERT_TRUE(PrintTrace(trace, &text));
  EXPECT_STREQ(text.text, "a");
  // It fits an execution in which there was nothing to choose.
  ASSERT_TRUE(ParseTrace(text.text, &trace));
  EXPECT_EQ(trace.size, 0u);
}

TEST(TraceTextTest, RefusesWhatIsNoTrace) {
  ChoiceTrace& trace = NewTrace();
  for (const char* text : {"0", "a b", "-", "-12", "-99999-", "~"}) {
    EXPECT_FALSE(ParseTrace(text, &trace)) << text;
  }
}

TEST(TraceTextTest, ALongTraceDoesNotFit) {
  ChoiceTrace& trace = NewTrace();
  TraceText text;
  Set(trace, std::vector<uint16_t>(TraceText::kMax + 1, 1));
  EXPECT_FALSE(PrintTrace(trace, &text));
}

// Fails if choices 3 and 7 are both 1, whatever the others are.
struct NeedsTwo {
  uint64_t runs = 0;
  static bool Run(void* self) {
    ++static_cast<NeedsTwo*>(self)->runs;
    bool third = false, seventh = false;
    for (int i = 0; i < 10; ++i) {
      const bool one = g_chooser.Settle(g_chooser.Below(3), 3) == 1;
      third |= i == 3 && one;
      seventh |= i == 7 && one;
    }
    return third && seventh;
  }
};

TEST(ShrinkTest, LeavesWhatIsNeeded) {
  ChoiceTrace& trace = NewTrace();
  NeedsTwo program;
  uint64_t number = 0;
  do {
    SeedExecution(1, ++number, Strategy::kWalk);
  } while (!NeedsTwo::Run(&program));
  ASSERT_TRUE(Capture(1, number, Strategy::kWalk, {&NeedsTwo::Run, &program}, &trace));
  Shrink({&NeedsTwo::Run, &program}, &trace, 1000);
  EXPECT_EQ(Choices(trace), (std::vector<uint16_t>{0, 0, 0, 1, 0, 0, 0, 1}));
}

TEST(ShrinkTest, KeepsToItsBudget) {
  ChoiceTrace& trace = NewTrace();
  NeedsTwo program;
  Set(trace, {2, 2, 2, 1, 2, 2, 2, 1, 2, 2});
  Shrink({&NeedsTwo::Run, &program}, &trace, 5);
  EXPECT_EQ(program.runs, 5u);
}

}  // namespace
}  // namespace hammerlock::explore
