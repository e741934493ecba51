// SPDX-License-Identifier: Apache-2.0
//
// Addresses of code as people read them: functions and lines.
#pragma once

#include <cstddef>

namespace hammerlock::explore {

// Replaces each "pc 0x..." in a text by the function and line that it lies in, as far as they are
// known and there is room. A pc is the address after a call.
void SymboliseText(char* text, size_t size);

}  // namespace hammerlock::explore
