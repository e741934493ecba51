// SPDX-License-Identifier: Apache-2.0
#include "absl/debugging/symbolize.h"
#include "scenario/engine.h"
#include "stress/stress_engine.h"

int main(int argc, char** argv) {
  absl::InitializeSymbolizer(argv[0]);
  hammerlock::stress::StressEngine engine;
  return hammerlock::Main(argc, argv, engine);
}
