// SPDX-License-Identifier: Apache-2.0
#include "explore/report/symbolizer.h"

#include <fcntl.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <set>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace hammerlock::explore {
namespace {

// Runs a symbolizer; empty if that fails.
std::string RunSymbolizer(const char* path, const std::string& program, std::string_view input) {
  // Files in memory on both sides: neither process can wait for the other to read.
  const int in = memfd_create("addresses", MFD_CLOEXEC);
  const int out = memfd_create("lines", MFD_CLOEXEC);
  std::string output;
  bool ready = in >= 0 && out >= 0;
  for (std::string_view left = input; ready && !left.empty();) {
    const ssize_t n = write(in, left.data(), left.size());
    ready = n > 0;
    left.remove_prefix(ready ? n : 0);
  }
  if (ready && lseek(in, 0, SEEK_SET) == 0) {
    const std::string object = absl::StrCat("--obj=", program);
    const char* const arguments[] = {path,         object.c_str(),        "--inlines",
                                     "--demangle", "--output-style=LLVM", nullptr};
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, in, 0);
    posix_spawn_file_actions_adddup2(&actions, out, 1);
    posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0);
    pid_t child;
    int status = -1;
    if (posix_spawnp(&child, path, &actions, nullptr, const_cast<char* const*>(arguments),
                     environ) == 0) {
      while (waitpid(child, &status, 0) < 0 && errno == EINTR) continue;
    }
    posix_spawn_file_actions_destroy(&actions);
    char buffer[4096];
    if (status == 0 && lseek(out, 0, SEEK_SET) == 0) {
      for (ssize_t n; (n = read(out, buffer, sizeof(buffer))) > 0;) output.append(buffer, n);
    }
  }
  for (int file : {in, out}) close(file);
  return output;
}

// "file:line:column", where `file` may have colons itself.
Frame ParseFrame(std::string_view function, std::string_view place) {
  Frame result;
  if (function != "??") result.function = function;
  const size_t column = place.rfind(':');
  const size_t line = column == place.npos ? place.npos : place.rfind(':', column - 1);
  if (line == place.npos || line == 0 || place.substr(0, line) == "??") return result;
  if (!absl::SimpleAtoi(place.substr(line + 1, column - line - 1), &result.line)) return result;
  if (!absl::SimpleAtoi(place.substr(column + 1), &result.column)) result.column = 0;
  std::string_view file = place.substr(0, line);
  while (absl::ConsumePrefix(&file, "./")) continue;
  result.file = file;
  return result;
}

// "name", then "start size" with an address less than it by the offset in the variable.
std::string ParseVariable(uintptr_t address, const std::vector<std::string_view>& lines) {
  if (lines.size() < 2 || lines[0] == "??") return "";
  const std::vector<std::string_view> numbers = absl::StrSplit(lines[1], ' ');
  uintptr_t start = 0, size = 0;
  if (numbers.size() != 2 || !absl::SimpleAtoi(numbers[0], &start) ||
      !absl::SimpleAtoi(numbers[1], &size) || address - start >= size) {
    return "";
  }
  if (address == start) return std::string(lines[0]);
  return absl::StrCat(lines[0], "+", address - start);
}

// The answers to the queries, in their order; each ends with an empty line.
std::vector<std::vector<std::string_view>> Answers(std::string_view output) {
  std::vector<std::vector<std::string_view>> answers;
  std::vector<std::string_view> lines;
  for (std::string_view line : absl::StrSplit(output, '\n')) {
    if (!line.empty()) {
      lines.push_back(line);
    } else if (!lines.empty()) {
      answers.push_back(std::move(lines));
      lines.clear();
    }
  }
  return answers;
}

}  // namespace

Symbolizer LlvmSymbolizer(std::string_view program) {
  // A child has another /proc/self.
  std::string path(program);
  if (char* const real = realpath(path.c_str(), nullptr); real != nullptr) {
    path = real;
    free(real);
  }
  return [path](const std::vector<uintptr_t>& code, const std::vector<uintptr_t>& data) {
    const std::set<uintptr_t> pcs(code.begin(), code.end());
    const std::set<uintptr_t> variables(data.begin(), data.end());
    std::string input;
    // Of a return address; the call is the instruction before.
    for (uintptr_t pc : pcs) absl::StrAppend(&input, "CODE 0x", absl::Hex(pc - 1), "\n");
    for (uintptr_t v : variables) absl::StrAppend(&input, "DATA 0x", absl::Hex(v), "\n");
    Symbols symbols;
    if (input.empty()) return symbols;
    std::string output;
    for (const char* symbolizer :
         {"llvm-symbolizer-19", "llvm-symbolizer", "/usr/lib/llvm-19/bin/llvm-symbolizer"}) {
      output = RunSymbolizer(symbolizer, path, input);
      if (!output.empty()) break;
    }
    const std::vector<std::vector<std::string_view>> answers = Answers(output);
    if (answers.size() != pcs.size() + variables.size()) return symbols;
    size_t next = 0;
    for (uintptr_t pc : pcs) {
      const std::vector<std::string_view>& lines = answers[next++];
      for (size_t i = 0; i + 1 < lines.size(); i += 2) {
        symbols.code[pc].push_back(ParseFrame(lines[i], lines[i + 1]));
      }
    }
    for (uintptr_t v : variables) symbols.data[v] = ParseVariable(v, answers[next++]);
    return symbols;
  };
}

}  // namespace hammerlock::explore
