// SPDX-License-Identifier: Apache-2.0
//
// Behind the ABI stand real atomics here, and a log of what was asked of them.
#include "explore/axioms/explore_program.h"

#include <algorithm>
#include <cstdint>
#include <set>
#include <string>
#include <utility>
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

// Which bytes the program's plain accesses touched; a null pointer for each fetch_add. Of programs
// of one thread only.
std::vector<std::pair<char*, int>>* touched = nullptr;

void Touch(void* a, int size) {
  if (touched != nullptr) touched->emplace_back(static_cast<char*>(a), size);
}

}  // namespace

// The strongest order each: what the hardware shows is then allowed for any.
extern "C" {
#define ATOMICS(bits, type)                                                                      \
  type __tsan_atomic##bits##_load(const volatile type* a, int order) {                           \
    Note("load ", order);                                                                        \
    return __atomic_load_n(a, __ATOMIC_SEQ_CST);                                                 \
  }                                                                                              \
  void __tsan_atomic##bits##_store(volatile type* a, type value, int order) {                    \
    Note("store ", value, " ", order);                                                           \
    __atomic_store_n(a, value, __ATOMIC_SEQ_CST);                                                \
  }                                                                                              \
  type __tsan_atomic##bits##_exchange(volatile type* a, type value, int order) {                 \
    Note("exchange ", value, " ", order);                                                        \
    return __atomic_exchange_n(a, value, __ATOMIC_SEQ_CST);                                      \
  }                                                                                              \
  type __tsan_atomic##bits##_fetch_add(volatile type* a, type value, int order) {                \
    Note("fetch_add ", value, " ", order);                                                       \
    Touch(nullptr, 0);                                                                           \
    return __atomic_fetch_add(a, value, __ATOMIC_SEQ_CST);                                       \
  }                                                                                              \
  type __tsan_atomic##bits##_compare_exchange_val(volatile type* a, type expected, type value,   \
                                                  int order, int failure) {                      \
    Note("compare_exchange ", expected, " ", value, " ", order, " ", failure);                   \
    __atomic_compare_exchange_n(a, &expected, value, false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST); \
    return expected;                                                                             \
  }
ATOMICS(8, int8_t)
ATOMICS(16, int16_t)
ATOMICS(32, int32_t)
#undef ATOMICS
void __tsan_atomic_thread_fence(int order) {
  Note("fence ", order);
  __atomic_thread_fence(__ATOMIC_SEQ_CST);
}

#define PLAIN(name, size)       \
  void __tsan_##name(void* a) { \
    Note(#name);                \
    Touch(a, size);             \
  }
PLAIN(read1, 1)
PLAIN(read2, 2)
PLAIN(read4, 4)
PLAIN(write1, 1)
PLAIN(write2, 2)
PLAIN(write4, 4)
PLAIN(unaligned_read2, 2)
PLAIN(unaligned_read4, 4)
PLAIN(unaligned_write2, 2)
PLAIN(unaligned_write4, 4)
#undef PLAIN
void __tsan_read_range(void* a, unsigned long size) { Touch(a, static_cast<int>(size)); }
void __tsan_write_range(void* a, unsigned long size) {
  if (size < 8) Touch(a, static_cast<int>(size));  // All of the memory: its initialisation.
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

TEST(ExploreProgramTest, TellsOfPlainAccesses) {
  std::vector<std::string> asked;
  asked_of_abi = &asked;
  const Program program = *Parse("W x 1 na; R x na; W y 2 na; R y rlx; G 2; R x na; G 0; R x na");
  const Outcome outcome = RunOnce(CompiledProgram(program));
  asked_of_abi = nullptr;
  // In the end x, which is plain only, is read plainly and y is not.
  EXPECT_THAT(asked,
              ElementsAre("write4", "read4", "write4", "load 0", "read4", "read4", "load 0"));
  EXPECT_EQ(Print(program, outcome), "0:1 0:2 0:1 0:0 x=1 y=2");
}

// Two locations share no byte, two accesses of one do, whatever the manner.
TEST(ExploreProgramTest, InEveryMannerAccessesOverlapIfTheirLocationsAreTheSame) {
  using Bytes = std::vector<std::pair<char*, int>>;
  const auto overlap = [](const auto& p, const auto& q) {
    return p.first < q.first + q.second && q.first < p.first + p.second;
  };
  const CompiledProgram program(*Parse("W x 1 na; R x na; A y 1 rlx; W z 1 na; R z na; A y 1 rlx"));
  std::set<int> sizes;
  size_t several = 0, crossing = 0, neighbours = 0;
  for (uint64_t manner = 1; manner <= 1'000; ++manner) {
    Bytes bytes;
    touched = &bytes;
    RunOnce(program, manner);
    touched = nullptr;
    const auto first = std::ranges::find(bytes, nullptr, &Bytes::value_type::first);
    const auto second = std::find(first + 1, bytes.end(), *first);
    const Bytes x(bytes.begin(), first), z(first + 1, second);
    ASSERT_GE(x.size(), 2u);
    ASSERT_GE(z.size(), 2u);
    several += x.size() > 2;
    for (const auto& p : x) {
      const uintptr_t address = reinterpret_cast<uintptr_t>(p.first);
      sizes.insert(p.second);
      crossing += address % 8 + static_cast<unsigned>(p.second) > 8;
      for (const auto& q : x) EXPECT_TRUE(overlap(p, q)) << manner;
      for (const auto& q : z) {
        EXPECT_FALSE(overlap(p, q)) << manner;
        neighbours += address / 8 == reinterpret_cast<uintptr_t>(q.first) / 8;
      }
    }
  }
  EXPECT_EQ(sizes, (std::set<int>{1, 2, 3, 4}));
  EXPECT_GT(several, 500u);
  EXPECT_GT(crossing, 100u);
  EXPECT_GT(neighbours, 100u);
}

TEST(ExploreProgramTest, InEveryMannerTheOutcomesAreTheSame) {
  const Program program = *Parse(
      "W x 1 na; R x na; W y 2 rel; A y 3 rlx; C z 0 4 ar acq; X w 5 sc; G 0; R z na; G 9; R z na");
  const CompiledProgram compiled(program);
  const Outcome first = RunOnce(compiled);
  EXPECT_EQ(Print(program, first), "0:1 0:2 0:0 0:0 0:4 0:0 x=1 y=5 z=4 w=5");
  for (uint64_t manner = 1; manner <= 1'000; ++manner) {
    ASSERT_EQ(RunOnce(compiled, manner), first) << manner;
  }
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
