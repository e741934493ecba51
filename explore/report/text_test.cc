// SPDX-License-Identifier: Apache-2.0
#include "explore/report/text.h"

#include <string>
#include <vector>

#include "absl/strings/str_split.h"
#include "explore/report/explanation.h"
#include "explore/report/made_execution.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace hammerlock::explore {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

std::string TextOf(const MadeExecution& e) { return StepsText(e.Tell()); }
std::vector<std::string> RowsOf(const MadeExecution& e) { return absl::StrSplit(TextOf(e), '\n'); }

TEST(StepsText, StaleReadNamesTheStoreThatItIgnored) {
  MadeExecution e;
  e.Write(1, kData, 1, kRelaxed).Write(1, kFlag, 1, kRelaxed);
  e.Read(2, kFlag, 1, kAcquire).Read(2, kData, -1, kRelaxed, 1);
  EXPECT_EQ(TextOf(e),
            "      thread 1                | thread 2\n"
            "   1  store A = 1 relaxed  :1 |\n"
            "   2  store B = 1 relaxed  :2 |\n"
            "   3                          | load B = 1 acquire  :3  from 2 (no sync)\n"
            "   4                          | load A = 0 relaxed  :4  initial, IGNORES 1\n"
            "      :N is some/folder/mp.cc:N  A = 0x404060  B = 0x404068\n");
}

TEST(StepsText, AGlobalVariableHasItsName) {
  MadeExecution e;
  e.Write(1, kData, 1, kRelaxed).Write(2, kFlag, 1, kRelaxed);
  const std::string text = StepsText(e.Tell({{kData, "(anonymous namespace)::ready"}}));
  EXPECT_THAT(text, HasSubstr("store ready = 1"));
  EXPECT_THAT(text, HasSubstr("A = 0x404068"));
}

TEST(StepsText, AcquireSynchronisesWithTheReleaseThatItReads) {
  MadeExecution e;
  e.Write(1, kFlag, 1, kRelease).Read(2, kFlag, 0, kAcquire).Read(3, kFlag, 0, kRelaxed);
  EXPECT_THAT(TextOf(e), HasSubstr("from 1 (sync)"));
  EXPECT_THAT(TextOf(e), HasSubstr("from 1 (no sync)"));
}

TEST(StepsText, ReleaseSequenceIsFollowedThroughReadModifyWrites) {
  MadeExecution e;
  e.Write(1, kFlag, 1, kRelease).Modify(2, kFlag, 0, 2, kRelaxed).Read(1, kFlag, 1, kRelaxed);
  e.Write(2, kData, 1, kRelaxed).Read(3, kFlag, 1, kAcquire);
  EXPECT_THAT(TextOf(e), HasSubstr("modify A: 1 to 2 relaxed"));
  EXPECT_THAT(TextOf(e), HasSubstr("syncs with 1"));
}

TEST(StepsText, FencesSynchroniseForTheRelaxedAccessesBesideThem) {
  MadeExecution e;
  e.Fence(1, kRelease).Write(1, kFlag, 1, kRelaxed);
  e.Read(2, kFlag, 1, kRelaxed).Fence(2, kAcquire);
  const std::vector<std::string> rows = RowsOf(e);
  EXPECT_THAT(rows[3], HasSubstr("no sync"));
  EXPECT_THAT(rows[4], HasSubstr(":4  syncs with 1"));
}

TEST(StepsText, LockSynchronisesWithTheUnlockBefore) {
  MadeExecution e;
  e.Add(Event::kLock, 1, kMutex).Add(Event::kUnlock, 1, kMutex).Add(Event::kLock, 2, kMutex);
  EXPECT_THAT(RowsOf(e)[3], HasSubstr("lock A  :3  syncs with 2"));
}

TEST(StepsText, StoreInsertedBelowAnotherSaysSo) {
  MadeExecution e;
  e.Write(1, kData, 1, kRelaxed).Write(2, kData, 2, kRelaxed).From(1, 1);
  // In modification order 2 is before 1: only 1 is newer.
  e.Read(3, kData, 1, kRelaxed, 1);
  EXPECT_THAT(TextOf(e), HasSubstr("comes before 1 in the end"));
  EXPECT_THAT(TextOf(e), HasSubstr("IGNORES 1\n"));
}

