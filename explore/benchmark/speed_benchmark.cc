// SPDX-License-Identifier: Apache-2.0
//
// How many executions a second the explorer makes on one core, and where the time goes.
//
//   speed_benchmark [--seconds=S] [--workload=NAME] [--strategy=NAME]
//
// S is for each workload; the names are those of the first table. Time is the process's processor
// time, so that a machine that is busy otherwise does not show; it is taken in short slices, and
// the best of them counts, since a neighbour that takes caches away does show.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <algorithm>

#include "explore/benchmark/peers.h"
#include "explore/benchmark/sampler.h"
#include "explore/benchmark/workloads.h"
#include "explore/runtime/report.h"
#include "explore/runtime/runtime.h"
#include "explore/runtime/search.h"

namespace hammerlock::explore::benchmark {
namespace {

double Seconds() {
  timespec t;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return static_cast<double>(t.tv_sec) + 1e-9 * static_cast<double>(t.tv_nsec);
}

// A program, run over and over.
class Runner {
 public:
  Runner(Program program, void* argument, Strategy strategy)
      : program_(program), argument_(argument), strategy_(strategy) {}

  const Ending& Once() {
    SeedExecution(1, executions_++, strategy_);
    const Ending& ending = Execute(program_, argument_);
    steps_ += ending.steps;
    if (ending.failure != FailureKind::kNone || ending.endless) {
      fprintf(stderr, "a correct program failed: %s\n", ending.endless ? "endless" : ending.why);
      exit(1);
    }
    return ending;
  }

  // Executions a second in the best slice of about `seconds` in all.
  double Best(double seconds) {
    constexpr double kSlice = 0.02;
    double best = 0;
    uint64_t batch = 1;
    for (const double end = Seconds() + seconds; Seconds() < end;) {
      const double begin = Seconds();
      for (uint64_t i = 0; i < batch; ++i) Once();
      const double took = Seconds() - begin;
      if (took < kSlice / 2) {
        batch *= 2;
      } else {
        best = std::max(best, static_cast<double>(batch) / took);
      }
    }
    return best;
  }

  void For(double seconds) {
    for (const double end = Seconds() + seconds; Seconds() < end;) {
      for (int i = 0; i < 100; ++i) Once();
    }
  }

  double steps() const { return static_cast<double>(steps_) / static_cast<double>(executions_); }

  // Changes of thread between two accesses of an execution, on average.
  double Switches() {
    constexpr int kExecutions = 1000;
    uint64_t switches = 0;
    g_recording = true;
    for (int i = 0; i < kExecutions; ++i) {
      Once();
      const Event* events;
      const size_t n = RecordedEvents(&events);
      for (size_t e = 1; e < n; ++e) switches += events[e].thread != events[e - 1].thread;
    }
    g_recording = false;
    return static_cast<double>(switches) / kExecutions;
  }

 private:
  const Program program_;
  void* const argument_;
  const Strategy strategy_;
  uint64_t executions_ = 0;
  uint64_t steps_ = 0;
};

void TableOfWorkloads(double seconds, const char* only, Strategy strategy) {
  Sampler sampler;
  printf("Executions a second on one core. Relacy's figure was measured elsewhere: see docs.\n\n");
  printf("| workload  |    ours |     aim | of aim | to Relacy | steps | switches |");
  for (const char* part : kPartName) printf(" %7s |", part);
  printf("\n|---|---|---|---|---|---|---|");
  for (int i = 0; i < kParts; ++i) printf("---|");
  printf("\n");
  for (const Workload& workload : kWorkload) {
    if (only != nullptr && strcmp(only, workload.name) != 0) continue;
    const Peer& peer = PeerOf(workload.name);
    Runner runner(workload.correct, nullptr, strategy);
    const double ours = runner.Best(seconds * 0.6);
    sampler.Start();
    runner.For(seconds * 0.4);
    sampler.Stop();
    const Sampler::Shares shares = sampler.Classify();
    const double steps = runner.steps();
    printf("| %-9s | %7.0f | %7.0f |   %4.2f |      %4.2f | %5.1f | %8.1f |", workload.name, ours,
           peer.aim, ours / peer.aim, ours / peer.relacy, steps, runner.Switches());
    for (const double share : shares.of) printf(" %5.0f %% |", share * 100);
    if (!shares.unknown.empty()) printf(" other: %s", shares.unknown.c_str());
    printf("\n");
    fflush(stdout);
  }
}

double NanosecondsOf(Extent extent, double seconds, Strategy strategy, double* steps) {
  Runner runner(Mixture, &extent, strategy);
  const double rate = runner.Best(seconds);
  *steps = runner.steps();
  return rate == 0 ? 0 : 1e9 / rate;
}

void TableOfLengths(double seconds, Strategy strategy) {
  printf("\n| threads | steps | ns a step |\n|---|---|---|\n");
  for (const int operations : {50, 500, 5000}) {
    double steps;
    const double ns = NanosecondsOf({2, operations}, seconds, strategy, &steps);
    printf("| %7d | %5.0f | %9.1f |\n", 2, steps, ns / steps);
    fflush(stdout);
  }
}

void TableOfThreads(double seconds, Strategy strategy) {
  constexpr int kOperations = 100;
  printf("\n| threads | steps | ns a step | ns to create and join one |\n|---|---|---|---|\n");
  for (const int threads : {2, 8, 32, 128}) {
    double steps, unused;
    const double idle = NanosecondsOf({threads, 0}, seconds / 2, strategy, &unused);
    const double busy = NanosecondsOf({threads, kOperations}, seconds / 2, strategy, &steps);
    printf("| %7d | %5.0f | %9.1f | %25.0f |\n", threads, steps,
           (busy - idle) / (kOperations * threads), idle / threads);
    fflush(stdout);
  }
}

int Main(int argc, char** argv) {
  double seconds = 2;
  const char* only = nullptr;
  Strategy strategy = Strategy::kWalk;
  for (int i = 1; i < argc; ++i) {
    const char* const flag = argv[i];
    if (strncmp(flag, "--seconds=", 10) == 0 && atof(flag + 10) > 0) {
      seconds = atof(flag + 10);
    } else if (strncmp(flag, "--workload=", 11) == 0) {
      only = flag + 11;
      const auto* const found =
          std::find_if(kWorkload, kWorkload + kWorkloads,
                       [&](const Workload& w) { return strcmp(w.name, only) == 0; });
      if (found == kWorkload + kWorkloads) {
        fprintf(stderr, "%s: there is no such workload\n", flag);
        return 2;
      }
    } else if (strncmp(flag, "--strategy=", 11) != 0 || !ParseStrategy(flag + 11, &strategy)) {
      fprintf(stderr, "%s: expected --seconds=S, --workload=NAME or --strategy=NAME\n", flag);
      return 2;
    }
  }
  Options options;
  options.max_steps = 1000000;
  Prepare(options);
  TableOfWorkloads(seconds, only, strategy);
  if (only != nullptr) return 0;
  TableOfLengths(seconds, strategy);
  TableOfThreads(seconds, strategy);
  return 0;
}

}  // namespace
}  // namespace hammerlock::explore::benchmark

int main(int argc, char** argv) { return hammerlock::explore::benchmark::Main(argc, argv); }
