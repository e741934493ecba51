// SPDX-License-Identifier: Apache-2.0
//
// A run of a whole program in the explorer, from HAMMERLOCK_OPTIONS to the exit code.
#pragma once

#include "explore/foreign/program.h"

namespace hammerlock::explore {

// In place of the program's main; returns what the process is to exit with.
int RunSession(MainFunction* main, int argc, char** argv, char** environment);

}  // namespace hammerlock::explore
