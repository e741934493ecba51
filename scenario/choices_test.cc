// SPDX-License-Identifier: Apache-2.0
#include "scenario/choices.h"

#include <vector>

#include "gtest/gtest.h"

namespace hammerlock {
namespace {

TEST(ChoicesTest, TheSameSeedChoosesTheSame) {
  SeededChoices a(7), b(7), c(8);
  std::vector<unsigned> from_a, from_b, from_c;
  for (int i = 0; i < 100; ++i) {
    from_a.push_back(a.Choose(1000));
    from_b.push_back(b.Choose(1000));
    from_c.push_back(c.Choose(1000));
  }
  EXPECT_EQ(from_a, from_b);
  EXPECT_NE(from_a, from_c);
}

TEST(ChoicesTest, EveryValueIsChosenAboutEquallyOften) {
  constexpr int kValues = 10, kDraws = 100'000;
  SeededChoices choices(1);
  int count[kValues] = {};
  for (int i = 0; i < kDraws; ++i) ++count[choices.Choose(kValues)];
  // Ten standard deviations: sqrt(100000 * 0.1 * 0.9) is 95.
  for (const int n : count) EXPECT_NEAR(n, kDraws / kValues, 950);
}

TEST(ChoicesTest, ARecordedTraceRepeats) {
  SeededChoices source(3);
  RecordingChoices recording(source);
  std::vector<unsigned> chosen;
  for (unsigned n = 1; n < 50; ++n) chosen.push_back(recording.Choose(n));
  TraceChoices replay(recording.trace());
  for (unsigned n = 1; n < 50; ++n) EXPECT_EQ(replay.Choose(n), chosen[n - 1]);
  EXPECT_FALSE(replay.Diverged());
}

TEST(ChoicesTest, ATraceThatDoesNotFitIsNoticed) {
  TraceChoices too_large({5});
  EXPECT_EQ(too_large.Choose(5), 0u);
  EXPECT_TRUE(too_large.Diverged());

  TraceChoices too_short({1});
  EXPECT_EQ(too_short.Choose(2), 1u);
  EXPECT_EQ(too_short.Choose(2), 0u);
  EXPECT_TRUE(too_short.Diverged());

  TraceChoices too_long({1, 1});
  EXPECT_EQ(too_long.Choose(2), 1u);
  EXPECT_TRUE(too_long.Diverged());
}

}  // namespace
}  // namespace hammerlock
