// SPDX-License-Identifier: Apache-2.0
//
// Addresses of a program as its source has them.
//
// Thread safety: these functions share nothing.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace hammerlock::explore {

struct Frame {
  std::string function;
  std::string file;  // Empty: unknown; the function is then at best the nearest symbol.
  int line = 0;
  int column = 0;  // From 1; 0: unknown.
};

struct Symbols {
  // For each return address the call's place, that of inlined functions first.
  std::map<uintptr_t, std::vector<Frame>> code;
  // The variable at each address, "name" or "name+8", as far as it is a global one.
  std::map<uintptr_t, std::string> data;
};

// Looks up return addresses and addresses of data.
using Symbolizer =
    std::function<Symbols(const std::vector<uintptr_t>& code, const std::vector<uintptr_t>& data)>;

// Asks llvm-symbolizer about the binary `program`, which is linked without -pie. Where there is
// no llvm-symbolizer everything is unknown.
Symbolizer LlvmSymbolizer(std::string_view program);

}  // namespace hammerlock::explore