TEST(StepsText, APromisedStoreMayBeReadBeforeItIsMade) {
  MadeExecution e;
  e.Write(2, kData, 7, kRelaxed);
  e.Read(1, kData, 0, kRelaxed).Write(2, kData, 5, kRelaxed).Read(3, kData, 2, kRelaxed, 1);
  // Thread 1 has read 5, which stands above the store itself as well.
  e[1].read = e[1].value = 5;
  e[1].from_step = e[1].step;
  e[2].newer = 1;
  EXPECT_THAT(TextOf(e), HasSubstr("from 3 (no sync), YET TO COME"));
  EXPECT_THAT(TextOf(e), Not(HasSubstr("in the end")));
  EXPECT_THAT(TextOf(e), HasSubstr("from 3 (no sync)\n"));
  EXPECT_THAT(TextOf(e), Not(HasSubstr("IGNORES")));
}

TEST(StepsText, StoresOfTwoThreadsInOneStepAreToldApart) {
  MadeExecution e;
  e.Write(1, kData, 7, kRelaxed).Write(2, kData, 8, kRelaxed).Read(3, kData, 0, kRelaxed, 1);
  e[1].step = e[1].from_step = e[0].step;
  EXPECT_THAT(TextOf(e), HasSubstr("from 1 (no sync), IGNORES 2"));
}

TEST(StepsText, ValuesHaveTheSignThatTheirSizeGives) {
  MadeExecution e;
  e.Write(1, kData, 0xffffffff, kSeqCst).Write(1, kData, 0xdeadbeef, kSeqCst);
  EXPECT_THAT(TextOf(e), HasSubstr("A = -1 seq_cst"));
  EXPECT_THAT(TextOf(e), HasSubstr("A = 0xdeadbeef seq_cst"));
}

TEST(StepsText, PlainAccessesAreShownWhereThreadsShareTheMemory) {
  constexpr uintptr_t kOwn = 0x5000, kGiven = 0x6000, kShared = 0x7000;
  MadeExecution e;
  e.Plain(0, kOwn, true).Plain(0, kGiven, true).Add(Event::kSpawn, 0, 0, 1);
  e.Plain(1, kGiven, false).Plain(0, kShared, true).Plain(1, kShared, false);
  EXPECT_EQ(TextOf(e),
            "      thread 0           | thread 1\n"
            "   1  start thread 1  :3 |\n"
            "   2  write A         :5 |\n"
            "   3                     | read A  :6\n"
            "      :N is some/folder/mp.cc:N  A = 0x7000\n");
}

TEST(StepsText, LoadsInALoopShareARow) {
  MadeExecution e;
  for (int i = 0; i < 5; ++i) {
    e.Read(1, kFlag, -1, kAcquire);
    e.last().pc = nullptr;
  }
  EXPECT_THAT(RowsOf(e)[1], HasSubstr("load A = 0 acquire  :1  5 times"));
}

TEST(StepsText, LongExecutionFitsOnAScreenAndKeepsWhatIsReferredTo) {
  MadeExecution e;
  for (int i = 0; i < 1000; ++i) e.Write(1, i == 500 ? kData : kFlag, i, kRelaxed);
  e.Read(2, kData, 500, kRelaxed);
  const std::vector<std::string> rows = RowsOf(e);
  EXPECT_LE(rows.size(), 45u);
  EXPECT_THAT(rows[1], HasSubstr("   1  store A = 0"));
  EXPECT_THAT(TextOf(e), HasSubstr(" 501  store B = 500"));
  EXPECT_THAT(TextOf(e), HasSubstr("steps left out ..."));
  EXPECT_THAT(rows[rows.size() - 3], HasSubstr("1001"));
  EXPECT_THAT(rows[rows.size() - 3], HasSubstr("from 501"));
}

