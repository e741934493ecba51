// SPDX-License-Identifier: Apache-2.0
#include "scenario/result.h"

#include <string>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace hammerlock {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

Result Failing() {
  Result r;
  r.scenario = "Broken";
  r.file = "broken_test.cc";
  r.line = 7;
  r.verdict = Verdict::kFail;
  r.tally.Count("r0=1", Grade::kAcceptable, "fine", 9);
  r.tally.Count("r0=0", Grade::kForbidden, "a <\"bad\"> & sad one", 1);
  r.seconds = 0.25;
  r.seed = 3;
  r.replay = ReplayString("Broken", "push.1");
  r.why = "line one\nline \"two\"\x01";
  return r;
}

Result Passing() {
  Result r;
  r.scenario = "Sound";
  r.verdict = Verdict::kPass;
  r.tally.Pass(5);
  r.seconds = 1;
  r.seed = 3;
  return r;
}

TEST(ResultTest, LastLineIsTheContracts) {
  EXPECT_EQ(LastLine(Failing()),
            "hammerlock: verdict=fail scenario=Broken executions=10 failures=1 first_failure=10 "
            "distinct=2 seconds=0.25 seed=3 replay=1/Broken/push.1");
  EXPECT_EQ(LastLine(Passing()),
            "hammerlock: verdict=pass scenario=Sound executions=5 failures=0 distinct=0 "
            "seconds=1.00 seed=3");
}

TEST(ResultTest, SummaryIsTheHeaviestVerdict) {
  const Result summary = Summary({Passing(), Failing(), Passing()});
  EXPECT_EQ(summary.verdict, Verdict::kFail);
  EXPECT_EQ(summary.scenario, "Broken");
  EXPECT_EQ(summary.replay, "1/Broken/push.1");
  EXPECT_EQ(summary.tally.executions(), 20u);
  EXPECT_EQ(summary.tally.failures(), 1u);
  EXPECT_EQ(summary.tally.first_failure()->execution, 15u);
  EXPECT_EQ(Summary({Passing(), Passing()}).scenario, "*");
  EXPECT_EQ(Summary({Passing()}).scenario, "Sound");
}

TEST(ResultTest, JobsOfOneScenarioAreOneResult) {
  Result first = Passing(), second = Passing(), third = Failing();
  first.scenario = second.scenario = "Broken";
  first.seed = 2;
  second.seconds = 2;
  first.more = second.more = third.more = {{"discarded", "4"}, {"word", "x"}};
  const Result together = Together({first, second, third});
  EXPECT_EQ(together.verdict, Verdict::kFail);
  EXPECT_EQ(together.seed, 3u);
  EXPECT_EQ(together.replay, "1/Broken/push.1");
  EXPECT_EQ(together.seconds, 2);
  EXPECT_EQ(together.tally.executions(), 20u);
  EXPECT_EQ(together.tally.outcomes().at("r0=1").count, 9u);
  // Of its own seed's executions, as when that seed runs alone.
  EXPECT_EQ(together.tally.first_failure()->execution, 10u);
  const std::vector<std::pair<std::string, std::string>> more = {
      {"discarded", "12"}, {"word", "x"}, {"jobs", "3"}};
  EXPECT_EQ(together.more, more);
  EXPECT_EQ(LastLine(Together({third})), LastLine(third));
}

TEST(ResultTest, ExitCodesAreTheContracts) {
  EXPECT_EQ(ExitCode(Verdict::kPass), 0);
  EXPECT_EQ(ExitCode(Verdict::kFail), 66);
  EXPECT_EQ(ExitCode(Verdict::kInconclusive), 67);
  EXPECT_EQ(ExitCode(Verdict::kNotInstrumented), 67);
  EXPECT_EQ(kExitUsage, 64);
}

TEST(ResultTest, JsonHoldsTheKeysOfTheLastLineAndTheOutcomes) {
  const std::string json = ReportJson({Failing()});
  EXPECT_THAT(json, HasSubstr("\"verdict\": \"fail\""));
  EXPECT_THAT(json, HasSubstr("\"executions\": 10"));
  EXPECT_THAT(json, HasSubstr("\"outcomes\": {\"r0=0\": 1, \"r0=1\": 9}"));
  EXPECT_THAT(json, Not(HasSubstr("trace")));
  EXPECT_THAT(json, HasSubstr("line one\\nline \\\"two\\\"\\u0001"));
}

