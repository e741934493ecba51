// SPDX-License-Identifier: Apache-2.0
#include "scenario/history.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "scenario/timed_history.h"

namespace hammerlock {
namespace {

using ::testing::ElementsAre;

const std::vector<std::string> kNames{"push", "pop"};

Call Push(int64_t v) { return {0, {Value::Integer(v)}}; }
Call Pop() { return {1, {}}; }

TEST(History, PrintsColumnsAndWhatFollowsWhat) {
  History h({"main", "thread 0", "thread 1"});
  h.Return(h.Add(0, Push(1)), Value());
  const size_t a = h.Add(1, Pop()), b = h.Add(2, Pop()), c = h.Add(2, Pop());
  for (size_t id : {a, b, c}) h.Follow(id, 0, 1);
  h.Follow(c, 1, 1);
  h.Return(a, Value::Integer(1));
  h.Return(b, Value::Missing());
  EXPECT_EQ(h.Print(kNames, h.Sorted()),
            "  #  main     thread 0   thread 1      follows\n"
            "  1  push(1)\n"
            "  2           pop() = 1                1\n"
            "  3                      pop() = none  1\n"
            "  4                      pop() ...     2\n");
}

TEST(History, AfterFollowsAllThatReturned) {
  History h({"main", "thread 0", "thread 1"});
  const size_t a = h.Add(1, Pop());
  h.Return(a, Value::Missing());
  h.Add(2, Pop());  // Never returns.
  const size_t b = h.Add(0, Pop());
  h.FollowAll(b);
  EXPECT_THAT(h.Follows(b), ElementsAre(0, 1, 0));
}

TEST(History, ClosesItsOrder) {
  History h({"a", "b", "c"});
  const size_t a = h.Add(0, Pop()), b = h.Add(1, Pop()), c = h.Add(2, Pop());
  for (size_t id : {a, b, c}) h.Return(id, Value::Missing());
  h.Follow(b, 0, 1);
  h.Follow(c, 1, 1);
  EXPECT_TRUE(h.Close());
  EXPECT_THAT(h.Follows(c), ElementsAre(1, 1, 0));
  EXPECT_THAT(h.Sorted(), ElementsAre(a, b, c));
  h.Follow(a, 2, 1);
  EXPECT_FALSE(h.Close());
}

// a1 a2 in one column, b1 b2 in another.
History TwoByTwo() {
  History h({"a", "b"});
  for (int column : {0, 0, 1, 1}) h.Return(h.Add(column, Pop()), Value::Missing());
  return h;
}

TEST(History, KnowsIntervalOrders) {
  History h = TwoByTwo();
  h.Close();
  EXPECT_FALSE(h.IsIntervalOrder());  // Two columns side by side are no intervals.
  h = TwoByTwo();
  h.Follow(3, 0, 1);  // a1 before b2
  h.Close();
  EXPECT_TRUE(h.IsIntervalOrder());
  h.Follow(1, 1, 1);  // b1 before a2 too
  h.Close();
  EXPECT_TRUE(h.IsIntervalOrder());
}

TEST(History, RestrictKeepsTheOrderThroughWhatIsLeftOut) {
  History h({"a", "b", "c"});
  const size_t a1 = h.Add(0, Push(1)), a2 = h.Add(0, Push(2)), b = h.Add(1, Pop()),
               c = h.Add(2, Pop());
  for (size_t id : {a1, a2, b}) h.Return(id, Value::Integer(7));
  h.Follow(b, 0, 2);
  h.Follow(c, 1, 1);
  ASSERT_TRUE(h.Close());
  const History part = h.Restrict({a2, c});
  ASSERT_EQ(part.size(), 2u);
  EXPECT_EQ(part[0].call, Push(2));
  EXPECT_TRUE(part[0].returned);
  EXPECT_FALSE(part[1].returned);
  EXPECT_THAT(part.Follows(1), ElementsAre(1, 0, 0));
}

TEST(TimedHistory, OrdersByReturnAndInvocation) {
  // Client 1:  [0 ... 5]      [8 10]
  // Client 2:        [5 .. 8]        [11 ...
  const History h = HistoryOf(std::vector<TimedCall>{
      {1, Push(1), 0, 5, Value()},
      {1, Push(2), 8, 10, Value()},
      {2, Push(3), 5, 8, Value()},
      {2, Push(4), 11, std::nullopt, {}},
  });
  ASSERT_EQ(h.size(), 4u);
  // In the order of invocation: 1, 3, 2, 4. Those that touch in time have no order.
  EXPECT_EQ(h[0].call, Push(1));
  EXPECT_EQ(h[1].call, Push(3));
  EXPECT_EQ(h[2].call, Push(2));
  EXPECT_EQ(h[3].call, Push(4));
  EXPECT_THAT(h.Follows(1), ElementsAre(0, 0));
  EXPECT_THAT(h.Follows(2), ElementsAre(1, 0));
  EXPECT_THAT(h.Follows(3), ElementsAre(2, 1));
  EXPECT_FALSE(h[3].returned);
}

TEST(TimedHistory, GivesOverlappingCallsOfOneClientColumns) {
  const History h = HistoryOf(std::vector<TimedCall>{
      {1, Push(1), 0, 5, Value()},
      {1, Push(2), 3, std::nullopt, {}},
      {1, Push(3), 5, 6, Value()},  // Touches the first: a client's own calls have an order.
      {1, Push(4), 9, 9, Value()},
  });
  EXPECT_EQ(h.columns(), 2);
  EXPECT_THAT(h.Column(0), ElementsAre(0, 2, 3));
  EXPECT_THAT(h.Column(1), ElementsAre(1));
  EXPECT_EQ(h.name(0), "client 1");
}

TEST(TimedHistory, OfNothingIsEmpty) { EXPECT_EQ(HistoryOf({}).size(), 0u); }

}  // namespace
}  // namespace hammerlock