TEST(StepsText, EveryLineIsAtMostAScreenWide) {
  for (int threads : {2, 3, 9}) {
    MadeExecution e;
    e.SetFile(std::string(200, 'x'));
    for (int i = 0; i < 60; ++i) {
      e.Write(i % threads, 0x700000000000 + 64 * i, ~0u / 3, kSeqCst);
      if (i == 30) e.Add(Event::kReturn, 0).What("with_a_name_that_is_much_longer_than_any_column");
    }
    e.Read(0, 0x700000000000, 0, kSeqCst, 1);
    const std::vector<std::string> rows = RowsOf(e);
    EXPECT_LE(rows.size(), 50u);  // With the legend of the many locations.
    for (const std::string& row : rows) {
      if (row.find(":N is") == row.npos) EXPECT_LE(row.size(), 120u) << row;
    }
  }
}

TEST(StepsText, ManyThreadsShareAColumn) {
  MadeExecution e;
  for (int t = 0; t < 5; ++t) e.Write(t, kData, t, kRelease);
  EXPECT_THAT(TextOf(e), HasSubstr("   4  thread 3   store A = 3 release  :4\n"));
}

TEST(StepsText, NothingHappened) { EXPECT_EQ(TextOf(MadeExecution()), ""); }

TEST(StepsText, WithoutSymbolsThereAreAddresses) {
  MadeExecution e;
  e.Write(1, kData, 1, kRelaxed);
  const Story story({e[0]}, {"worker"}, [](const auto&, const auto&) { return Symbols(); });
  EXPECT_EQ(StepsText(story),
            "      thread 1\n"
            "   1  store A = 1 relaxed  pc 0x1\n"
            "      A = 0x404060\n");
}

TEST(ExplanationTest, ARaceHasBothPlaces) {
  MadeExecution e;
  e.Plain(1, kData, true).Plain(1, kFlag, false).Plain(2, kData, false);
  e.Add(Event::kFail, 2, kData).What("data race: ...", 1 + 1);
  EXPECT_EQ(Explanation(e.Tell()),
            "data race on A (4 bytes at 0x404060)\n"
            "  thread 2 reads it in row 2\n"
            "      some/folder/mp.cc:3 in f\n"
            "  thread 1 wrote it in row 1\n"
            "      some/folder/mp.cc:1 in f\n"
            "  and nothing orders the two\n");
  EXPECT_THAT(TextOf(e), HasSubstr("read A  :3  RACES WITH 1"));
}

TEST(ExplanationTest, FreedMemoryHasThePlaceOfItsFree) {
  MadeExecution e;
  e.Add(Event::kAllocate, 1, kData);
  e.last().read = 32;
  e.Add(Event::kFree, 1, kData);
  e.last().read = 32;
  e.Plain(2, kFlag, false).Add(Event::kFail, 2, kFlag).What("use after free: ...");
  const std::string text = Explanation(e.Tell());
  EXPECT_THAT(text, HasSubstr("use after free of A (4 bytes at 0x404068, in a block of 32 bytes)"));
  EXPECT_THAT(text, HasSubstr("thread 1 freed it in row 1\n      some/folder/mp.cc:2 in f"));
}

TEST(ExplanationTest, ADeadlockTellsWhoWaitsForWhom) {
  MadeExecution e;
  e.Add(Event::kLock, 1, kMutex).Add(Event::kNotify, 2, kFlag);
  e.Add(Event::kBlock, 2, kMutex).What("mutex").Add(Event::kBlock, 1, kFlag).What("futex");
  e.Add(Event::kFail, 1).What("deadlock: ...");
  const std::string text = Explanation(e.Tell());
  EXPECT_THAT(text, HasSubstr("thread 2 waits for mutex A, which thread 1 has in row 3\n"));
  EXPECT_THAT(text, HasSubstr("thread 1 waits for futex B, notified last by thread 2 in row 2, "
                              "before it waits in row 4\n"));
}

TEST(ExplanationTest, WhatTheScenarioJudgedNeedsNone) {
  EXPECT_EQ(Explanation(MadeExecution().Write(1, kData, 1, kRelaxed).Tell()), "");
}

}  // namespace
}  // namespace hammerlock::explore
