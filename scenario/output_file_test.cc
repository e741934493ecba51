// SPDX-License-Identifier: Apache-2.0
#include "scenario/output_file.h"

#include <dirent.h>

#include <fstream>
#include <sstream>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace hammerlock {
namespace {

using ::testing::HasSubstr;

std::string ReadAll(const std::string& path) {
  std::ifstream in(path);
  std::stringstream text;
  text << in.rdbuf();
  return std::move(text).str();
}

int FilesIn(const std::string& folder) {
  int count = 0;
  DIR* const dir = opendir(folder.c_str());
  while (const dirent* entry = readdir(dir)) count += entry->d_name[0] != '.';
  closedir(dir);
  return count;
}

std::string FreshFolder() {
  std::string folder = ::testing::TempDir() + "/output_file_XXXXXX";
  EXPECT_NE(mkdtemp(folder.data()), nullptr);
  return folder;
}

TEST(OutputFileTest, IsThereWholeAfterCommit) {
  const std::string folder = FreshFolder();
  auto file = OutputFile::Open(folder + "/a");
  ASSERT_TRUE(file.ok());
  ASSERT_TRUE(std::move(*file).Commit("text").ok());
  EXPECT_EQ(ReadAll(folder + "/a"), "text");
  EXPECT_EQ(FilesIn(folder), 1);
}

TEST(OutputFileTest, LeavesTheOldOneWithoutCommit) {
  const std::string folder = FreshFolder();
  std::ofstream(folder + "/a") << "old";
  {
    auto file = OutputFile::Open(folder + "/a");
    ASSERT_TRUE(file.ok());
  }
  EXPECT_EQ(ReadAll(folder + "/a"), "old");
  EXPECT_EQ(FilesIn(folder), 1);
}

TEST(OutputFileTest, SaysWhyThereCanBeNone) {
  EXPECT_THAT(std::string(OutputFile::Open("/nowhere/at/all").status().message()),
              HasSubstr("cannot write /nowhere/at/all: No such file"));
  EXPECT_THAT(std::string(OutputFile::Open("/proc").status().message()), HasSubstr("is a folder"));
}

}  // namespace
}  // namespace hammerlock
