// SPDX-License-Identifier: Apache-2.0
//
// The explorer: runs scenarios as executions of the C++20 abstract machine, on any host. Threads
// are fibers, and every atomic operation is a choice: who runs next, which store a load reads,
// where in modification order a store goes.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "explore/runtime/runtime.h"
#include "scenario/engine.h"

namespace hammerlock::explore {

class ExploreEngine : public Engine {
 public:
  void AddFlags(Flags& flags) override;
  absl::Status Prepare() override;
  std::vector<std::string> ReplayFlags() const override;
  Result Run(Scenario& scenario, const Plan& plan, Progress& progress) override;

 private:
  std::string strategy_ = "portfolio";
  uint64_t max_steps_ = Options().max_steps;
  bool race_ = true;
  bool leak_ = false;
  bool load_buffering_ = false;
  uint64_t shrink_ = 3000;
};

}  // namespace hammerlock::explore
