// SPDX-License-Identifier: Apache-2.0
//
// Standard input and output of the program. Each execution reads the same input, if that is a file;
// anything else, a terminal or a pipe, reads as empty. The output of the first execution is the
// program's; that of the others is dropped, unless all is wanted. Standard error is nobody's
// business here.
#pragma once

namespace hammerlock::explore {

void PrepareStreams();

// Before an execution: whether its output is passed on.
void BeginStreams(bool pass_output);
// The program has put something else in the place of a standard stream's descriptor.
void NoteMovedStream();
// After it. Whether it came to an end by itself: then its C++ streams are flushed as well.
void EndStreams(bool ended_well);

}  // namespace hammerlock::explore
