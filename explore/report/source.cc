// SPDX-License-Identifier: Apache-2.0
#include "explore/report/source.h"

#include <cstdlib>
#include <fstream>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace hammerlock::explore {
namespace {

bool InName(char c) { return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '_'; }

bool Opens(char c) { return c == '(' || c == '[' || c == '{'; }
bool Closes(char c) { return c == ')' || c == ']' || c == '}'; }

// The place after the bracket that closes the one at `at`, npos if none does.
size_t AfterBracket(std::string_view line, size_t at) {
  int depth = 0;
  for (; at < line.size(); ++at) {
    depth += Opens(line[at]) - Closes(line[at]);
    if (depth == 0) return at + 1;
  }
  return line.npos;
}

// The place of the bracket that is closed at `at`, npos if none is.
size_t OpeningBracket(std::string_view line, size_t at) {
  int depth = 0;
  for (;; --at) {
    depth += Closes(line[at]) - Opens(line[at]);
    if (depth == 0) return at;
    if (at == 0) return line.npos;
  }
}

// Where the postfix expression that ends before `end` begins: names, '.', "->", "::", [..].
size_t BeginOfPostfix(std::string_view line, size_t end) {
  size_t at = end;
  while (at > 0) {
    const char c = line[at - 1];
    if (InName(c) || c == '.') {
      --at;
    } else if (at > 1 && (line.substr(at - 2, 2) == "->" || line.substr(at - 2, 2) == "::")) {
      at -= 2;
    } else if (c == ']') {
      const size_t opening = OpeningBracket(line, at - 1);
      if (opening == line.npos) break;
      at = opening;
    } else {
      break;
    }
  }
  return at;
}

// Where the postfix expression that begins at `at` ends.
size_t EndOfPostfix(std::string_view line, size_t at) {
  while (at < line.size()) {
    if (InName(line[at]) || line[at] == '.') {
      ++at;
    } else if (line.substr(at, 2) == "->" || line.substr(at, 2) == "::") {
      at += 2;
    } else if (line[at] == '[') {
      const size_t after = AfterBracket(line, at);
      if (after == line.npos) break;
      at = after;
    } else {
      break;
    }
  }
  return at;
}

// Without what stands in indices, and without "this->".
std::string Simplified(std::string_view expression) {
  absl::ConsumePrefix(&expression, "this->");
  std::string result;
  for (size_t at = 0; at < expression.size(); ++at) {
    result += expression[at];
    if (expression[at] != '[') continue;
    const size_t after = AfterBracket(expression, at);
    result += ']';
    at = after - 1;
  }
  return result;
}

bool IsObject(std::string_view name) {
  return !name.empty() && !absl::ascii_isdigit(static_cast<unsigned char>(name[0])) &&
         name != "return" && name != "const" && name != "auto" && name != "if" && name != "while";
}

size_t SkipSpace(std::string_view line, size_t at) {
  while (at < line.size() && line[at] == ' ') ++at;
  return at;
}

size_t SkipSpaceBack(std::string_view line, size_t end) {
  while (end > 0 && line[end - 1] == ' ') --end;
  return end;
}

std::string Checked(std::string_view expression) {
  return IsObject(expression) ? Simplified(expression) : "";
}

}  // namespace

std::string ObjectAt(std::string_view line, int column) {
  if (column < 1 || static_cast<size_t>(column) > line.size()) return "";
  const size_t at = static_cast<size_t>(column) - 1;
  const std::string_view rest = line.substr(at);
  if (absl::StartsWith(rest, "++") || absl::StartsWith(rest, "--")) {
    const size_t begin = SkipSpace(line, at + 2);
    const size_t end = EndOfPostfix(line, begin);
    if (end > begin) return Checked(line.substr(begin, end - begin));
    return Checked(line.substr(BeginOfPostfix(line, at), at - BeginOfPostfix(line, at)));
  }
  // An assignment: what stands before it.
  const size_t sign = rest.find_first_not_of("+-*/|&^");
  if (sign <= 1 && rest[sign] == '=' && rest.substr(sign + 1, 1) != "=") {
    const size_t end = SkipSpaceBack(line, at);
    const size_t begin = BeginOfPostfix(line, end);
    return Checked(line.substr(begin, end - begin));
  }
  if (rest[0] == '*')
    return absl::StrCat("*", ObjectAt(line, static_cast<int>(SkipSpace(line, at + 1)) + 1));
  const size_t word = at + (InName(rest[0]) ? 0 : rest.size());
  if (word >= line.size()) return "";
  // The column may be that of a member's name, or of the whole.
  size_t name_end = word;
  while (name_end < line.size() && InName(line[name_end])) ++name_end;
  const size_t begin = BeginOfPostfix(line, word);
  const size_t end = EndOfPostfix(line, word);
  if (end < line.size() && (line[end] == '(' || line[end] == '{')) {
    // A call: its object; or of a guard that is constructed, what it is constructed with.
    const std::string_view callee = line.substr(begin, end - begin);
    const size_t dot = callee.rfind('.'), arrow = callee.rfind("->");
    size_t cut = callee.npos;
    if (dot != callee.npos) cut = dot;
    if (arrow != callee.npos && (cut == callee.npos || arrow > cut)) cut = arrow;
    if (cut != callee.npos) return Checked(callee.substr(0, cut));
    const size_t argument = SkipSpace(line, end + 1);
    const size_t argument_end = EndOfPostfix(line, argument);
    const char next = argument_end < line.size() ? line[argument_end] : '\0';
    if (next != ')' && next != '}' && next != ',') return "";
    return Checked(line.substr(argument, argument_end - argument));
  }
  return Checked(line.substr(begin, end - begin));
}

const std::vector<std::string>& Source::Lines(const std::string& file) {
  const auto [found, fresh] = files_.try_emplace(file);
  if (!fresh) return found->second;
  std::vector<std::string> places = {file};
  if (const char* const workspace = std::getenv("BUILD_WORKSPACE_DIRECTORY")) {
    places.push_back(absl::StrCat(workspace, "/", file));
  }
  for (const std::string& place : places) {
    std::ifstream in(place);
    if (!in) continue;
    for (std::string line; std::getline(in, line);) found->second.push_back(line);
    break;
  }
  return found->second;
}

std::string Source::Line(const Frame& frame) {
  const std::vector<std::string>& lines = Lines(frame.file);
  if (frame.line < 1 || static_cast<size_t>(frame.line) > lines.size()) return "";
  std::string_view line = lines[frame.line - 1];
  const size_t comment = line.find("//");
  return std::string(absl::StripAsciiWhitespace(line.substr(0, comment)));
}

std::string Source::Object(const Frame& frame) {
  const std::vector<std::string>& lines = Lines(frame.file);
  if (frame.line < 1 || static_cast<size_t>(frame.line) > lines.size()) return "";
  return ObjectAt(lines[frame.line - 1], frame.column);
}

}  // namespace hammerlock::explore
