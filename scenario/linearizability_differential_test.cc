// SPDX-License-Identifier: Apache-2.0
//
// The checker against brute force, which shares no code with it: all orders of a small
// history's calls are tried on models written a second time. Checkers with one rule broken must
// disagree with it.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <optional>
#include <string>
#include <vector>

#include "scenario/choices.h"
#include "scenario/history.h"
#include "scenario/linearizability.h"
#include "scenario/models.h"
#include "scenario/specification.h"
#include "scenario/timed_history.h"

namespace hammerlock {
namespace {

constexpr int kColumns = 3;
constexpr int64_t kNone = -1;  // A missing result.

enum class Kind { kRegister, kStack, kQueue, kMap, kCounter };
enum class Order { kIntervals, kHappensBefore, kProgramOrder };

struct TestCall {
  int column;
  int operation;
  int64_t a, b;            // Arguments; not all are used.
  int64_t seen[kColumns];  // How many calls of each column it follows.
  int invoked, returned;   // When; `returned` is -1 if it did not.
  int64_t result;
};

struct TestHistory {
  Kind kind;
  Order order;
  std::vector<TestCall> calls;  // Each column's in order.
};

// The objects a second time: all state in one vector. Operations 0 and 1 write and read,
// 2 is what else there is.
int64_t Apply(Kind kind, std::vector<int64_t>& state, const TestCall& c) {
  switch (kind) {
    case Kind::kRegister: {
      if (state.empty()) state = {0};
      if (c.operation == 0) return state[0] = c.a, kNone;
      if (c.operation == 1) return state[0];
      return state[0] == c.a ? (state[0] = c.b, 1) : 0;
    }
    case Kind::kStack:
    case Kind::kQueue: {
      if (c.operation == 0) return state.push_back(c.a), kNone;
      if (state.empty()) return kNone;
      const auto at = kind == Kind::kStack ? state.end() - 1 : state.begin();
      const int64_t v = *at;
      state.erase(at);
      return v;
    }
    case Kind::kMap: {
      if (state.empty()) state = {kNone, kNone, kNone};
      if (c.operation == 0) return state[c.a] = c.b, kNone;
      if (c.operation == 1) return state[c.a];
      return std::exchange(state[c.a], kNone) != kNone;
    }
    case Kind::kCounter: {
      if (state.empty()) state = {0};
      return c.operation == 0 ? std::exchange(state[0], state[0] + c.a) : state[0];
    }
  }
  return 0;
}

bool ReturnsVoid(Kind kind, int operation) { return kind != Kind::kCounter && operation == 0; }
int Operations(Kind kind) { return kind == Kind::kRegister || kind == Kind::kMap ? 3 : 2; }

// A history of a run in which each call took effect between its invocation and its return, now
// and then with a result that is not what came back.
TestHistory Generate(Random& random, bool corrupt) {
  TestHistory h{static_cast<Kind>(random.Below(5)), static_cast<Order>(random.Below(3)), {}};
  std::vector<int64_t> state;
  struct {
    int left = 0;
    int active = -1;  // Index of its call.
    bool effected = false;
    int64_t completed = 0;
    int64_t seen[kColumns] = {};
  } columns[kColumns];
  for (int n = 2 + static_cast<int>(random.Below(6)); n > 0; --n) {
    ++columns[random.Below(kColumns)].left;
  }
  const bool may_hang = random.Below(3) == 0;
  for (int time = 0, idle = 0; idle < 50; ++time) {
    const auto me = static_cast<int>(random.Below(kColumns));
    auto& column = columns[me];
    ++idle;
    if (column.active < 0) {
      if (column.left == 0) continue;
      --column.left;
      TestCall c{me,
                 static_cast<int>(random.Below(Operations(h.kind))),
                 random.Below(3),
                 random.Below(3),
                 {},
                 time,
                 -1,
                 0};
      if (h.kind == Kind::kMap) c.a = random.Below(2);  // Keys.
      for (int u = 0; u < kColumns; ++u) {
        const int64_t new_ones = columns[u].completed - column.seen[u];
        if (h.order == Order::kIntervals) column.seen[u] = columns[u].completed;
        if (h.order == Order::kHappensBefore) {
          column.seen[u] += random.Below(static_cast<unsigned>(new_ones) + 1);
        }
        c.seen[u] = u == me ? column.completed : column.seen[u];
      }
      column.active = static_cast<int>(h.calls.size());
      column.effected = false;
      h.calls.push_back(c);
    } else if (!column.effected) {
      if (may_hang && random.Below(4) == 0) column.left = -1;  // Never comes to it.
      if (column.left < 0) continue;
      h.calls[column.active].result = Apply(h.kind, state, h.calls[column.active]);
      column.effected = true;
    } else {
      if (may_hang && random.Below(4) == 0) column.left = -1;  // Never returns.
      if (column.left < 0) continue;
      h.calls[column.active].returned = time;
      column.active = -1;
      ++column.completed;
    }
    idle = 0;
  }
  if (!corrupt) return h;
  for (TestCall& c : h.calls) {
    if (ReturnsVoid(h.kind, c.operation) || random.Below(3) != 0) continue;
    const bool is_bool = c.operation == 2;
    if (c.result != kNone && h.kind == Kind::kMap && !is_bool && random.Below(2) == 0) {
      c.result = kNone;  // What a store that is still in its buffer looks like.
      continue;
    }
    c.result = is_bool ? random.Below(2) : static_cast<int64_t>(random.Below(4)) - 1;
    if (h.kind == Kind::kRegister || h.kind == Kind::kCounter) c.result = std::abs(c.result);
  }
  return h;
}

class BruteForce {
 public:
  // Judges the calls of `keep`.
  BruteForce(const TestHistory& h, std::vector<bool> keep) : h_(h), done_(h.calls.size()) {
    const size_t n = h.calls.size();
    // The relation, pair by pair, and what follows from it.
    before_.assign(n, std::vector<bool>(n));
    for (size_t b = 0; b < n; ++b) {
      std::vector<int64_t> index(kColumns);
      for (size_t a = 0; a < n; ++a) {
        const bool earlier = index[h.calls[a].column]++ < h.calls[b].seen[h.calls[a].column];
        before_[a][b] = earlier;
      }
    }
    for (size_t m = 0; m < n; ++m) {
      for (size_t a = 0; a < n; ++a) {
        for (size_t b = 0; b < n; ++b) {
          if (before_[a][m] && before_[m][b]) before_[a][b] = true;
        }
      }
    }
    for (size_t i = 0; i < n; ++i) done_[i] = !keep[i];
    linearizable_ = Search({}, 0);
  }

