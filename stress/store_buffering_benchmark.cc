// SPDX-License-Identifier: Apache-2.0
//
// How fast the real-thread engine runs the smallest litmus test, and how often it shows the
// weak outcome: store buffering, two threads. Rates are per second of wall-clock time.
//
//   bazel run -c opt //stress:store_buffering_benchmark
//
// `apart` has the two locations on cache lines of their own, `packed` has them on one.
#include <atomic>
#include <chrono>
#include <cstdio>
#include <memory>

#include "scenario/litmus.h"
#include "stress/workers.h"

namespace hammerlock {
namespace {

template <size_t kAlign>
struct StoreBuffering {
  struct alignas(kAlign) Location {
    std::atomic<int> value{0};
  };

  Location x, y;
  int r0 = 0, r1 = 0;

  void P0() {
    x.value.store(1, std::memory_order_relaxed);
    r0 = y.value.load(std::memory_order_relaxed);
  }
  void P1() {
    y.value.store(1, std::memory_order_relaxed);
    r1 = x.value.load(std::memory_order_relaxed);
  }
};

struct Packed : StoreBuffering<4> {};
struct Apart : StoreBuffering<64> {};

LITMUS(Packed, r0, r1) {
  Interesting({0, 0}, "both loads overtook the stores");
  Acceptable([](int, int) { return true; }, "an interleaving");
}
LITMUS(Apart, r0, r1) {
  Interesting({0, 0}, "both loads overtook the stores");
  Acceptable([](int, int) { return true; }, "an interleaving");
}

void Measure(Scenario& scenario, const stress::Manner& manner, double seconds) {
  using Clock = std::chrono::steady_clock;
  constexpr size_t kBatch = 8192;
  stress::Workers workers(1);
  SeededChoices choices(1);
  Tally tally;
  const auto start = Clock::now();
  const auto elapsed = [&] { return std::chrono::duration<double>(Clock::now() - start).count(); };
  do {
    workers.Run(*scenario.Make(choices, kBatch), kBatch, manner, tally);
  } while (elapsed() < seconds);
  const double took = elapsed();
  const auto weak = tally.outcomes().find("r0=0 r1=0");
  const double seen = weak == tally.outcomes().end() ? 0 : weak->second.count;
  std::printf("%-8s stride %5zu  %9.2f M executions/s  %12.0f weak outcomes/s\n",
              scenario.name().c_str(), manner.stride, tally.executions() / took / 1e6, seen / took);
}

}  // namespace
}  // namespace hammerlock

int main() {
  using namespace hammerlock;
  for (const auto& scenario : Scenarios()) {
    for (const size_t stride : {1, 4, 32, 256, 8192}) {
      Measure(*scenario, {stride, 0, stress::Noise::kNone, stress::Affinity::kDifferent}, 1);
    }
  }
}
