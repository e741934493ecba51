// SPDX-License-Identifier: Apache-2.0
//
// A failing execution for programs: an object with "threads", their names, and "steps", one
// object an event, complete. Steps refer to each other by their places in the list, from 0.
#pragma once

#include <string>

#include "explore/report/story.h"

namespace hammerlock::explore {

std::string StepsJson(const Story& story);

}  // namespace hammerlock::explore
