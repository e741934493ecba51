// SPDX-License-Identifier: Apache-2.0
//
// Behind the ABI stand real atomics here, and a log of what was asked of them.
#include "explore/axioms/explore_program.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "explore/axioms/differential.h"
#include "explore/axioms/litmus_suite.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace {

std::vector<std::string>* asked_of_abi = nullptr;  // Of programs of one thread only.

template <class... Parts>
void Note(const Parts&... parts) {
  if (asked_of_abi != nullptr) asked_of_abi->push_back(absl::StrCat(parts...));
}

}  // namespace

// The strongest order each: what the hardware shows is then allowed for any.
extern "C" {
int __tsan_atomic32_load(const volatile int* a, int order) {
  Note("load ", order);
  return __atomic_load_n(a, __ATOMIC_SEQ_CST);
}
void __tsan_atomic32_store(volatile int* a, int value, int order) {
  Note("store ", value, " ", order);
  __atomic_store_n(a, value, __ATOMIC_SEQ_CST);
}
int __tsan_atomic32_exchange(volatile int* a, int value, int order) {
  Note("exchange ", value, " ", order);
  return __atomic_exchange_n(a, value, __ATOMIC_SEQ_CST);
}
int __tsan_atomic32_fetch_add(volatile int* a, int value, int order) {
  Note("fetch_add ", value, " ", order);
  return __atomic_fetch_add(a, value, __ATOMIC_SEQ_CST);
}
int __tsan_atomic32_compare_exchange_val(volatile int* a, int expected, int value, int order,
                                         int failure) {
  Note("compare_exchange ", expected, " ", value, " ", order, " ", failure);
  __atomic_compare_exchange_n(a, &expected, value, false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
  return expected;
}
void __tsan_atomic_thread_fence(int order) {
  Note("fence ", order);
  __atomic_thread_fence(__ATOMIC_SEQ_CST);
}
}

namespace hammerlock::axioms {
namespace {

using ::testing::ElementsAre;

TEST(ExploreProgramTest, AsksTheAbiForWhatTheProgramSays) {
  std::vector<std::string> asked;
  asked_of_abi = &asked;
  const Program program = *Parse(
      "W x 1 rel; R x acq; R y sc; X x 2 ar; A y 3 rlx; C x 2 4 ar acq; C x 2 5 rlx sc; F ar");
  const Outcome outcome = RunOnce(CompiledProgram(program));
  asked_of_abi = nullptr;
  EXPECT_THAT(asked, ElementsAre("store 1 3", "load 2", "load 5", "exchange 2 4", "fetch_add 3 0",
                                 "compare_exchange 2 4 4 2", "compare_exchange 2 5 0 5", "fence 4",
                                 "load 0", "load 0"));
  EXPECT_EQ(Print(program, outcome), "0:1 0:0 0:1 0:0 0:2 0:4 x=4 y=3");
}

TEST(ExploreProgramTest, EachExecutionStartsFromZero) {
  const CompiledProgram program(*Parse("A x 1 rlx; A y 1 rlx | A z 1 rlx | R w rlx"));
  for (int i = 0; i < 10; ++i) {
    const Outcome outcome = RunOnce(program);
    EXPECT_EQ(outcome.memory, (std::array<int, kMaxLocations>{1, 1, 1, 0}));
  }
}

TEST(ExploreProgramTest, RealThreadsShowOnlyWhatIsAllowed) {
  for (const LitmusTest& test : LitmusSuite()) {
    const Program program = *Parse(test.program);
    const CompiledProgram compiled(program);
    const Difference difference =
        Compare(program, [&](uint64_t) { return RunOnce(compiled); }, {.least = 10, .most = 10});
    EXPECT_TRUE(difference.unsound.empty()) << test.name << ": " << Describe(program, difference);
  }
}

}  // namespace
}  // namespace hammerlock::axioms
