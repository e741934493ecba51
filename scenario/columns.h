// SPDX-License-Identifier: Apache-2.0
//
// Text in columns, for programs and histories.
#pragma once

#include <string>
#include <vector>

namespace hammerlock {

// Lines of two spaces and the row's cells, each padded to its column's width. The first row is
// the heading. Rows may be of different lengths; no line has blanks at its end.
std::string Columns(const std::vector<std::vector<std::string>>& rows);

}  // namespace hammerlock
