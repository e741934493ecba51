// SPDX-License-Identifier: Apache-2.0
#include "scenario/flags.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace hammerlock {
namespace {

using ::testing::HasSubstr;

class FlagsTest : public ::testing::Test {
 protected:
  FlagsTest() {
    flags_.Add("seed", "where randomness comes from", &seed_);
    flags_.Add("seconds", "how long", &seconds_);
    flags_.Add("list", "list", &list_);
    flags_.Add("report", "a file", &report_);
    flags_.Add("stop", "when", &stop_, {"first", "never"});
  }

  absl::Status Parse(std::vector<std::string> arguments) {
    std::vector<char*> argv = {program_};
    for (std::string& a : arguments) argv.push_back(a.data());
    return flags_.ParseCommandLine(static_cast<int>(argv.size()), argv.data());
  }

  char program_[8] = "program";
  uint64_t seed_ = 1;
  double seconds_ = 0;
  bool list_ = false;
  std::string report_;
  std::string stop_ = "first";
  Flags flags_;
};

TEST_F(FlagsTest, SetsEveryType) {
  ASSERT_TRUE(Parse({"--seed=7", "--seconds=0.5", "--list", "--report=a=b", "--stop=never"}).ok());
  EXPECT_EQ(seed_, 7u);
  EXPECT_EQ(seconds_, 0.5);
  EXPECT_TRUE(list_);
  EXPECT_EQ(report_, "a=b");
  EXPECT_EQ(stop_, "never");
}

TEST_F(FlagsTest, EnvironmentSetsTheSameNames) {
  ASSERT_TRUE(flags_.ParseEnvironment("seed=18446744073709551615:list:stop=never::").ok());
  EXPECT_EQ(seed_, 18446744073709551615u);
  EXPECT_TRUE(list_);
  EXPECT_EQ(stop_, "never");
}

TEST_F(FlagsTest, CommandLineWinsOverEnvironment) {
  ASSERT_TRUE(flags_.ParseEnvironment("seed=2").ok());
  ASSERT_TRUE(Parse({"--seed=3"}).ok());
  EXPECT_EQ(seed_, 3u);
}

TEST_F(FlagsTest, NamesWhatIsWrongAndTheMend) {
  const struct {
    std::string argument;
    std::string says;
  } kCases[] = {
      {"--sed=7", "unknown flag \"sed\""},
      {"--seed", "write seed=VALUE"},
      {"--seed=", "takes a whole number"},
      {"--seed=-1", "takes a whole number"},
      {"--seed=1e3", "takes a whole number"},
      {"--seconds=-1", "takes a number of 0 or more"},
      {"--seconds=nan", "takes a number of 0 or more"},
      {"--seconds=inf", "takes a number of 0 or more"},
      {"--stop=later", "one of first, never"},
      {"--list=perhaps", "takes 0 or 1"},
      {"seed=7", "arguments are written --name=value"},
      {"--", "is not a flag"},
  };
  for (const auto& c : kCases) {
    const absl::Status status = Parse({c.argument});
    EXPECT_FALSE(status.ok()) << c.argument;
    EXPECT_THAT(std::string(status.message()), HasSubstr(c.says)) << c.argument;
  }
  EXPECT_EQ(seed_, 1u);
}

TEST_F(FlagsTest, EnvironmentErrorsNameTheVariable) {
  EXPECT_THAT(std::string(flags_.ParseEnvironment("sed=7").message()),
              HasSubstr("HAMMERLOCK_OPTIONS"));
}

TEST_F(FlagsTest, HelpShowsNamesAndDefaults) {
  EXPECT_THAT(flags_.Help(), HasSubstr("--stop=first"));
  EXPECT_THAT(flags_.Help(), HasSubstr("where randomness comes from"));
}

}  // namespace
}  // namespace hammerlock
