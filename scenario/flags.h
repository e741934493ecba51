// SPDX-License-Identifier: Apache-2.0
//
// Flags: one set of names, from the command line (--name=value) and from the environment
// (HAMMERLOCK_OPTIONS="name=value:name=value"). The command line wins.
//
// abseil's flags are not used because the names are part of a contract that has both spellings
// and its own exit code, and because a program under test may use abseil's for itself.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"

namespace hammerlock {

class Flags {
 public:
  // Declares a flag that sets `target`, whose present value is the default. REQUIRES: `target`
  // outlives this object.
  void Add(std::string_view name, std::string_view help, uint64_t* target);
  void Add(std::string_view name, std::string_view help, double* target);  // At least 0.
  void Add(std::string_view name, std::string_view help, bool* target);    // --name alone: true.
  void Add(std::string_view name, std::string_view help, std::string* target);

  // A flag with a fixed set of values.
  void Add(std::string_view name, std::string_view help, std::string* target,
           std::vector<std::string> values);

  // Each error is a sentence that names the flag and the mend.
  absl::Status ParseEnvironment(std::string_view options);
  absl::Status ParseCommandLine(int argc, char** argv);

  std::string Help() const;

 private:
  struct Flag {
    std::string name;
    std::string help;
    std::string initial;
    bool is_bool;
    std::string wants;                            // "a whole number", ...
    std::function<bool(std::string_view)> parse;  // False where the value does not fit.
  };

  void AddFlag(std::string_view name, std::string_view help, std::string initial, std::string wants,
               std::function<bool(std::string_view)> parse, bool is_bool = false);
  absl::Status Set(std::string_view where, std::string_view name, bool has_value,
                   std::string_view value);

  std::vector<Flag> flags_;
};

}  // namespace hammerlock
