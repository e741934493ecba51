// SPDX-License-Identifier: Apache-2.0
//
// The correct twin.
#include "fuzz/canaries/maybe_guarded_stack.h"
#include "scenario/linearizable.h"

namespace hammerlock::fuzz {

LINEARIZABLE(GuardedStack, MaybeGuardedStack<true>, StackModel) { DeclareStack(*this); }

}  // namespace hammerlock::fuzz
