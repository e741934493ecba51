// SPDX-License-Identifier: Apache-2.0
//
// How many errors ThreadSanitizer has reported in this process so far: 0 where it is not linked.
#pragma once

namespace hammerlock::stress {

int SanitizerReports();

}  // namespace hammerlock::stress
