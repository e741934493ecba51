// SPDX-License-Identifier: Apache-2.0
//
// What the sanitizers of this process have to say.
#pragma once

namespace hammerlock::fuzz {

// Called when AddressSanitizer or UBSan has reported an error and is about to end the process.
// From then on an error that ThreadSanitizer reports is counted. Before, and for ever in a source
// with an entry point of its own, it ends the process, so that libFuzzer keeps the input: the
// configuration tells ThreadSanitizer to go on, for the sake of those who count.
void OnSanitizerDeath(void (*callback)(const char* sanitizer));

// How many errors have been counted.
int SanitizerReports();

}  // namespace hammerlock::fuzz
