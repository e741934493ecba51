// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "emulate/a64/instruction.h"

namespace hammerlock::emulate {

// What the instruction that `word` encodes does. Every word has an answer: one that stands for
// nothing known, or for something that is not modelled (SVE, SME, memory tagging, memory copies),
// is kOther.
//
// Where a register set cannot be told exactly it errs on the side of more reads: a dependency that
// is not there costs outcomes, one that is overlooked would show outcomes that Arm forbids.
Instruction Decode(uint32_t word);

}  // namespace hammerlock::emulate
