// SPDX-License-Identifier: Apache-2.0
//
// The words for an event, as rows and explanations have them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "explore/report/story.h"

namespace hammerlock::explore {

std::string_view OrderName(unsigned order);

// "load ring.tail = 1 acquire".
std::string Operation(const Story& story, int event);

// What a thread waits for: "mutex mu", "read-write lock m, to write".
std::string NounOf(const Event& event, std::string_view name);

// "from 4, IGNORES 5,6": how it stands to others, which it names by their rows. REQUIRES: it has
// a row itself.
std::vector<std::string> Remarks(const Story& story, int event);

}  // namespace hammerlock::explore
