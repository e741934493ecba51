// SPDX-License-Identifier: Apache-2.0
#include "scenario/models.h"

#include <gtest/gtest.h>

#include <optional>
#include <vector>

#include "absl/hash/hash_testing.h"

namespace hammerlock {
namespace {

constexpr auto kNone = std::optional<int64_t>();

TEST(Models, StackIsLastInFirstOut) {
  StackModel m;
  EXPECT_EQ(m.TryPop(), kNone);
  m.Push(1);
  m.Push(2);
  EXPECT_EQ(m.Size(), 2);
  EXPECT_EQ(m.TryPop(), 2);
  EXPECT_EQ(m.TryPop(), 1);
  EXPECT_TRUE(m.Empty());
}

TEST(Models, QueueIsFirstInFirstOut) {
  QueueModel m;
  EXPECT_EQ(m.TryPop(), kNone);
  m.Push(1);
  m.Push(2);
  EXPECT_EQ(m.Size(), 2);
  EXPECT_EQ(m.TryPop(), 1);
  EXPECT_EQ(m.TryPop(), 2);
  EXPECT_TRUE(m.Empty());
}

TEST(Models, BoundedQueueRefusesWhenFull) {
  BoundedQueueModel m(2);
  EXPECT_TRUE(m.TryPush(1));
  EXPECT_TRUE(m.TryPush(2));
  EXPECT_TRUE(m.Full());
  EXPECT_FALSE(m.TryPush(3));
  EXPECT_EQ(m.TryPop(), 1);
  EXPECT_TRUE(m.TryPush(3));
  EXPECT_EQ(m.TryPop(), 2);
  EXPECT_EQ(m.TryPop(), 3);
  EXPECT_TRUE(m.Empty());
}

TEST(Models, DequeHasTwoEnds) {
  DequeModel m;
  m.PushBack(1);
  m.PushBack(2);
  m.PushFront(0);
  EXPECT_EQ(m.Size(), 3);
  EXPECT_EQ(m.TryPopBack(), 2);
  EXPECT_EQ(m.TryPopFront(), 0);
  EXPECT_EQ(m.TryPopFront(), 1);
  EXPECT_EQ(m.TryPopFront(), kNone);
  EXPECT_EQ(m.TryPopBack(), kNone);
  EXPECT_TRUE(m.Empty());
}

TEST(Models, CounterCounts) {
  CounterModel m(5);
  m.Add(2);
  m.Increment();
  m.Decrement();
  EXPECT_EQ(m.FetchAdd(-3), 7);
  EXPECT_EQ(m.Get(), 4);
}

TEST(Models, RegisterKeepsTheLastValue) {
  RegisterModel m(1);
  EXPECT_EQ(m.Load(), 1);
  m.Store(2);
  EXPECT_EQ(m.Exchange(3), 2);
  EXPECT_FALSE(m.CompareExchange(2, 9));
  EXPECT_TRUE(m.CompareExchange(3, 4));
  EXPECT_EQ(m.Load(), 4);
}

TEST(Models, SetHoldsAKeyOnce) {
  SetModel m;
  EXPECT_TRUE(m.Insert(1));
  EXPECT_FALSE(m.Insert(1));
  EXPECT_TRUE(m.Contains(1));
  EXPECT_EQ(m.Size(), 1);
  EXPECT_TRUE(m.Erase(1));
  EXPECT_FALSE(m.Erase(1));
  EXPECT_TRUE(m.Empty());
}

TEST(Models, MapHoldsAValuePerKey) {
  MapModel m;
  EXPECT_TRUE(m.Insert(1, 10));
  EXPECT_FALSE(m.Insert(1, 11));
  EXPECT_EQ(m.Get(1), 10);
  EXPECT_FALSE(m.Assign(1, 12));
  EXPECT_TRUE(m.Assign(2, 20));
  m.Put(2, 21);
  EXPECT_EQ(m.Take(2), 21);
  EXPECT_EQ(m.Take(2), kNone);
  EXPECT_TRUE(m.Contains(1));
  EXPECT_EQ(m.Size(), 1);
  EXPECT_TRUE(m.Erase(1));
  EXPECT_FALSE(m.Erase(1));
  EXPECT_TRUE(m.Empty());
}

TEST(Models, SemaphoreGivesOutWhatItHas) {
  SemaphoreModel m(1);
  EXPECT_TRUE(m.TryAcquire());
  EXPECT_FALSE(m.TryAcquire());
  m.Release();
  m.ReleaseMany(2);
  EXPECT_EQ(m.Count(), 3);
}

// Of each model: equal states hash alike, different ones compare unequal.
TEST(Models, HashAsTheyCompare) {
  std::vector<StackModel> stacks(3);
  std::vector<QueueModel> queues(3);
  std::vector<DequeModel> deques(3);
  std::vector<SetModel> sets(3);
  std::vector<MapModel> maps(3);
  std::vector<BoundedQueueModel> bounded(3, BoundedQueueModel(4));
  for (int i = 1; i < 3; ++i) {
    for (int j = 0; j < i; ++j) {
      stacks[i].Push(j);
      queues[i].Push(j);
      deques[i].PushBack(j);
      sets[i].Insert(j);
      maps[i].Put(j, i);
      bounded[i].TryPush(j);
    }
  }
  EXPECT_TRUE(absl::VerifyTypeImplementsAbslHashCorrectly(stacks));
  EXPECT_TRUE(absl::VerifyTypeImplementsAbslHashCorrectly(queues));
  EXPECT_TRUE(absl::VerifyTypeImplementsAbslHashCorrectly(deques));
  EXPECT_TRUE(absl::VerifyTypeImplementsAbslHashCorrectly(sets));
  EXPECT_TRUE(absl::VerifyTypeImplementsAbslHashCorrectly(maps));
  EXPECT_TRUE(absl::VerifyTypeImplementsAbslHashCorrectly(bounded));
  EXPECT_TRUE(absl::VerifyTypeImplementsAbslHashCorrectly(
      {CounterModel(0), CounterModel(1), CounterModel(-1)}));
  EXPECT_TRUE(absl::VerifyTypeImplementsAbslHashCorrectly(
      {RegisterModel(0), RegisterModel(1), RegisterModel(-1)}));
  EXPECT_TRUE(absl::VerifyTypeImplementsAbslHashCorrectly(
      {SemaphoreModel(0), SemaphoreModel(1), SemaphoreModel(2)}));
}

}  // namespace
}  // namespace hammerlock
