// SPDX-License-Identifier: Apache-2.0
#include "scenario/program.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace hammerlock {

std::string Print(std::string_view name, const Arguments& arguments, const Value* result) {
  std::string text = absl::StrCat(
      name, "(",
      absl::StrJoin(arguments, ", ",
                    [](std::string* out, const Value& v) { absl::StrAppend(out, v.ToString()); }),
      ")");
  if (result && !result->is_void()) absl::StrAppend(&text, " = ", result->ToString());
  return text;
}

}  // namespace hammerlock
