// SPDX-License-Identifier: Apache-2.0
//
// What each strategy promises, measured on programs small enough to know the answer.
#include <cstdint>
#include <functional>
#include <vector>

#include "explore/runtime/choose.h"
#include "explore/runtime/runtime.h"
#include "explore/runtime/search.h"
#include "gtest/gtest.h"

extern "C" {
int __tsan_atomic32_load(const volatile int* a, int order);
void __tsan_atomic32_store(volatile int* a, int value, int order);
}

namespace hammerlock::explore {
namespace {

constexpr Strategy kStrategies[] = {Strategy::kPortfolio, Strategy::kWalk, Strategy::kPct,
                                    Strategy::kPctwm, Strategy::kPos};
constexpr int kRelaxed = 0;

using Part = std::function<void()>;

void RunThreads(std::vector<Part>& parts) {
  std::vector<Thread*> threads;
  const auto run = [](void* part) -> void* { return (*static_cast<Part*>(part))(), nullptr; };
  for (Part& part : parts) threads.push_back(Spawn(run, &part));
  for (Thread* thread : threads) {
    while (!thread->finished) Block(thread, "join");
    Acquire(thread->clock);
  }
}

// A test body, run as an execution. Its own memory is the harness's.
const Ending& RunBody(const Part& body) {
  Prepare(Options());
  return Execute([](void* b) { (*static_cast<const Part*>(b))(); }, const_cast<Part*>(&body));
}

// The share of `executions` in which `body` says yes.
double Rate(Strategy strategy, int executions, const std::function<bool()>& body) {
  int yes = 0;
  for (int i = 0; i < executions; ++i) {
    SeedExecution(1, static_cast<uint64_t>(i), strategy);
    bool said = false;
    RunBody([&] { said = body(); });
    yes += said;
  }
  return static_cast<double>(yes) / executions;
}

void Step() { Point({0, true, true}); }

// Executions of different lengths, which fail if the first thread is held up in its middle.
void Uneven() {
  Unobserved unobserved;
  int count = 0;
  const int length = 2 << Choose(7);
  std::vector<Part> parts = {[&] {
                               for (int i = 0; i < length; ++i) Step();
                               const int before = count;
                               Step();
                               if (count > before) FailHere(FailureKind::kExpectation, "held up");
                             },
                             [&] {
                               for (int i = 0; i < length; ++i) Step(), ++count;
                             }};
  g_watching = true;
  RunThreads(parts);
  g_watching = false;
}

TEST(Strategies, RepeatEveryFailure) {
  ChoiceTrace& trace = NewTrace();
  const Part body = [] { Uneven(); };
  struct Again {
    const Part& body;
    static bool Run(void* self) {
      return RunBody(static_cast<Again*>(self)->body).failure != FailureKind::kNone;
    }
  } again{body};
  const Attempt attempt = {&Again::Run, &again};
  for (const Strategy strategy : kStrategies) {
    std::vector<uint64_t> failed;
    for (uint64_t i = 0; i < 1000; ++i) {
      SeedExecution(1, i, strategy);
      if (attempt.run(attempt.argument)) failed.push_back(i);
    }
    EXPECT_GT(failed.size(), 5u);
    int lost = 0, astray = 0;
    for (const uint64_t i : failed) {
      if (!Capture(1, i, strategy, attempt, &trace)) {
        ++lost;
        continue;
      }
      g_chooser.Repeat(trace.choices, trace.size);
      astray += !attempt.run(attempt.argument) || g_chooser.diverged();
    }
    EXPECT_EQ(lost, 0) << "strategy " << static_cast<int>(strategy);
    EXPECT_EQ(astray, 0) << "strategy " << static_cast<int>(strategy);
  }
}

// A thread of sixty steps is held up before its 33rd until the other one has made as many: depth 2.
TEST(Strategies, PctFindsABugOfDepthTwoAsOftenAsItPromises) {
  constexpr int kSteps = 60;
  const double rate = Rate(Strategy::kPct, 100'000, [] {
    int count = 0;
    bool found = false;
    std::vector<Part> parts = {[&] {
                                 for (int i = 1; i <= kSteps; ++i) {
                                   const int before = count;
                                   Step();
                                   found |= i == 33 && before == 0 && count == kSteps;
                                 }
                               },
                               [&] {
                                 for (int i = 0; i < kSteps; ++i) Step(), ++count;
                               }};
    RunThreads(parts);
    return found;
  });
  // Depth 2 is one in four. That the thread is the first of two: 1/2. The point is at most the
  // 34th; executions assume few points half of the time.
  EXPECT_GE(rate, 1.0 / 4 / 2 / (2 * 6 * 34));
}

// The reader sees nothing until its read `at`, which sees the value `value`, and from there on
// that.
double RateOfPctwm(int at, int value) {
  volatile int x = 0;
  return Rate(Strategy::kPctwm, 100'000, [&] {
    x = 0;
    bool found = true;
    std::vector<Part> parts = {[&] {
                                 for (int i = 1; i <= 4; ++i)
                                   __tsan_atomic32_store(&x, i, kRelaxed);
                               },
                               [&] {
                                 for (int i = 1; i <= 10; ++i) {
                                   found &=
                                       __tsan_atomic32_load(&x, kRelaxed) == (i < at ? 0 : value);
                                 }
                               }};
    RunThreads(parts);
    return found;
  });
}

TEST(Strategies, PctwmFindsABugOfOneFarReadAsOftenAsItPromises) {
  for (const int at : {1, 4, 9}) {
    for (const int behind : {0, 1, 3}) {
      // Depth 1 and each history are one in four; executions assume few reads half of the time.
      double bound = 0;
      for (int history = behind + 1; history <= 4; ++history) {
        bound += 1.0 / 4 / 4 / (2 * 6 * (at + 1) * history);
      }
      EXPECT_GE(RateOfPctwm(at, 4 - behind), bound) << at << ' ' << behind;
    }
  }
}

// How often b, which was pending when a1 was executed first, is second to a2 as well.
double RateOfBeingLast(uintptr_t a, uintptr_t b) {
  int first = 0, both = 0;
  Rate(Strategy::kPos, 100'000, [&] {
    bool arrived = false, pending = false, done = false;
    std::vector<Part> parts = {[&] {
                                 Point({a, true, true});
                                 pending = arrived && !done;
                                 Point({a, true, true});
                                 first += pending;
                                 both += pending && !done;
                               },
                               [&] {
                                 arrived = true;
                                 Point({b, true, true});
                                 done = true;
                               }};
    RunThreads(parts);
    return false;
  });
  EXPECT_GT(first, 10'000);
  return static_cast<double>(both) / first;
}

TEST(Strategies, PosGivesNewPrioritiesToWhatConflicts) {
  EXPECT_NEAR(RateOfBeingLast(64, 64), 0.5, 0.01);
  // What does not conflict keeps its priority, and that was low.
  EXPECT_GT(RateOfBeingLast(64, 128), 0.6);
}

}  // namespace
}  // namespace hammerlock::explore
