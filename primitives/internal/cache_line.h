// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

namespace hammerlock {

// Bytes that two threads should keep between data they write independently. 64 on every x86_64 and
// on nearly every aarch64 core. Not std::hardware_destructive_interference_size, whose value
// depends on compiler flags (-mtune) and so must not appear in the layout of a type in a header.
inline constexpr std::size_t kCacheLine = 64;

}  // namespace hammerlock
