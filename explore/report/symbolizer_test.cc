// SPDX-License-Identifier: Apache-2.0
#include "explore/report/symbolizer.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace hammerlock::explore {

// Not in the unnamed namespace, so that the compiler cannot drop it.
int a_variable[4] = {1, 2, 3, 4};

namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

__attribute__((noinline)) uintptr_t ReturnAddress() {
  return reinterpret_cast<uintptr_t>(__builtin_return_address(0));
}

__attribute__((noinline)) uintptr_t PcInHere() {
  const uintptr_t pc = ReturnAddress();
  asm volatile("");  // No tail call.
  return pc;
}

TEST(LlvmSymbolizerTest, FindsFunctionsAndVariables) {
  constexpr uintptr_t kNowhere = uintptr_t{1} << 60;
  const uintptr_t pc = PcInHere();
  const uintptr_t variable = reinterpret_cast<uintptr_t>(&a_variable);
  const Symbols symbols =
      LlvmSymbolizer("/proc/self/exe")({pc, kNowhere, pc}, {variable, variable + 8, kNowhere});
  ASSERT_EQ(symbols.code.size(), 2u);
  ASSERT_FALSE(symbols.code.at(pc).empty());
  EXPECT_THAT(symbols.code.at(pc)[0].function, HasSubstr("PcInHere"));
  EXPECT_EQ(symbols.data.at(variable), "hammerlock::explore::a_variable");
  EXPECT_EQ(symbols.data.at(variable + 8), "hammerlock::explore::a_variable+8");
  EXPECT_EQ(symbols.data.at(kNowhere), "");
}

TEST(LlvmSymbolizerTest, OfAProgramThatIsNotThereNothingIsKnown) {
  // No shell sees its name, either.
  const Symbols symbols = LlvmSymbolizer("nowhere; echo f; echo f.cc:1:1")({1, 2}, {3});
  for (const auto& [pc, frames] : symbols.code) {
    for (const Frame& frame : frames) EXPECT_THAT(frame.file + frame.function, IsEmpty());
  }
  for (const auto& [address, name] : symbols.data) EXPECT_THAT(name, IsEmpty());
}

TEST(LlvmSymbolizerTest, NothingIsAsked) {
  EXPECT_TRUE(LlvmSymbolizer("/proc/self/exe")({}, {}).code.empty());
}

}  // namespace
}  // namespace hammerlock::explore
