// SPDX-License-Identifier: Apache-2.0
#include "scenario/flags.h"

#include <algorithm>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

namespace hammerlock {

void Flags::AddFlag(std::string_view name, std::string_view help, std::string initial,
                    std::string wants, std::function<bool(std::string_view)> parse, bool is_bool) {
  flags_.push_back({std::string(name), std::string(help), std::move(initial), is_bool,
                    std::move(wants), std::move(parse)});
}

void Flags::Add(std::string_view name, std::string_view help, uint64_t* target) {
  AddFlag(name, help, absl::StrCat(*target), "a whole number",
          [target](std::string_view v) { return absl::SimpleAtoi(v, target); });
}

void Flags::Add(std::string_view name, std::string_view help, double* target) {
  AddFlag(name, help, absl::StrCat(*target), "a number of 0 or more", [target](std::string_view v) {
    double number;
    // The comparison also refuses NaN.
    if (!absl::SimpleAtod(v, &number) || !(number >= 0 && number < 1e15)) return false;
    *target = number;
    return true;
  });
}

void Flags::Add(std::string_view name, std::string_view help, bool* target) {
  AddFlag(
      name, help, *target ? "1" : "0", "0 or 1",
      [target](std::string_view v) { return absl::SimpleAtob(v, target); }, /*is_bool=*/true);
}

void Flags::Add(std::string_view name, std::string_view help, std::string* target) {
  AddFlag(name, help, *target, "a text", [target](std::string_view v) {
    *target = v;
    return true;
  });
}

void Flags::Add(std::string_view name, std::string_view help, std::string* target,
                std::vector<std::string> values) {
  std::string wants = absl::StrCat("one of ", absl::StrJoin(values, ", "));
  AddFlag(name, help, *target, std::move(wants),
          [target, values = std::move(values)](std::string_view v) {
            if (std::find(values.begin(), values.end(), v) == values.end()) return false;
            *target = v;
            return true;
          });
}

absl::Status Flags::Set(std::string_view where, std::string_view name, bool has_value,
                        std::string_view value) {
  const auto flag =
      std::find_if(flags_.begin(), flags_.end(), [&](const Flag& f) { return f.name == name; });
  if (flag == flags_.end()) {
    return absl::InvalidArgumentError(
        absl::StrCat("unknown ", where, " \"", name, "\": --help lists what there is"));
  }
  if (!has_value && !flag->is_bool) {
    return absl::InvalidArgumentError(
        absl::StrCat(where, " \"", name, "\" needs a value: write ", name, "=VALUE"));
  }
  if (!flag->parse(has_value ? value : "1")) {
    return absl::InvalidArgumentError(absl::StrCat(where, " \"", name, "\" takes ", flag->wants,
                                                   ", but \"", value, "\" is none"));
  }
  return absl::OkStatus();
}

absl::Status Flags::ParseEnvironment(std::string_view options) {
  for (std::string_view option : absl::StrSplit(options, ':', absl::SkipEmpty())) {
    const size_t equals = option.find('=');
    const bool has_value = equals != option.npos;
    const absl::Status status = Set("option of HAMMERLOCK_OPTIONS", option.substr(0, equals),
                                    has_value, has_value ? option.substr(equals + 1) : "");
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

absl::Status Flags::ParseCommandLine(int argc, char** argv) {
  for (int i = 1; i < argc; ++i) {
    std::string_view argument = argv[i];
    if (!absl::ConsumePrefix(&argument, "--") || argument.empty()) {
      return absl::InvalidArgumentError(
          absl::StrCat("\"", argv[i], "\" is not a flag: arguments are written --name=value"));
    }
    const size_t equals = argument.find('=');
    const bool has_value = equals != argument.npos;
    const absl::Status status = Set("flag", argument.substr(0, equals), has_value,
                                    has_value ? argument.substr(equals + 1) : "");
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

std::string Flags::Help() const {
  std::string text;
  for (const Flag& flag : flags_) {
    absl::StrAppend(&text, "  --", flag.name, "=", flag.initial, "\n      ", flag.help, "\n");
  }
  return text;
}

}  // namespace hammerlock