  explicit BruteForce(const TestHistory& h)
      : BruteForce(h, std::vector<bool>(h.calls.size(), true)) {}

  bool linearizable() const { return linearizable_; }
  size_t longest() const { return longest_; }
  bool Before(size_t a, size_t b) const { return before_[a][b]; }

 private:
  bool Search(const std::vector<int64_t>& state, size_t length) {
    longest_ = std::max(longest_, length);
    bool all = true;
    for (size_t i = 0; i < done_.size(); ++i) all = all && (done_[i] || h_.calls[i].returned < 0);
    if (all) return true;
    for (size_t i = 0; i < done_.size(); ++i) {
      if (done_[i]) continue;
      bool first = true;
      for (size_t j = 0; j < done_.size(); ++j) first = first && (done_[j] || !before_[j][i]);
      if (!first) continue;
      std::vector<int64_t> next = state;
      const int64_t result = Apply(h_.kind, next, h_.calls[i]);
      if (h_.calls[i].returned >= 0 && result != h_.calls[i].result) continue;
      done_[i] = true;
      const bool found = Search(next, length + 1);
      done_[i] = false;
      if (found) return true;
    }
    return false;
  }

  const TestHistory& h_;
  std::vector<std::vector<bool>> before_;
  std::vector<bool> done_;
  size_t longest_ = 0;
  bool linearizable_ = false;
};

// Without a hash, for the search to do without.
struct PlainCounter {
  int64_t FetchAdd(int64_t n) { return std::exchange(count, count + n); }
  int64_t Get() const { return count; }
  friend bool operator==(const PlainCounter&, const PlainCounter&) = default;
  int64_t count = 0;
};

struct Specifications {
  Specification<RegisterModel> registers;
  Specification<StackModel> stacks;
  Specification<QueueModel> queues;
  Specification<MapModel> maps;
  Specification<PlainCounter> counters;

  Specifications() {
    registers.Add("store", &RegisterModel::Store);
    registers.Add("load", &RegisterModel::Load);
    registers.Add("cas", &RegisterModel::CompareExchange);
    stacks.Add("push", &StackModel::Push);
    stacks.Add("pop", &StackModel::TryPop);
    queues.Add("push", &QueueModel::Push);
    queues.Add("pop", &QueueModel::TryPop);
    for (int op : {maps.Add("put", &MapModel::Put), maps.Add("get", &MapModel::Get),
                   maps.Add("erase", &MapModel::Erase)}) {
      maps.SetKeyed(op);
    }
    counters.Add("add", &PlainCounter::FetchAdd);
    counters.Add("get", &PlainCounter::Get);
  }

