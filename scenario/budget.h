// SPDX-License-Identifier: Apache-2.0
//
// Budget: how many executions, and how much time, an engine may still spend.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>

namespace hammerlock {

// Thread safety: const methods may be called at once.
class Budget {
 public:
  // Bounds as in Plan: 0 is none. The time runs from now on.
  Budget(uint64_t executions, double seconds) : executions_(executions), seconds_(seconds) {}

  // Whether anything is left after `done` executions.
  bool Left(uint64_t done) const {
    if (executions_ != 0 && done >= executions_) return false;
    return seconds_ == 0 || spent() < seconds_;
  }
  uint64_t AtMost(uint64_t size, uint64_t done) const {
    return executions_ == 0 ? size : std::min(size, executions_ - done);
  }
  // In seconds.
  double spent() const {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
  }

 private:
  const uint64_t executions_;
  const double seconds_;
  const std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

}  // namespace hammerlock
