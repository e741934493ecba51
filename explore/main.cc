// SPDX-License-Identifier: Apache-2.0
#include "explore/explore_engine.h"
#include "scenario/engine.h"

int main(int argc, char** argv) {
  hammerlock::explore::ExploreEngine engine;
  return hammerlock::Main(argc, argv, engine);
}