  template <class Rules>
  Judgement Check(Kind kind, const History& h, Keys keys) const {
    switch (kind) {
      case Kind::kRegister:
        return CheckLinearizability<RegisterModel, Rules>(registers, RegisterModel(), h, {}, keys);
      case Kind::kStack:
        return CheckLinearizability<StackModel, Rules>(stacks, {}, h, {}, keys);
      case Kind::kQueue:
        return CheckLinearizability<QueueModel, Rules>(queues, {}, h, {}, keys);
      case Kind::kMap:
        return CheckLinearizability<MapModel, Rules>(maps, {}, h, {}, keys);
      case Kind::kCounter:
        return CheckLinearizability<PlainCounter, Rules>(counters, {}, h, {}, keys);
    }
    return {};
  }
};

Call CallOf(Kind kind, const TestCall& c) {
  const auto v = [](int64_t n) { return Value::Integer(n); };
  if (c.operation == 2) {
    return kind == Kind::kMap ? Call{2, {v(c.a)}} : Call{2, {v(c.a), v(c.b)}};
  }
  if (kind == Kind::kMap) return c.operation == 0 ? Call{0, {v(c.a), v(c.b)}} : Call{1, {v(c.a)}};
  return c.operation == 0 ? Call{0, {v(c.a)}} : Call{1, {}};
}

Value ResultOf(Kind kind, const TestCall& c) {
  if (ReturnsVoid(kind, c.operation)) return Value();
  return c.result == kNone ? Value::Missing() : Value::Integer(c.result);
}

History HistoryOf(const TestHistory& h) {
  History history({"a", "b", "c"});
  for (const TestCall& c : h.calls) {
    const size_t id = history.Add(c.column, CallOf(h.kind, c));
    for (int u = 0; u < kColumns; ++u) history.Follow(id, u, static_cast<uint32_t>(c.seen[u]));
    if (c.returned >= 0) history.Return(id, ResultOf(h.kind, c));
  }
  return history;
}

History TimedHistoryOf(const TestHistory& h) {
  std::vector<TimedCall> calls;
  for (const TestCall& c : h.calls) {
    calls.push_back({c.column, CallOf(h.kind, c), c.invoked, std::nullopt, ResultOf(h.kind, c)});
    if (c.returned >= 0) calls.back().returned = c.returned;
  }
  return hammerlock::HistoryOf(calls);
}

// The order of a judgement is one, and the results are what it gives.
void ExpectLinearization(const TestHistory& h, const BruteForce& truth,
                         const std::vector<size_t>& order, bool complete) {
  std::vector<int64_t> state;
  std::vector<bool> done(h.calls.size());
  for (size_t id : order) {
    ASSERT_FALSE(done[id]);
    for (size_t j = 0; j < done.size(); ++j) ASSERT_TRUE(done[j] || !truth.Before(j, id));
    done[id] = true;
    const int64_t result = Apply(h.kind, state, h.calls[id]);
    if (h.calls[id].returned >= 0) ASSERT_EQ(result, h.calls[id].result);
  }
  for (size_t j = 0; complete && j < done.size(); ++j) {
    ASSERT_TRUE(done[j] || h.calls[j].returned < 0);
  }
}

std::string Describe(const TestHistory& h) {
  const History history = HistoryOf(h);
  const std::vector<std::string> names{"op0", "op1", "op2"};
  return history.Print(names, history.Sorted());
}

bool HasPending(const TestHistory& h) {
  return std::any_of(h.calls.begin(), h.calls.end(), [](auto& c) { return c.returned < 0; });
}

TEST(LinearizabilityDifferential, AgreesWithBruteForce) {
  constexpr int kHistories = 150'000;
  const Specifications specifications;
  Random random(1);
  // [ok][kind], and what else must have been seen often.
  uint64_t seen[2][5] = {}, pending[2] = {}, orders[2][3] = {}, split_matters = 0;
  for (int i = 0; i < kHistories; ++i) {
    const TestHistory h = Generate(random, /*corrupt=*/random.Below(8) != 0);
    const BruteForce truth(h);
    const History history = HistoryOf(h);
    const Judgement judgement =
        specifications.Check<internal::SearchRules>(h.kind, history, Keys::kTogether);
    const bool ok = judgement.verdict == Linearizability::kOk;
    ASSERT_NE(judgement.verdict, Linearizability::kUnknown);
    ASSERT_EQ(ok, truth.linearizable()) << Describe(h);
    ++seen[ok][static_cast<int>(h.kind)];
    ++orders[ok][static_cast<int>(h.order)];
    pending[ok] += HasPending(h);

    // The reasons hold as well.
    if (ok) {
      ExpectLinearization(h, truth, judgement.order, true);
    } else {
      ASSERT_FALSE(judgement.dead_ends.empty());
      for (const auto& end : judgement.dead_ends) {
        if (judgement.part.empty()) ExpectLinearization(h, truth, end.order, false);
        for (const auto& refusal : end.refusals) {
          ASSERT_TRUE(refusal.expected.has_value());
          ASSERT_NE(*refusal.expected, history[refusal.id].result);
        }
      }
      if (judgement.part.empty()) {
        ASSERT_EQ(judgement.dead_ends[0].order.size(), truth.longest()) << Describe(h);
      }
      ASSERT_FALSE(Explain(judgement, history, std::vector<std::string>{"0", "1", "2"}).empty());
    }

    // Of intervals the converter makes the same order.
    if (h.order == Order::kIntervals) {
      const Judgement timed =
          specifications.Check<internal::SearchRules>(h.kind, TimedHistoryOf(h), Keys::kTogether);
      ASSERT_EQ(timed.verdict == Linearizability::kOk, truth.linearizable()) << Describe(h);
    }

    // Key by key.
    if (h.kind != Kind::kMap) continue;
    bool each = true;
    for (int64_t key = 0; key < 2; ++key) {
      std::vector<bool> keep;
      for (const TestCall& c : h.calls) keep.push_back(c.a == key);
      each = each && BruteForce(h, keep).linearizable();
    }
    const Judgement alone =
        specifications.Check<internal::SearchRules>(h.kind, history, Keys::kEachAlone);
    ASSERT_EQ(alone.verdict == Linearizability::kOk, each) << Describe(h);
    if (h.order == Order::kIntervals) {
      ASSERT_EQ(each, truth.linearizable()) << Describe(h);
    }
    split_matters += each != truth.linearizable();
  }
  for (int ok : {0, 1}) {
    for (uint64_t n : seen[ok]) EXPECT_GT(n, 3'000u);
    for (uint64_t n : orders[ok]) EXPECT_GT(n, 10'000u);
    EXPECT_GT(pending[ok], 5'000u);
    std::printf(
        "%s: register %lu, stack %lu, queue %lu, map %lu, counter %lu; with pending "
        "calls %lu; intervals %lu, happens-before %lu, program order %lu\n",
        ok ? "linearizable" : "not linearizable", seen[ok][0], seen[ok][1], seen[ok][2],
        seen[ok][3], seen[ok][4], pending[ok], orders[ok][0], orders[ok][1], orders[ok][2]);
  }
  std::printf("linearizable each key alone but not together: %lu\n", split_matters);
  EXPECT_GT(split_matters, 0u);
}

TEST(LinearizabilityDifferential, WhatReallyHappenedIsLinearizable) {
  const Specifications specifications;
  Random random(2);
  for (int i = 0; i < 50'000; ++i) {
    const TestHistory h = Generate(random, /*corrupt=*/false);
    const Judgement judgement =
        specifications.Check<internal::SearchRules>(h.kind, HistoryOf(h), Keys::kTogether);
    ASSERT_EQ(judgement.verdict, Linearizability::kOk) << Describe(h);
  }
}

// How often a checker with these rules is wrong.
template <class Rules>
int Mistakes(int histories) {
  const Specifications specifications;
  Random random(3);
  int mistakes = 0;
  for (int i = 0; i < histories; ++i) {
    const TestHistory h = Generate(random, /*corrupt=*/true);
    const Judgement judgement = specifications.Check<Rules>(h.kind, HistoryOf(h), Keys::kTogether);
    mistakes += (judgement.verdict == Linearizability::kOk) != BruteForce(h).linearizable();
  }
  return mistakes;
}

using internal::SearchRules;
struct Intact : SearchRules {};
struct IgnoresOrder : SearchRules {
  static constexpr bool kRespectOrder = false;
};
struct ForgetsCounts : SearchRules {
  static constexpr bool kMemoHasCounts = false;
};
struct ForgetsState : SearchRules {
  static constexpr bool kMemoHasState = false;
};
struct PendingNeverTakesEffect : SearchRules {
  static constexpr bool kPendingMayTakeEffect = false;
};
struct SplitsAnyOrder : SearchRules {
  static constexpr bool kSplitOnlyIntervals = false;
};

TEST(LinearizabilityDifferential, NoticesEveryBrokenRule) {
  constexpr int kHistories = 50'000;
  EXPECT_EQ(Mistakes<Intact>(kHistories), 0);
  const auto expect_mistakes = [](const char* what, int mistakes) {
    std::printf("%s: %d mistakes in %d histories\n", what, mistakes, kHistories);
    EXPECT_GT(mistakes, 0) << what;
  };
  expect_mistakes("ignores the order", Mistakes<IgnoresOrder>(kHistories));
  expect_mistakes("memo without counts", Mistakes<ForgetsCounts>(kHistories));
  expect_mistakes("memo without state", Mistakes<ForgetsState>(kHistories));
  expect_mistakes("pending calls never take effect", Mistakes<PendingNeverTakesEffect>(kHistories));
  expect_mistakes("splits any order", Mistakes<SplitsAnyOrder>(kHistories));
}

}  // namespace
}  // namespace hammerlock
