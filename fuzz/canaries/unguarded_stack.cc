// SPDX-License-Identifier: Apache-2.0
//
// Known bad: a data race, which ThreadSanitizer sees when two threads run at once.
#include "fuzz/canaries/maybe_guarded_stack.h"
#include "scenario/linearizable.h"

namespace hammerlock::fuzz {

LINEARIZABLE(UnguardedStack, MaybeGuardedStack<false>, StackModel) { DeclareStack(*this); }

}  // namespace hammerlock::fuzz
