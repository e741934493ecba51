// SPDX-License-Identifier: Apache-2.0
//
// How many executions the explorer needs to find the bug of each weakened twin: the median over
// seeds, beside those of others. Ends with 1 if one is not found.
//
//   detection_benchmark [--seeds=N] [--strategy=NAME]
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <algorithm>
#include <vector>

#include "explore/benchmark/peers.h"
#include "explore/benchmark/workloads.h"
#include "explore/runtime/runtime.h"
#include "explore/runtime/search.h"

namespace hammerlock::explore::benchmark {
namespace {

constexpr uint64_t kGiveUp = 1000000;

// The number of the first execution that fails, from 1; kGiveUp if none does before.
uint64_t FirstDetection(Program program, uint64_t seed, Strategy strategy) {
  for (uint64_t n = 1; n < kGiveUp; ++n) {
    SeedExecution(seed, n, strategy);
    if (Execute(program, nullptr).failure != FailureKind::kNone) return n;
  }
  return kGiveUp;
}

double Median(std::vector<uint64_t>& sorted) {
  const size_t n = sorted.size();
  return static_cast<double>(sorted[(n - 1) / 2] + sorted[n / 2]) / 2;
}

int Main(int argc, char** argv) {
  uint64_t seeds = 20;
  Strategy strategy = Strategy::kPortfolio;
  for (int i = 1; i < argc; ++i) {
    const char* const flag = argv[i];
    if (strncmp(flag, "--seeds=", 8) == 0 && atoi(flag + 8) > 0) {
      seeds = static_cast<uint64_t>(atoi(flag + 8));
    } else if (strncmp(flag, "--strategy=", 11) != 0 || !ParseStrategy(flag + 11, &strategy)) {
      fprintf(stderr, "%s: expected --seeds=N or --strategy=NAME\n", flag);
      return 2;
    }
  }
  Prepare(Options());
  printf(
      "Executions to the first detection; ours over %llu seeds, the others' medians measured\n"
      "elsewhere over 10: see docs.\n\n",
      static_cast<unsigned long long>(seeds));
  printf("| workload  | median |   max | Relacy | C11Tester |\n|---|---|---|---|---|\n");
  bool all_found = true;
  for (const Workload& workload : kWorkload) {
    std::vector<uint64_t> counts;
    for (uint64_t seed = 1; seed <= seeds; ++seed) {
      counts.push_back(FirstDetection(workload.weakened, seed, strategy));
    }
    std::sort(counts.begin(), counts.end());
    const Peer& peer = PeerOf(workload.name);
    const bool found = counts.back() < kGiveUp;
    all_found &= found;
    printf("| %-9s | %6.1f | %5llu | %6.1f | %9.1f |%s\n", workload.name, Median(counts),
           static_cast<unsigned long long>(counts.back()), peer.relacy_detection,
           peer.c11tester_detection, found ? "" : " not always found");
    fflush(stdout);
  }
  return all_found ? 0 : 1;
}

}  // namespace
}  // namespace hammerlock::explore::benchmark

int main(int argc, char** argv) { return hammerlock::explore::benchmark::Main(argc, argv); }
