// SPDX-License-Identifier: Apache-2.0
#include "emulate/memory/shapes.h"

#include <string>

#include "gtest/gtest.h"

namespace hammerlock::emulate {
namespace {

constexpr uint64_t kExecutions = 100'000;

class EachShape : public testing::TestWithParam<size_t> {
 protected:
  const Shape& shape() const { return Shapes()[GetParam()]; }
};

uint64_t Count(const std::map<std::string, uint64_t>& seen, const std::string& outcome) {
  const auto found = seen.find(outcome);
  return found == seen.end() ? 0 : found->second;
}

TEST_P(EachShape, ShowsItsOutcomeExactlyIfArmAllowsIt) {
  const uint64_t count = Count(See(shape(), 1, kExecutions), shape().outcome);
  std::printf("%s: %llu of %llu\n", shape().name, static_cast<unsigned long long>(count),
              static_cast<unsigned long long>(kExecutions));
  EXPECT_EQ(count != 0, shape().allowed) << shape().name << ": " << shape().why;
}

TEST_P(EachShape, IsSequentiallyConsistentWhereTheModelIs) {
  MemoryOptions options;
  options.model = Model::kSc;
  // No shape's outcome comes about by turns of whole instructions.
  EXPECT_EQ(Count(See(shape(), 1, 5'000, options), shape().outcome), 0u);
}

TEST_P(EachShape, UnderTsoOnlyStoresWaitForLoads) {
  MemoryOptions options;
  options.model = Model::kTso;
  const std::string name = shape().name;
  const bool allowed = name == "SB" || name == "SB+dmb+po" || name == "SB+dmb.sts" || name == "R";
  // stlr and ldar stay what they are.
  if (name == "SB+rel+acqpc") GTEST_SKIP();
  EXPECT_EQ(Count(See(shape(), 1, 20'000, options), shape().outcome) != 0, allowed);
}

INSTANTIATE_TEST_SUITE_P(All, EachShape, testing::Range(size_t{0}, Shapes().size()));

TEST(See, ASeedRepeats) {
  for (const Shape& shape : Shapes()) {
    ASSERT_EQ(See(shape, 77, 200), See(shape, 77, 200)) << shape.name;
  }
}

}  // namespace
}  // namespace hammerlock::emulate
