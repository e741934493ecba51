// SPDX-License-Identifier: Apache-2.0
#include "scenario/linearizability.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "scenario/models.h"

namespace hammerlock {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

Specification<StackModel> Stack() {
  Specification<StackModel> s;
  s.Add("push", &StackModel::Push);
  s.Add("pop", &StackModel::TryPop);
  return s;
}

Specification<MapModel> Map() {
  Specification<MapModel> s;
  s.SetKeyed(s.Add("put", &MapModel::Put));
  s.SetKeyed(s.Add("get", &MapModel::Get));
  s.Add("size", &MapModel::Size);
  return s;
}

Value V(int64_t n) { return Value::Integer(n); }

// A call that returned.
size_t Did(History& h, int column, int operation, Arguments arguments, Value result = {}) {
  const size_t id = h.Add(column, {operation, std::move(arguments)});
  h.Return(id, result);
  return id;
}

TEST(Linearizability, EmptyHistoryIsOk) {
  const Judgement j = CheckLinearizability(Stack(), {}, History({"a"}));
  EXPECT_EQ(j.verdict, Linearizability::kOk);
  EXPECT_TRUE(j.order.empty());
}

TEST(Linearizability, FindsAnOrderThatExplainsTheResults) {
  History h({"a", "b"});
  const size_t pop = Did(h, 0, 1, {}, V(1));
  const size_t push = Did(h, 1, 0, {V(1)});
  const Judgement j = CheckLinearizability(Stack(), {}, h);
  EXPECT_EQ(j.verdict, Linearizability::kOk);
  EXPECT_THAT(j.order, ElementsAre(push, pop));
}

TEST(Linearizability, ExplainsWhereItEnds) {
  History h({"main", "thread 0", "thread 1"});
  Did(h, 0, 0, {V(1)});
  for (int column : {1, 2}) h.Follow(Did(h, column, 1, {}, V(1)), 0, 1);
  const Judgement j = CheckLinearizability(Stack(), {}, h);
  EXPECT_EQ(j.verdict, Linearizability::kIllegal);
  EXPECT_EQ(Explain(j, h, Stack().names()),
            "not linearizable:\n"
            "  #  main     thread 0   thread 1   follows\n"
            "  1  push(1)\n"
            "  2           pop() = 1             1\n"
            "  3                      pop() = 1  1\n"
            "At most the rows 1 2 can be linearized, in this order; then none can be the next:\n"
            "  3  pop() = 1, but the model returns none\n"
            "Or the rows 1 3 can be linearized, in this order; then none can be the next:\n"
            "  2  pop() = 1, but the model returns none\n");
}

TEST(Linearizability, SaysSoIfNoCallCanBeFirst) {
  History h({"a"});
  Did(h, 0, 1, {}, V(1));
  const Judgement j = CheckLinearizability(Stack(), {}, h);
  EXPECT_THAT(Explain(j, h, Stack().names(), "sequentially consistent"),
              testing::AllOf(HasSubstr("not sequentially consistent:\n"),
                             HasSubstr("No call can be the first:\n  1  pop() = 1, but the model "
                                       "returns none\n")));
}

TEST(Linearizability, StartsFromTheGivenState) {
  StackModel start;
  start.Push(4);
  History h({"a"});
  Did(h, 0, 1, {}, V(4));
  EXPECT_EQ(CheckLinearizability(Stack(), start, h).verdict, Linearizability::kOk);
}

TEST(Linearizability, PendingCallMayHaveTakenEffectOrNot) {
  for (const Value& popped : {V(1), Value::Missing()}) {
    History h({"a", "b"});
    h.Add(0, {0, {V(1)}});
    Did(h, 1, 1, {}, popped);
    EXPECT_EQ(CheckLinearizability(Stack(), {}, h).verdict, Linearizability::kOk);
  }
  History h({"a", "b"});
  h.Add(0, {0, {V(1)}});
  Did(h, 1, 1, {}, V(2));
  const Judgement j = CheckLinearizability(Stack(), {}, h);
  EXPECT_EQ(j.verdict, Linearizability::kIllegal);
  EXPECT_THAT(Explain(j, h, Stack().names()), HasSubstr("push(1) ..."));
}

// Writes on one thread, each followed by all reads on others that see anything: hard to refute.
History Hard(int n) {
  std::vector<std::string> names(2 * n, "t");
  History h(names);
  for (int i = 0; i < n; ++i) Did(h, i, 0, {V(i)});
  for (int i = 0; i < n; ++i) Did(h, n + i, 1, {}, V(i == 0 ? 99 : i));
  return h;
}

TEST(Linearizability, GivesUpBeyondItsBudget) {
  CheckBudget budget;
  budget.steps = 1000;
  const Judgement j = CheckLinearizability(Stack(), {}, Hard(8), budget);
  EXPECT_EQ(j.verdict, Linearizability::kUnknown);
  EXPECT_EQ(j.steps, 1000u);
  EXPECT_FALSE(j.why_unknown.empty());
  budget = {uint64_t{1} << 40, std::chrono::nanoseconds(0)};
  EXPECT_EQ(CheckLinearizability(Stack(), {}, Hard(8), budget).verdict, Linearizability::kUnknown);
}

TEST(Linearizability, MemoisesDeadConfigurations) {
  // 10 additions on 10 threads and a read that fits none of their sums: 10! orders, but no more
  // than 2^10 configurations of 11 calls each.
  Specification<CounterModel> s;
  s.Add("add", &CounterModel::Add);
  s.Add("get", &CounterModel::Get);
  History h(std::vector<std::string>(11, "t"));
  for (int i = 0; i < 10; ++i) Did(h, i, 0, {V(1)});
  Did(h, 10, 1, {}, V(11));
  const Judgement j = CheckLinearizability(s, CounterModel(), h);
  EXPECT_EQ(j.verdict, Linearizability::kIllegal);
  EXPECT_LE(j.steps, 1024u * 11);
}

TEST(Linearizability, SplitsByKey) {
  History h({"a", "b"});
  for (int key = 0; key < 50; ++key) {
    Did(h, 0, 0, {V(key), V(7)});
    h.Follow(Did(h, 1, 1, {V(key)}, key == 49 ? V(8) : V(7)), 0, key + 1);
  }
  const Judgement j = CheckLinearizability(Map(), {}, h);
  EXPECT_EQ(j.verdict, Linearizability::kIllegal);
  EXPECT_THAT(j.part, ElementsAre(98, 99));
  EXPECT_EQ(Explain(j, h, Map().names()),
            "(only the calls of key 49)\n"
            "not linearizable:\n"
            "  #  a           b            follows\n"
            "  1  put(49, 7)\n"
            "  2              get(49) = 8  1\n"
            "At most the rows 1 can be linearized, in this order; then none can be the next:\n"
            "  2  get(49) = 8, but the model returns 7\n");
}

// Store buffering over two keys: each key alone is in order, both together are not.
History StoreBuffering(bool timed) {
  History h({"a", "b"});
  Did(h, 0, 0, {V(0), V(1)});
  Did(h, 1, 0, {V(1), V(1)});
  const size_t a = Did(h, 0, 1, {V(1)}, Value::Missing());
  const size_t b = Did(h, 1, 1, {V(0)}, Value::Missing());
  if (timed) {
    h.Follow(a, 1, 1);  // One return was before the other's second invocation.
    (void)b;
  }
  return h;
}

TEST(Linearizability, DoesNotSplitWhatIsNoIntervalOrder) {
  const History h = StoreBuffering(false);
  EXPECT_EQ(CheckLinearizability(Map(), {}, h).verdict, Linearizability::kIllegal);
  const Judgement each = CheckLinearizability(Map(), {}, h, {}, Keys::kEachAlone);
  EXPECT_EQ(each.verdict, Linearizability::kOk);
  EXPECT_EQ(each.order.size(), 4u);
  // Once the order is one of intervals, one of the keys shows it.
  EXPECT_EQ(CheckLinearizability(Map(), {}, StoreBuffering(true), {}, Keys::kEachAlone).verdict,
            Linearizability::kIllegal);
}

TEST(Linearizability, ACallWithoutAKeyKeepsItWhole) {
  History h({"a", "b"});
  Did(h, 0, 0, {V(1), V(1)});
  Did(h, 0, 0, {V(2), V(1)});
  const size_t size = Did(h, 1, 2, {}, V(1));
  EXPECT_EQ(CheckLinearizability(Map(), {}, h).verdict, Linearizability::kOk);
  h.Follow(size, 0, 2);
  EXPECT_EQ(CheckLinearizability(Map(), {}, h).verdict, Linearizability::kIllegal);
}

// Any item may come out, and a pop may fail for no reason.
Specification<SetModel> Bag() {
  Specification<SetModel> s;
  s.Add("push", [](SetModel& m, int64_t v) { m.Insert(v); });
  s.AddRelation(
      "pop", [](SetModel& m, std::optional<int64_t> v) { return !v || m.Erase(*v); }, false);
  s.AddRelation("clear", [](SetModel& m) { return m = SetModel(), true; }, true);
  return s;
}

TEST(Linearizability, RelationsAllowSeveralResults) {
  History h({"a"});
  Did(h, 0, 0, {V(1)});
  Did(h, 0, 0, {V(2)});
  Did(h, 0, 1, {}, V(1));
  Did(h, 0, 1, {}, Value::Missing());
  Did(h, 0, 1, {}, V(2));
  EXPECT_EQ(CheckLinearizability(Bag(), {}, h).verdict, Linearizability::kOk);
  Did(h, 0, 1, {}, V(2));
  const Judgement j = CheckLinearizability(Bag(), {}, h);
  EXPECT_EQ(j.verdict, Linearizability::kIllegal);
  EXPECT_THAT(Explain(j, h, Bag().names()),
              HasSubstr("6  pop() = 2, which the model does not allow\n"));
}

TEST(Linearizability, PendingRelationIsUnknownOnlyWhereItMatters) {
  // A pending pop may have taken an item, but which one its relation does not say.
  History h({"a", "b"});
  Did(h, 0, 0, {V(1)});
  h.Add(1, {1, {}});
  EXPECT_EQ(CheckLinearizability(Bag(), {}, h).verdict, Linearizability::kOk);
  Did(h, 0, 1, {}, V(2));
  EXPECT_EQ(CheckLinearizability(Bag(), {}, h).verdict, Linearizability::kUnknown);
}

TEST(Linearizability, LongHistoriesNeedNoDeepStack) {
  History h({"a", "b"});
  for (int i = 0; i < 100'000; ++i)
    Did(h, i % 2, i % 2, i % 2 ? Arguments{} : Arguments{V(i)}, i % 2 ? V(i - 1) : Value());
  for (uint32_t i = 0; i < 50'000; ++i) {
    h.Follow(h.Column(1)[i], 0, i + 1);
    h.Follow(h.Column(0)[i], 1, i);
  }
  EXPECT_EQ(CheckLinearizability(Stack(), {}, h).verdict, Linearizability::kOk);
}

}  // namespace
}  // namespace hammerlock
