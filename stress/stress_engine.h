// SPDX-License-Identifier: Apache-2.0
//
// The real-thread engine: scenarios run on threads of the operating system, as they are.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "scenario/engine.h"
#include "stress/watchdog.h"
#include "stress/workers.h"

namespace hammerlock::stress {

class StressEngine : public Engine {
 public:
  void AddFlags(Flags& flags) override;
  absl::Status Prepare() override;
  std::string_view ReplayCaveat() const override;
  Result Run(Scenario& scenario, const Plan& plan, Progress& progress) override;

 private:
  uint64_t batch_ = 0;
  uint64_t stride_ = 0;
  uint64_t skew_ = 0;
  std::string noise_ = "mixed";
  std::string affinity_ = "mixed";
  HangLimits hang_;
};

}  // namespace hammerlock::stress
