// SPDX-License-Identifier: Apache-2.0
//
// What the same eight programs cost elsewhere. These figures were measured once, on another
// machine, with the programs written for each tool (docs/explorer.md says how); they are here to
// be set beside ours, and say little about a machine that is faster or slower.
#pragma once

#include <cstring>

namespace hammerlock::explore::benchmark {

struct Peer {
  const char* workload;
  double aim;     // Ours: executions of the correct program a second, on one core.
  double relacy;  // Relacy's, with its random scheduler.
  // Executions to the first detection of the weakened twin, medians of 10 seeds.
  double relacy_detection;
  double c11tester_detection;
};

inline constexpr Peer kPeers[] = {
    {"mp", 3.0e6, 4.34e6, 2.5, 1},       {"sb", 2.5e6, 2.66e6, 1.5, 2.5},
    {"iriw", 1.5e6, 1.85e6, 47, 13.5},   {"treiber", 450e3, 455e3, 1.5, 1},
    {"msqueue", 600e3, 630e3, 37, 20.5}, {"chase-lev", 550e3, 570e3, 17.5, 10.5},
    {"seqlock", 800e3, 883e3, 8, 2.5},   {"barrier", 1.0e6, 1.10e6, 1, 1},
};

// REQUIRES: there is one.
inline const Peer& PeerOf(const char* workload) {
  const Peer* peer = kPeers;
  while (strcmp(peer->workload, workload) != 0) ++peer;
  return *peer;
}

}  // namespace hammerlock::explore::benchmark
