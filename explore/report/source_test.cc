// SPDX-License-Identifier: Apache-2.0
#include "explore/report/source.h"

#include <cstdio>
#include <fstream>

#include "gtest/gtest.h"

namespace hammerlock::explore {
namespace {

// The object of what stands where `mark` first does.
std::string At(std::string_view line, std::string_view mark) {
  return ObjectAt(line, static_cast<int>(line.find(mark)) + 1);
}

TEST(ObjectAtTest, OfACallOfAMember) {
  EXPECT_EQ(At("x = ring.tail.load(order);", "load"), "ring.tail");
  EXPECT_EQ(At("x = ring.tail.load(order);", "ring"), "ring.tail");
  EXPECT_EQ(At("while (!head_->next.compare_exchange_weak(a, b)) {", "compare"), "head_->next");
  EXPECT_EQ(At("this->count.store(1);", "store"), "count");
  EXPECT_EQ(At("slots[(i + 1) % 2].store(1);", "store"), "slots[]");
}

TEST(ObjectAtTest, OfAnAssignmentOrAnIncrement) {
  EXPECT_EQ(At("slots[t % 2] = value;", "= value"), "slots[]");
  EXPECT_EQ(At("sum += a;", "+="), "sum");
  EXPECT_EQ(At("++count;", "++"), "count");
  EXPECT_EQ(At("node->uses--;", "--"), "node->uses");
  EXPECT_EQ(At("*old = 13;", "= 13"), "old");
}

TEST(ObjectAtTest, OfAReadVariable) {
  EXPECT_EQ(At("const int value = slots[h % 2];", "slots"), "slots[]");
  EXPECT_EQ(At("return node->value;", "value"), "node->value");
  EXPECT_EQ(At("if (a == b) return;", "a =="), "a");
}

TEST(ObjectAtTest, OfAGuardWhatItGuards) {
  EXPECT_EQ(At("const std::lock_guard lock(mu_);", "lock(mu"), "mu_");
  EXPECT_EQ(At("std::unique_lock lock{queue.mu};", "lock{"), "queue.mu");
}

TEST(ObjectAtTest, OfWhatIsNotPlainNothing) {
  EXPECT_EQ(At("f(x + y);", "f"), "");
  EXPECT_EQ(At("return;", "return"), "");
  EXPECT_EQ(At("x = 1;", "1"), "");
  EXPECT_EQ(ObjectAt("x", 0), "");
  EXPECT_EQ(ObjectAt("x", 2), "");
  EXPECT_EQ(ObjectAt("", 1), "");
  EXPECT_EQ(At("a[b", "["), "");
}

TEST(SourceTest, GivesALineWithoutItsComment) {
  const std::string file = testing::TempDir() + "/some_source.cc";
  std::ofstream(file) << "int a;\n  a.store(1);  // The bug.\n";
  Source source;
  EXPECT_EQ(source.Line({"", file, 2, 5}), "a.store(1);");
  EXPECT_EQ(source.Object({"", file, 2, 5}), "a");
  EXPECT_EQ(source.Line({"", file, 3, 1}), "");
  EXPECT_EQ(source.Line({"", "nowhere.cc", 1, 1}), "");
  EXPECT_EQ(source.Object({"", "", 0, 0}), "");
  std::remove(file.c_str());
}

}  // namespace
}  // namespace hammerlock::explore
