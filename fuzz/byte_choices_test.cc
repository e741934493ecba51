// SPDX-License-Identifier: Apache-2.0
#include "fuzz/byte_choices.h"

#include "gtest/gtest.h"

namespace hammerlock::fuzz {
namespace {

TEST(ByteChoices, TakesNoByteWhereThereIsNothingToChoose) {
  const Bytes bytes{7};
  ByteChoices choices(bytes);
  EXPECT_EQ(choices.Choose(1), 0u);
  EXPECT_EQ(choices.used(), 0u);
  EXPECT_EQ(choices.Choose(8), 7u);
}

TEST(ByteChoices, TakesAsManyBytesAsTheLargestChoiceHas) {
  EXPECT_EQ(BytesOfChoice(1), 0);
  EXPECT_EQ(BytesOfChoice(2), 1);
  EXPECT_EQ(BytesOfChoice(256), 1);
  EXPECT_EQ(BytesOfChoice(257), 2);
  EXPECT_EQ(BytesOfChoice(1u << 16), 2);
  EXPECT_EQ(BytesOfChoice(~0u), 4);
}

TEST(ByteChoices, IsZeroPastTheEndOfTheInput) {
  const Bytes bytes{1};
  ByteChoices choices(bytes);
  EXPECT_EQ(choices.Choose(1000), 1u);  // The second byte is missing.
  EXPECT_EQ(choices.Choose(1000), 0u);
}

TEST(ByteChoices, KeepsEveryByteInRange) {
  for (int byte = 0; byte < 256; ++byte) {
    const Bytes bytes{static_cast<uint8_t>(byte)};
    ByteChoices choices(bytes);
    EXPECT_EQ(choices.Choose(3), static_cast<unsigned>(byte % 3));
  }
}

TEST(WritingChoices, IsTheInverse) {
  constexpr unsigned kSizes[] = {1, 2, 3, 255, 256, 257, 70'000, 1u << 24, ~0u};
  for (uint64_t seed = 0; seed < 100; ++seed) {
    SeededChoices seeded(seed);
    WritingChoices writing(seeded);
    std::vector<unsigned> chosen;
    for (const unsigned n : kSizes) chosen.push_back(writing.Choose(n));
    ByteChoices reading(writing.bytes());
    for (size_t i = 0; i < chosen.size(); ++i) EXPECT_EQ(reading.Choose(kSizes[i]), chosen[i]);
    EXPECT_EQ(reading.used(), writing.bytes().size());
  }
}

}  // namespace
}  // namespace hammerlock::fuzz
