// SPDX-License-Identifier: Apache-2.0
//
// Crew: threads that live as long as the process and run a batch at once.
//
// The real-thread engine's workers do more (strides, places, noise); here an input is judged in
// a few executions, and the fuzzer's next input is the variation.
//
// Thread safety: one thread, which is itself the first of the crew, calls Run.
// Progress: blocking.
// Invariants:
//   1. What Run() writes for the others is written while they wait for generation_ to grow.
//   2. came_ counts arrivals and never goes back: the threads of an execution start when it has
//      reached what the meeting needs.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <thread>
#include <vector>

#include "scenario/scenario.h"

namespace hammerlock::fuzz {

class Crew {
 public:
  static constexpr int kMaxThreads = 64;

  Crew() = default;
  ~Crew();
  Crew(const Crew&) = delete;
  Crew& operator=(const Crew&) = delete;

  // Runs all executions of the batch, which has `size`, one after the other, each on all its
  // threads at once. A thread is held back by a random number of spins, from `seed`.
  // REQUIRES: batch.threads() <= kMaxThreads.
  void Run(Batch& batch, size_t size, uint64_t seed);

 private:
  void Loop(int thread, uint32_t generation);
  void Work(int thread);

  Batch* batch_ = nullptr;
  size_t size_ = 0;
  uint64_t seed_ = 0;
  uint64_t meetings_ = 0;             // So many arrivals there were before this Run.
  std::vector<std::thread> threads_;  // Thread i is member i + 1.

  std::atomic<uint32_t> generation_{0};
  std::atomic<uint64_t> came_{0};
  std::atomic<uint32_t> done_{0};
  std::atomic<bool> stop_{false};
};

}  // namespace hammerlock::fuzz
