// SPDX-License-Identifier: Apache-2.0
//
// The program under test, ready to be run again and again: its main function, its arguments, and
// all of its state that is not the runtime's to put back.
#pragma once

#include "explore/runtime/runtime.h"

namespace hammerlock::explore {

using MainFunction = int(int, char**, char**);

// What main is to be called with. Call it once, before the others.
void KeepProgram(MainFunction* main, int argc, char** argv, char** environment);

// The last part of argv[0], such that it can stand in a replay: other characters than letters,
// digits and ._+- are _.
const char* ProgramName();
int ProgramArgumentCount();
const char* ProgramArgument(int i);

// Readies this process for executions.
void PrepareProgram();

// One execution, as g_chooser says. Its standard output is passed on or dropped.
const Ending& RunProgram(bool pass_output);

}  // namespace hammerlock::explore
