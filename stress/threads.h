// SPDX-License-Identifier: Apache-2.0
//
// The threads of this process, whoever started them.
#pragma once

#include <sys/types.h>

#include <vector>

namespace hammerlock::stress {

// The kernel's numbers of all threads of this process but the calling one. Empty if /proc cannot
// be read; a thread of the list may have ended by the time that it is used.
std::vector<pid_t> OtherThreads();

}  // namespace hammerlock::stress
