// SPDX-License-Identifier: Apache-2.0
//
// Included first in all of the runtime where it is linked into a program: its own globals lie
// apart from the program's, which are put back after each execution (globals.h).
#pragma clang section bss = "hammerlock_bss" data = "hammerlock_data"