TEST(ResultTest, StepsAreInTheReportsOfTheirScenario) {
  Result r = Failing();
  r.steps = "1 load <A>\n";
  r.steps_json = "{\"steps\":[]}";
  EXPECT_THAT(ReportJson({r, Passing()}), HasSubstr(",\n      \"trace\": {\"steps\":[]}\n    },"));
  EXPECT_THAT(JUnitXml("//a:b", {r}), HasSubstr("\n1 load &lt;A&gt;\n</failure>"));
}

TEST(ResultTest, XmlIsEscapedAndNamesEachScenario) {
  const std::string xml = JUnitXml("//a:b", {Failing(), Passing()});
  EXPECT_THAT(xml, HasSubstr("<testcase name=\"Broken\" classname=\"//a:b\""));
  EXPECT_THAT(xml, HasSubstr("<testcase name=\"Sound\""));
  EXPECT_THAT(xml, HasSubstr("tests=\"2\" failures=\"1\""));
  EXPECT_THAT(xml, HasSubstr("a &lt;&quot;bad&quot;&gt; &amp; sad one"));
  EXPECT_THAT(xml, Not(HasSubstr("\x01")));
}

TEST(ResultTest, TableTellsWhatWasNeverSeen) {
  Result r = Passing();
  r.tally.Describe("r0=2", Grade::kAcceptable, "rare");
  r.tally.Describe("r0=3", Grade::kForbidden, "wrong");
  const std::string table = OutcomeTableText(r);
  EXPECT_THAT(table, HasSubstr("rare (never seen)"));
  EXPECT_THAT(table, Not(HasSubstr("wrong (never seen)")));
}

TEST(ResultTest, SurvivesTheWayToAnotherProcess) {
  Result r = Failing();
  r.more = {{"strategy", "random"}};
  r.tally.Inconclusive("no time");
  r.steps = "steps";
  r.steps_json = "{}";
  const absl::StatusOr<Result> back = Deserialize(Serialize(r));
  ASSERT_TRUE(back.ok());
  EXPECT_EQ(LastLine(*back), LastLine(r));
  EXPECT_EQ(OutcomeTableText(*back), OutcomeTableText(r));
  EXPECT_EQ(back->why, r.why);
  EXPECT_EQ(back->steps, r.steps);
  EXPECT_EQ(back->steps_json, r.steps_json);
  EXPECT_EQ(back->file, r.file);
  EXPECT_EQ(back->line, r.line);
  EXPECT_EQ(back->tally.why_inconclusive(), "no time");
  EXPECT_EQ(back->tally.first_failure()->why, r.tally.first_failure()->why);
}

TEST(ResultTest, EveryCutIsNoticed) {
  const std::string bytes = Serialize(Failing());
  for (size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_FALSE(Deserialize(std::string_view(bytes).substr(0, size)).ok()) << size;
  }
  EXPECT_FALSE(Deserialize(bytes + "x").ok());
}

TEST(ReplayTest, RoundTrips) {
  const absl::StatusOr<Replay> replay = ParseReplay(ReplayString("Stack", "push.1,pop/x"));
  ASSERT_TRUE(replay.ok());
  EXPECT_EQ(replay->scenario, "Stack");
  EXPECT_EQ(replay->program, "push.1,pop/x");
  EXPECT_EQ(replay->choices, "");
}

TEST(ReplayTest, CarriesTheEnginesChoices) {
  const absl::StatusOr<Replay> replay = ParseReplay(ReplayString("Stack", "@pop@", "b1a2"));
  ASSERT_TRUE(replay.ok());
  EXPECT_EQ(replay->program, "@pop@");
  EXPECT_EQ(replay->choices, "b1a2");
}

TEST(ReplayTest, ErrorsNameTheMend) {
  EXPECT_THAT(std::string(ParseReplay("garbage").status().message()),
              HasSubstr("VERSION/SCENARIO/PROGRAM"));
  EXPECT_THAT(std::string(ParseReplay("0/Stack/").status().message()),
              HasSubstr("record it again"));
}

}  // namespace
}  // namespace hammerlock
