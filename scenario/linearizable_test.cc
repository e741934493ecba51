// SPDX-License-Identifier: Apache-2.0
//
// Drives declarations through the waist with threads of its own.
#include "scenario/linearizable.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace hammerlock {
namespace {

using ::testing::HasSubstr;

class LockedStack {
 public:
  LockedStack() = default;
  LockedStack(const LockedStack&) = delete;  // As most subjects are.

  void Push(int v) {
    std::lock_guard lock(mu_);
    items_.push_back(v);
  }
  std::optional<int> TryPop() {
    std::lock_guard lock(mu_);
    if (items_.empty()) return std::nullopt;
    const int v = items_.back();
    items_.pop_back();
    return v;
  }

 private:
  std::mutex mu_;
  std::vector<int> items_;
};

// Looks and takes in two steps: two pops may return the same item.
class TornStack : public LockedStack {
 public:
  std::optional<int> TryPop() {
    const std::optional<int> v = LockedStack::TryPop();
    if (!v) return v;
    LockedStack::Push(*v);
    LockedStack::TryPop();
    return v;
  }
};

template <class Stack>
void DeclareStack(Linearizable<Stack, StackModel>& that) {
  that.Op("push", &Stack::Push, &StackModel::Push).With(Fresh());
  that.Op("pop", &Stack::TryPop, &StackModel::TryPop);
}

LINEARIZABLE(LockedStackIsAStack, LockedStack, StackModel) { DeclareStack(*this); }
LINEARIZABLE(TornStackIsAStack, TornStack, StackModel) { DeclareStack(*this); }

Scenario& Find(std::string_view name) {
  for (const auto& scenario : Scenarios()) {
    if (scenario->name() == name) return *scenario;
  }
  std::fprintf(stderr, "%.*s is not registered\n", static_cast<int>(name.size()), name.data());
  std::abort();
}

// Runs a batch on threads that meet before each execution.
Tally RunAtOnce(Batch& batch, size_t size) {
  std::atomic<size_t> arrived{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < batch.threads(); ++t) {
    threads.emplace_back([&, t] {
      for (size_t i = 0; i < size; ++i) {
        arrived.fetch_add(1, std::memory_order_acq_rel);  // pairs with the acquire below
        while (arrived.load(std::memory_order_acquire) < (i + 1) * batch.threads()) {
          std::this_thread::yield();
        }
        batch.Run(t, {i, i + 1});
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  Tally tally;
  batch.Finish({0, size}, tally);
  return tally;
}

// Runs a program's threads one after the other, in this order.
Tally RunInOrder(Scenario& scenario, std::string_view program, std::vector<int> order,
                 size_t size = 1) {
  const auto trace = scenario.Parse(program);
  if (!trace.ok()) {
    ADD_FAILURE() << trace.status();
    return {};
  }
  TraceChoices choices(*trace);
  const auto batch = scenario.Make(choices, size);
  EXPECT_EQ(batch->threads(), static_cast<int>(order.size()));
  for (int t : order) batch->Run(t, {0, size});
  Tally tally;
  batch->Finish({0, size}, tally);
  return tally;
}

TEST(Linearizable, CorrectStackPasses) {
  Scenario& scenario = Find("LockedStackIsAStack");
  SeededChoices choices(1);
  uint64_t executions = 0;
  for (int i = 0; i < 50; ++i) {
    const auto batch = scenario.Make(choices, 100);
    const Tally tally = RunAtOnce(*batch, 100);
    ASSERT_EQ(tally.failures(), 0u) << tally.first_failure()->why;
    EXPECT_EQ(tally.inconclusive(), 0u);
    executions += tally.executions();
  }
  EXPECT_EQ(executions, 5000u);
}

TEST(Linearizable, TornStackFailsAndShrinks) {
  Scenario& scenario = Find("TornStackIsAStack");
  const auto failure = [&](Choices& choices) -> std::string {
    const auto batch = scenario.Make(choices, 50);
    const Tally tally = RunAtOnce(*batch, 50);
    if (tally.first_failure()) return tally.first_failure()->why;
    return "";
  };
  SeededChoices seeded(1);
  Trace trace;
  std::string why;
  for (int i = 0; i < 10'000 && why.empty(); ++i) {
    RecordingChoices recorded(seeded);
    const auto batch = scenario.Make(recorded, 100);
    const Tally tally = RunAtOnce(*batch, 100);
    if (!tally.first_failure()) continue;
    trace = recorded.trace();
    why = tally.first_failure()->why;
  }
  ASSERT_FALSE(why.empty());
  EXPECT_THAT(why, HasSubstr("not linearizable:"));
  EXPECT_THAT(why, HasSubstr("then none can be the next:"));
  EXPECT_FALSE(scenario.Explain(trace).empty());
  // As an engine shrinks, but for a few steps only.
  const size_t size = scenario.Print(trace).size();
  for (int steps = 0; steps < 2; ++steps) {
    for (const Trace& smaller : scenario.Smaller(trace)) {
      TraceChoices choices(smaller);
      EXPECT_LE(scenario.Print(smaller).size(), size + 2);  // `@` may be added.
      if (failure(choices).empty()) continue;
      trace = smaller;
      break;
    }
  }
}

TEST(Linearizable, ProgramsGoThroughText) {
  Scenario& scenario = Find("LockedStackIsAStack");
  for (uint64_t seed = 0; seed < 200; ++seed) {
    SeededChoices seeded(seed);
    RecordingChoices recorded(seeded);
    scenario.Make(recorded, 1);
    const std::string text = scenario.Print(recorded.trace());
    const auto trace = scenario.Parse(text);
    ASSERT_TRUE(trace.ok()) << trace.status();
    EXPECT_EQ(scenario.Print(*trace), text);
  }
  EXPECT_EQ(scenario.Parse("pop+top").status().message(),
            "\"top\" is no operation of LockedStackIsAStack; it has push, pop");
}

// A register of which threads see each store only when the next is made.
class LaggingRegister {
 public:
  void Store(int v) { old_ = value_.exchange(v, std::memory_order_acq_rel); }
  int Load() const noexcept { return old_; }

 private:
  std::atomic<int> value_{0};
  std::atomic<int> old_{0};
};

void DeclareRegister(Linearizable<LaggingRegister, RegisterModel>& that) {
  that.Op("store", &LaggingRegister::Store, &RegisterModel::Store);
  that.Op("load", &LaggingRegister::Load, &RegisterModel::Load);
}
LINEARIZABLE(LaggingRegisterIsLinearizable, LaggingRegister, RegisterModel) {
  DeclareRegister(*this);
}
LINEARIZABLE(LaggingRegisterIsSequentiallyConsistent, LaggingRegister, RegisterModel) {
  DeclareRegister(*this);
  SequentiallyConsistent();
}

TEST(Linearizable, RecordsWhatHappensBefore) {
  // The load comes after the store and returns what was before it.
  Tally tally = RunInOrder(Find("LaggingRegisterIsLinearizable"), "store.1+load", {0, 1});
  ASSERT_EQ(tally.failures(), 1u);
  EXPECT_EQ(tally.first_failure()->why,
            "not linearizable:\n"
            "  #  thread 0  thread 1    follows\n"
            "  1  store(1)\n"
            "  2            load() = 0  1\n"
            "At most the rows 1 can be linearized, in this order; then none can be the next:\n"
            "  2  load() = 0, but the model returns 1\n");
  // The other way round all is well.
  EXPECT_EQ(RunInOrder(Find("LaggingRegisterIsLinearizable"), "store.1+load", {1, 0}).failures(),
            0u);
  // Before precedes all, after follows all.
  EXPECT_EQ(RunInOrder(Find("LaggingRegisterIsLinearizable"), "store.1@+load@", {0, 1}).failures(),
            1u);
  EXPECT_EQ(RunInOrder(Find("LaggingRegisterIsLinearizable"), "@store.1@load", {0}).failures(), 1u);
}

TEST(Linearizable, SequentialConsistencyKnowsNoOrderBetweenThreads) {
  Scenario& scenario = Find("LaggingRegisterIsSequentiallyConsistent");
  EXPECT_EQ(RunInOrder(scenario, "store.1+load", {0, 1}).failures(), 0u);
  const Tally tally = RunInOrder(scenario, "store.1,load+load", {0, 1});
  ASSERT_EQ(tally.failures(), 1u);  // A thread's own calls have one.
  EXPECT_THAT(tally.first_failure()->why, HasSubstr("not sequentially consistent:"));
}

// What a subject may do beside returning.
class Speaker {
 public:
  Speaker() : number_(made.fetch_add(1, std::memory_order_relaxed)) {}  // a plain count
  ~Speaker() { made.fetch_sub(1, std::memory_order_relaxed); }          // likewise
  Speaker(const Speaker&) = delete;

  void Fail() {
    if (number_ == 2) hammerlock::Fail("said so");
  }
  void Throw() {
    if (number_ == 3) throw std::runtime_error("thrown");
  }
  void ThrowAnything() {
    if (number_ == 1) throw 7;
  }
  void Note() { hammerlock::Note("noted"); }
  unsigned Choose() { return hammerlock::Choose(1000); }
  bool IsAligned() const { return reinterpret_cast<uintptr_t>(this) % 64 == 0; }

  static std::atomic<int> made;

 private:
  const int number_;
};
std::atomic<int> Speaker::made{0};

struct NoModel {
  void Nothing() {}
  friend bool operator==(const NoModel&, const NoModel&) = default;
};

LINEARIZABLE(Speaks, Speaker, NoModel) {
  Op("fail", &Speaker::Fail, &Model::Nothing);
  Op("throw_it", &Speaker::Throw, &Model::Nothing);
  Op("throw_any", &Speaker::ThrowAnything, &Model::Nothing);
  Op("note", &Speaker::Note, &Model::Nothing);
  Op("choose", &Speaker::Choose).Allows([](Model&, unsigned) { return true; });
  Op("aligned", &Speaker::IsAligned, [](Model&) { return true; });
}

TEST(Linearizable, FailFailsTheExecutionThatSaidIt) {
  for (const char* program : {"fail+note", "note+fail", "fail@note+note@", "@note+note@fail"}) {
    const Tally tally = RunInOrder(Find("Speaks"), program, {0, 1}, 5);
    EXPECT_EQ(tally.executions(), 5u);
    ASSERT_EQ(tally.failures(), 1u) << program;
    EXPECT_EQ(tally.first_failure()->execution, 3u);
    EXPECT_THAT(tally.first_failure()->why, HasSubstr("linearizable_test.cc"));
    EXPECT_THAT(tally.first_failure()->why, HasSubstr("said so\n  #"));
  }
}

TEST(Linearizable, ExceptionFailsTheExecution) {
  Tally tally = RunInOrder(Find("Speaks"), "note,throw_it,note+note", {0, 1}, 5);
  ASSERT_EQ(tally.failures(), 1u);
  EXPECT_EQ(tally.first_failure()->execution, 4u);
  EXPECT_EQ(tally.first_failure()->why,
            "thread 0: throw_it() threw an exception: thrown\n"
            "  #  thread 0        thread 1  follows\n"
            "  1  note()\n"
            "  2                  note()    1\n"
            "  3  throw_it() ...\n");
  tally = RunInOrder(Find("Speaks"), "throw_any@note+note@", {0, 1}, 5);
  ASSERT_EQ(tally.failures(), 1u);
  EXPECT_EQ(tally.first_failure()->execution, 2u);
  EXPECT_THAT(tally.first_failure()->why,
              HasSubstr("before the threads: throw_any() threw what is no std::exception"));
}

TEST(Linearizable, NotesAreCounted) {
  const Tally tally = RunInOrder(Find("Speaks"), "note@note,note+note@note", {0, 1}, 4);
  EXPECT_EQ(tally.failures(), 0u);
  ASSERT_EQ(tally.outcomes().count("noted"), 1u);
  EXPECT_EQ(tally.outcomes().find("noted")->second.count, 4u * 5);
}

TEST(Linearizable, ChooseAsksTheEngine) {
  struct Sevens : Choices {
    unsigned Choose(unsigned n) override { return asked += n == 1000, n > 7 ? 7 : 0; }
    int asked = 0;
  } choices;
  auto& scenario = static_cast<LinearizableScenario&>(Find("Speaks"));
  const auto program = scenario.grammar().Parse("choose+choose");
  ASSERT_TRUE(program.ok());
  const auto batch = scenario.MakeProgram(*program, choices, 1);
  for (int t : {0, 1}) batch->Run(t, {0, 1});
  EXPECT_EQ(choices.asked, 2);
}

TEST(Linearizable, SubjectsLieApartAndAreDestroyed) {
  EXPECT_EQ(RunInOrder(Find("Speaks"), "aligned+aligned", {0, 1}, 9).failures(), 0u);
  EXPECT_EQ(Speaker::made.load(std::memory_order_relaxed), 0);  // nobody else is there
}

TEST(Linearizable, DisjointRangesFinishAtOnce) {
  Scenario& scenario = Find("LockedStackIsAStack");
  TraceChoices choices(*scenario.Parse("push.1@push.2,pop+pop,pop@pop"));
  constexpr size_t kSize = 4000;
  const auto batch = scenario.Make(choices, kSize);
  for (int t : {0, 1}) batch->Run(t, {0, kSize});
  Tally tallies[2];
  std::thread other([&] { batch->Finish({0, kSize / 2}, tallies[0]); });
  batch->Finish({kSize / 2, kSize}, tallies[1]);
  other.join();
  for (const Tally& tally : tallies) {
    EXPECT_EQ(tally.executions(), kSize / 2);
    EXPECT_EQ(tally.failures(), 0u);
  }
}

// An object in C, and one without a default constructor.
struct CCounter {
  int count;
};
void c_counter_add(CCounter* c, int n) { c->count += n; }
int c_counter_get(const CCounter* c) { return c->count; }

LINEARIZABLE(CCounterCounts, CCounter, CounterModel) {
  Construct([] { return CCounter{5}; });
  StartModel(5);
  Op("add", &c_counter_add, &Model::Add).With(Between(-1, 1)).Weight(3);
  Op("get", &c_counter_get, &Model::Get);
  Op("twice", [](Subject& c) { return c.count * 2; }, [](const Model& m) { return m.Get() * 2; });
  Threads(1, 1);
  Calls(4, 4);
  Before(0, 0);
  After(1, 1);
}

TEST(Linearizable, TakesFunctionsLambdasAndConstructors) {
  Scenario& scenario = Find("CCounterCounts");
  const Tally tally = RunInOrder(scenario, "@add.1,get,twice,add.-1@get", {0}, 3);
  EXPECT_EQ(tally.executions(), 3u);
  EXPECT_EQ(tally.failures(), 0u);
}

class Ring {
 public:
  explicit Ring(size_t capacity) : capacity_(capacity) {}
  bool TryPush(int v) & { return items_.size() < capacity_ && (items_.push_back(v), true); }
  std::optional<int> TryPop() & noexcept {
    if (items_.empty()) return std::nullopt;
    const int v = items_.front();
    items_.erase(items_.begin());
    return v;
  }
  size_t Size() const& { return items_.size(); }

 private:
  const size_t capacity_;
  std::vector<int> items_;
};

LINEARIZABLE(RingIsABoundedQueue, Ring, BoundedQueueModel) {
  Construct(size_t{2});
  StartModel(2);
  Op("push", &Subject::TryPush, &Model::TryPush).With(Fresh()).By(0);
  Op("pop", &Subject::TryPop, &Model::TryPop).By(1);
  Op("size", &Subject::Size, &Model::Size).OnlyBeforeAndAfter();
}

TEST(Linearizable, BoundOperationsSetTheThreads) {
  const auto& grammar = static_cast<LinearizableScenario&>(Find("RingIsABoundedQueue")).grammar();
  EXPECT_EQ(grammar.threads.min, 2);
  EXPECT_EQ(grammar.threads.max, 2);
  EXPECT_EQ(RunInOrder(Find("RingIsABoundedQueue"),
                       "size@push.1,push.2,push.3+pop,pop,pop@size,pop", {0, 1})
                .failures(),
            0u);
}

// Loses what is put last.
class LossyMap {
 public:
  void Put(int key, int v) { (v == 3 ? lost_ : kept_)[key] = v; }
  std::optional<int> Get(int key) const {
    return kept_[key] < 0 ? std::nullopt : std::optional(kept_[key]);
  }

 private:
  int kept_[2] = {-1, -1};
  int lost_[2] = {};
};

LINEARIZABLE(LossyMapIsAMap, LossyMap, MapModel) {
  Op("put", &Subject::Put, &Model::Put).With(Between(0, 1), Between(0, 3)).Keyed();
  Op("get", &Subject::Get, &Model::Get).With(OneOf(0, 1)).Keyed();
}

TEST(Linearizable, KeyedHistoriesShowOneKey) {
  const Tally tally =
      RunInOrder(Find("LossyMapIsAMap"), "put.0.1,put.1.3,get.0+get.1,get.0", {0, 1});
  ASSERT_EQ(tally.failures(), 1u);
  EXPECT_THAT(tally.first_failure()->why, HasSubstr("(only the calls of key 1)\n"));
  EXPECT_THAT(tally.first_failure()->why, testing::Not(HasSubstr("put(0")));
}

LINEARIZABLE(StackOnABudget, LockedStack, StackModel) {
  DeclareStack(*this);
  Budget({.steps = 2});
}

TEST(Linearizable, BeyondTheBudgetIsInconclusive) {
  const Tally tally = RunInOrder(Find("StackOnABudget"), "push.1,pop+push.2,pop", {0, 1}, 3);
  EXPECT_EQ(tally.failures(), 0u);
  EXPECT_EQ(tally.inconclusive(), 3u);
  EXPECT_THAT(tally.why_inconclusive(), HasSubstr("budget"));
}

// Mistakes in declarations end the program with a sentence.
template <class Subject, class Model, class F>
void Declare(F body) {
  struct Scenario : Linearizable<Subject, Model> {
    using Linearizable<Subject, Model>::Linearizable;
  } scenario("Wrong", "wrong.cc", 7);
  body(scenario);
  scenario.Seal();
}

TEST(LinearizableDeathTest, MistakesInDeclarationsAreTold) {
  testing::GTEST_FLAG(death_test_style) = "threadsafe";
  using Exit = testing::ExitedWithCode;
  EXPECT_EXIT((Declare<LockedStack, StackModel>([](auto&) {})), Exit(64),
              "hammerlock: wrong.cc:7: Wrong: no operation is declared; add an Op");
  EXPECT_EXIT(
      (Declare<LockedStack, StackModel>([](auto& s) { s.Op("pop", &LockedStack::TryPop); })),
      Exit(64),
      "pop says nothing of the model; give Op a function of the model, or add "
      "Allows");
  EXPECT_EXIT((Declare<LockedStack, StackModel>([](auto& s) {
                s.Op("pop", &LockedStack::TryPop, &StackModel::TryPop)
                    .Allows([](StackModel&, std::optional<int>) { return true; });
              })),
              Exit(64), "pop has a model's function already; leave out that or Allows");
  EXPECT_EXIT((Declare<Ring, BoundedQueueModel>([](auto& s) {
                s.Construct(2);
                s.Op("pop", &Ring::TryPop, &BoundedQueueModel::TryPop);
              })),
              Exit(64), "the model has no default constructor; say StartModel");
  EXPECT_EXIT((Declare<Ring, BoundedQueueModel>([](auto& s) {
                s.StartModel(2);
                s.Op("pop", &Ring::TryPop, &BoundedQueueModel::TryPop);
              })),
              Exit(64), "the subject has no default constructor; say Construct");
  EXPECT_EXIT((Declare<LockedStack, StackModel>([](auto& s) {
                DeclareStack(s);
                s.Threads(0, 2);
              })),
              Exit(64), "Threads.0, 2. must be two numbers from 1 to 64");
}

}  // namespace
}  // namespace hammerlock
