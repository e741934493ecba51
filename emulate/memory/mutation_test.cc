// SPDX-License-Identifier: Apache-2.0
//
// The model with one rule dropped at a time: some shape that Arm forbids must show.
#include "emulate/memory/mutation.h"

#include "emulate/memory/shapes.h"
#include "gtest/gtest.h"

namespace hammerlock::emulate {
namespace {

constexpr uint64_t kExecutions = 20'000;

// The first shape that shows what Arm forbids; null: none does.
const char* Noticed() {
  for (const Shape& shape : Shapes()) {
    if (!shape.allowed && See(shape, 1, kExecutions).contains(shape.outcome)) return shape.name;
  }
  return nullptr;
}

// The twin: what notices the mutations has nothing to say of the model itself.
TEST(NoMutation, IsNotNoticed) {
  g_mutation = Mutation::kNone;
  EXPECT_EQ(Noticed(), nullptr);
}

class EachMutation : public testing::TestWithParam<int> {};

TEST_P(EachMutation, IsNoticed) {
  g_mutation = static_cast<Mutation>(GetParam());
  const char* const shape = Noticed();
  g_mutation = Mutation::kNone;
  ASSERT_NE(shape, nullptr);
  std::printf("noticed by %s\n", shape);
}

INSTANTIATE_TEST_SUITE_P(All, EachMutation, testing::Range(1, static_cast<int>(kMutations)));

}  // namespace
}  // namespace hammerlock::emulate
