// SPDX-License-Identifier: Apache-2.0
//
// Load buffering by promises, held against the judge with the rule that forbids it left out; and
// with rules of the promises dropped, which has to be noticed.
#include <pthread.h>

#include <cstdint>
#include <set>
#include <utility>

#include "explore/axioms/critical_cycle.h"
#include "explore/axioms/generator.h"
#include "explore/axioms/litmus_suite.h"
#include "explore/judged_program.h"
#include "explore/runtime/mutation.h"
#include "explore/runtime/runtime.h"
#include "explore/runtime/search.h"
#include "gtest/gtest.h"

extern "C" {
int __tsan_atomic32_load(const volatile int* a, int order);
void __tsan_atomic32_store(volatile int* a, int value, int order);
}

namespace hammerlock::explore {

using namespace axioms;

namespace {

constexpr Effort kEffort{1000, 3'000'000};
constexpr uint64_t kPrograms = 150;

// Calls `f` for so many programs, until it returns false.
template <class F>
void ForPrograms(uint64_t count, F f) {
  for (uint64_t seed = 0, done = 0; done < count; ++seed) {
    for (const Program& program : {RandomProgram(seed), RandomCriticalCycle(seed).program}) {
      if (!HasUseForPromises(program)) continue;
      ++done;
      if (!f(program)) return;
    }
  }
}

void ExpectTheSame(const Program& program) {
  const Difference difference = HoldPromisesAgainstJudge(program, kEffort);
  EXPECT_TRUE(difference.empty()) << Describe(program, difference);
}

TEST(Promises, ShowLoadBuffering) {
  for (const char* const text : {
           "R x rlx; W y 1 rlx | R y rlx; W x 1 rlx",                       // both 1
           "R x acq; W y 1 rlx | R y acq; W x 1 rlx",                       // so here
           "R x sc; W y 1 rlx | R y sc; W x 1 rlx",                         // and here
           "R x rlx; W y 1 rlx | R y rlx; W z 1 rlx | R z rlx; W x 1 rlx",  // three threads
           "R x rlx; F sc; W y 1 rlx | R y rlx; W x 1 rlx",
           "R x rlx; R x rlx; W y 1 rlx | R y rlx; W x 1 rlx; W x 2 rlx",
       }) {
    const Program program = *Parse(text);
    EXPECT_TRUE(HasUseForPromises(program)) << text;
    ExpectTheSame(program);
  }
}

// What is released is not promised, nor does a promise change what is forbidden.
TEST(Promises, KeepWhatIsForbidden) {
  for (const char* const text : {
           "R x acq; W y 1 rel | R y acq; W x 1 rel",
           "R x rlx; F ar; W y 1 rlx | R y rlx; F ar; W x 1 rlx",
           "R x rlx; W x 1 rlx | R x rlx; W x 2 rlx",
           "R x rlx; W y 1 rel | R y acq; W x 1 rlx",
       }) {
    ExpectTheSame(*Parse(text));
  }
}

TEST(Promises, LitmusSuite) {
  for (const LitmusTest& test : LitmusSuite()) {
    const Program program = *Parse(test.program);
    if (program.has_read_modify_writes()) continue;
    SCOPED_TRACE(test.name);
    ExpectTheSame(program);
  }
}

TEST(Promises, RandomPrograms) {
  ForPrograms(kPrograms, [](const Program& program) {
    ExpectTheSame(program);
    return true;
  });
}

// Programs in which what is stored depends on what was loaded: registers r0 and r1.
struct Dependent {
  volatile int x = 0, y = 0;
  int r0 = 0, r1 = 0;
  void (*second)(Dependent&) = nullptr;
};

constexpr int kRelaxed = 0;

void* First(void* argument) {
  Dependent& d = *static_cast<Dependent*>(argument);
  d.r0 = __tsan_atomic32_load(&d.x, kRelaxed);
  __tsan_atomic32_store(&d.y, d.r0, kRelaxed);
  return nullptr;
}

void* Second(void* argument) {
  Dependent& d = *static_cast<Dependent*>(argument);
  d.r1 = __tsan_atomic32_load(&d.y, kRelaxed);
  d.second(d);
  return nullptr;
}

void RunDependent(void* argument) {
  Dependent& d = *static_cast<Dependent*>(argument);
  d.x = 0;
  d.y = 0;
  d.r0 = d.r1 = 0;
  pthread_t first, second;
  pthread_create(&first, nullptr, &First, &d);
  pthread_create(&second, nullptr, &Second, &d);
  pthread_join(first, nullptr);
  pthread_join(second, nullptr);
}

// The pairs r0, r1 that show.
std::set<std::pair<int, int>> Shown(void (*second)(Dependent&)) {
  Options options;
  options.load_buffering = true;
  Prepare(options);
  Dependent d;
  d.second = second;
  std::set<std::pair<int, int>> shown;
  for (uint64_t i = 0; i < 30'000; ++i) {
    SeedExecution(1, i, Strategy::kPortfolio);
    const Ending& ending = Execute(&RunDependent, &d);
    EXPECT_EQ(ending.failure, FailureKind::kNone) << ending.why;
    if (!ending.discarded) shown.emplace(d.r0, d.r1);
  }
  return shown;
}

void StoreOne(Dependent& d) { __tsan_atomic32_store(&d.x, 1, kRelaxed); }
void StoreWhatWasLoaded(Dependent& d) { __tsan_atomic32_store(&d.x, d.r1, kRelaxed); }
void StoreOneOrTheOther(Dependent& d) {
  // A compiler may make this the store of a constant.
  __tsan_atomic32_store(&d.x, d.r1 == 0 ? 1 : d.r1, kRelaxed);
}
void StoreOneIfNothingWasLoaded(Dependent& d) {
  if (d.r1 == 0) __tsan_atomic32_store(&d.x, 1, kRelaxed);
}

using Pairs = std::set<std::pair<int, int>>;

TEST(Promises, NothingComesOutOfThinAir) {
  EXPECT_EQ(Shown(&StoreOne), (Pairs{{0, 0}, {1, 0}, {1, 1}}));
  EXPECT_EQ(Shown(&StoreWhatWasLoaded), (Pairs{{0, 0}}));
  EXPECT_EQ(Shown(&StoreOneOrTheOther), (Pairs{{0, 0}, {1, 0}, {1, 1}}));
  EXPECT_EQ(Shown(&StoreOneIfNothingWasLoaded), (Pairs{{0, 0}, {1, 0}}));
}

TEST(Promises, ThatAreNotKeptDoNotCount) {
  g_mutation = Mutation::kPromisesNeedNotBeKept;
  EXPECT_TRUE(Shown(&StoreOneIfNothingWasLoaded).contains({1, 1}));
  g_mutation = Mutation::kNone;
}

class EachMutation : public testing::TestWithParam<Mutation> {};

TEST_P(EachMutation, IsNoticed) {
  g_mutation = GetParam();
  bool noticed = false;
  ForPrograms(kPrograms, [&](const Program& program) {
    noticed = !HoldPromisesAgainstJudge(program, {300, 3000}).unsound.empty();
    return !noticed;
  });
  g_mutation = Mutation::kNone;
  EXPECT_TRUE(noticed);
}

INSTANTIATE_TEST_SUITE_P(All, EachMutation,
                         testing::Values(Mutation::kPromisesIgnoreCoherence,
                                         Mutation::kReleasesArePromised));

}  // namespace
}  // namespace hammerlock::explore
