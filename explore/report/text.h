// SPDX-License-Identifier: Apache-2.0
//
// A failing execution to be read on a screen: one column a thread, one row a step. Two such rows:
//
//    4  store ready = 1 relaxed  :9 |
//    5                              | load ready = 1 acquire  :14  from 4 (no sync)
//
// In row 5 thread 1 loads, in line 14 of the file that is named below, what row 4 has stored, and
// does not synchronise with it.
#pragma once

#include <string>

#include "explore/report/story.h"

namespace hammerlock::explore {

// Of a long execution the end is shown, with the rows that it refers to, and the beginning.
std::string StepsText(const Story& story);

}  // namespace hammerlock::explore
