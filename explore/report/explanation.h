// SPDX-License-Identifier: Apache-2.0
//
// A failure that the engine saw, in a few lines: what, who, where in the source.
#pragma once

#include <string>

#include "explore/report/story.h"

namespace hammerlock::explore {

// Empty if the engine saw none: then the scenario has judged.
std::string Explanation(const Story& story);

}  // namespace hammerlock::explore
