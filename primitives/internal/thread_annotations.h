// SPDX-License-Identifier: Apache-2.0
//
// Clang's thread-safety annotations (-Wthread-safety): Abseil's macros, and the two that Abseil
// lacks. ABSL_UNLOCK_FUNCTION releases a capability in whichever mode it is held, so a reader that
// calls unlock() instead of unlock_shared() passes unnoticed; these tell the modes apart.
#pragma once

#include "absl/base/thread_annotations.h"

#if defined(__clang__)
#define HAMMERLOCK_UNLOCK_EXCLUSIVE(...) __attribute__((release_capability(__VA_ARGS__)))
#define HAMMERLOCK_UNLOCK_SHARED(...) __attribute__((release_shared_capability(__VA_ARGS__)))
#else
#define HAMMERLOCK_UNLOCK_EXCLUSIVE(...)
#define HAMMERLOCK_UNLOCK_SHARED(...)
#endif
