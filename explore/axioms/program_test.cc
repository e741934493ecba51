// SPDX-License-Identifier: Apache-2.0
#include "explore/axioms/program.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace hammerlock::axioms {
namespace {

using ::testing::HasSubstr;

TEST(ProgramTest, TextComesBackAsItWas) {
  const std::string text =
      "R x rlx; R y acq; R z sc; W w 7 rel; F acq; F rel; F ar; F sc | "
      "X x 1 ar; A y -2 rlx; C z 0 1 ar acq; C z 3 4 rlx sc | W x 1 sc | R x na; G 1; W y 2 na";
  const auto program = Parse(text);
  ASSERT_TRUE(program.ok()) << program.status();
  EXPECT_EQ(Print(*program), text);
  EXPECT_EQ(program->threads.size(), 4u);
  EXPECT_EQ(program->size(), 16u);
  EXPECT_EQ(program->locations(), 4);
  EXPECT_EQ(program->registers(), 8);
}

TEST(ProgramTest, SpacesDoNotMatter) {
  EXPECT_EQ(*Parse("W x 1 rlx;R y acq|F sc"), *Parse("  W  x 1 rlx ;  R y acq |  F sc "));
}

TEST(ProgramTest, CompareExchangeKeepsItsFiveWords) {
  const Instruction i = Parse("C y 3 4 ar acq")->threads[0][0];
  EXPECT_EQ(i.kind, Instruction::Kind::kCompareExchange);
  EXPECT_EQ(i.location, 1);
  EXPECT_EQ(i.expected, 3);
  EXPECT_EQ(i.value, 4);
  EXPECT_EQ(i.order, Order::kAcqRel);
  EXPECT_EQ(i.failure, Order::kAcquire);
}

struct Mistake {
  std::string text;
  std::string told;
};

class ProgramMistakeTest : public ::testing::TestWithParam<Mistake> {};

TEST_P(ProgramMistakeTest, IsToldWhereItStands) {
  const auto program = Parse(GetParam().text);
  ASSERT_FALSE(program.ok());
  EXPECT_THAT(std::string(program.status().message()), HasSubstr(GetParam().told));
}

INSTANTIATE_TEST_SUITE_P(
    All, ProgramMistakeTest,
    ::testing::Values(Mistake{"", "empty"}, Mistake{"W x 1 rlx;", "empty"},
                      Mistake{"W x 1 rlx | ", "empty"}, Mistake{"L x rlx", "\"L x rlx\""},
                      Mistake{"R x", "1 words"}, Mistake{"R x rlx rlx", "3 words"},
                      Mistake{"R a rlx", "\"a\""}, Mistake{"W x one rlx", "\"one\""},
                      Mistake{"W x 1 acq", "\"acq\""}, Mistake{"R x rel", "\"rel\""},
                      Mistake{"R x ar", "\"ar\""}, Mistake{"F rlx", "\"rlx\""},
                      Mistake{"C x 0 1 ar rel", "\"rel\""}, Mistake{"X x 1 seq", "\"seq\""},
                      Mistake{"X x 1 na", "\"na\""}, Mistake{"C x 0 1 ar na", "\"na\""},
                      Mistake{"F na", "\"na\""}, Mistake{"W x 1 na; G 1", "\"G 1\" has nothing"},
                      Mistake{"F sc|F sc|F sc|F sc|F sc|F sc|F sc|F sc|F sc", "at most 8 threads"},
                      Mistake{"F sc;F sc;F sc;F sc;F sc;F sc;F sc;F sc;F sc;F sc;F sc;F sc;F sc;"
                              "F sc;F sc;F sc;F sc;F sc;F sc;F sc;F sc;F sc;F sc;F sc;F sc",
                              "24 instructions"}));

}  // namespace
}  // namespace hammerlock::axioms
