// SPDX-License-Identifier: Apache-2.0
#include "explore/report/json.h"

#include "explore/report/made_execution.h"
#include "gtest/gtest.h"

namespace hammerlock::explore {
namespace {

TEST(StepsJson, HasAnObjectAnEvent) {
  MadeExecution e;
  e.SetFile("a\"b\\c\n");
  e.Write(1, kFlag, 1, kRelease).Read(2, kFlag, 0, kAcquire);
  e.Add(Event::kExit, 1);
  e.last().stack[0] = nullptr;
  EXPECT_EQ(
      StepsJson(e.Tell()),
      R"({"threads":["thread 0","thread 1","thread 2"],)"
      "\n\"steps\":[\n"
      R"({"thread":1,"kind":"store","row":1,"order":"release","address":"0x404068","name":"A",)"
      R"("size":4,"value":1,"stack":[{"function":"f","file":"a\"b\\c\u000a","line":1}]},)"
      "\n"
      R"({"thread":2,"kind":"load","row":2,"order":"acquire","address":"0x404068","name":"A",)"
      R"("size":4,"value":1,"from":0,"synchronises_with":[0],)"
      R"("stack":[{"function":"f","file":"a\"b\\c\u000a","line":2}]},)"
      "\n"
      R"({"thread":1,"kind":"end"}]})");
}

TEST(StepsJson, SaysWhatFailsAndWithWhom) {
  MadeExecution e;
  e.Plain(1, kData, true).Plain(2, kData, false);
  e.Add(Event::kFail, 2, kData).What("data race: ...", 1 + 1);
  EXPECT_NE(StepsJson(e.Tell()).find(R"("fails":true,"races_with":0)"), std::string::npos);
}

}  // namespace
}  // namespace hammerlock::explore
