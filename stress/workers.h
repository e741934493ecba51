// SPDX-License-Identifier: Apache-2.0
//
// Workers: threads that live as long as a scenario and run its batches, stride by stride.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <thread>
#include <vector>

#include "scenario/scenario.h"
#include "scenario/tally.h"
#include "stress/noise.h"
#include "stress/rendezvous.h"

namespace hammerlock::stress {

// Where the threads of a batch run.
enum class Affinity {
  kFree,       // Wherever the kernel puts them.
  kSame,       // All on one core: they alternate.
  kDifferent,  // Each on its own, as far as there are cores.
};

// How a batch is run.
struct Manner {
  size_t stride;  // Executions between two meetings of the threads.
  unsigned skew;  // After a meeting each thread waits for a random number of spins below this.
  Noise noise;
  Affinity affinity;
};

// Thread safety: one thread, which is itself the first worker, calls Run.
class Workers {
 public:
  explicit Workers(uint64_t seed);
  ~Workers();
  Workers(const Workers&) = delete;
  Workers& operator=(const Workers&) = delete;

  // Runs and finishes all `size` executions of the batch. REQUIRES: batch.threads() is at most
  // kMaxThreads.
  void Run(Batch& batch, size_t size, const Manner& manner, Tally& tally);

  // Grows as long as some thread gets on: for a watchdog.
  uint64_t Heartbeat() const { return rendezvous_.Total(); }

 private:
  struct Job {
    Batch* batch = nullptr;
    size_t size = 0;
    Manner manner;
    std::vector<Tally> tallies;  // One a thread.
  };

  // The calling thread's place, changed only when it has to be.
  class Place {
   public:
    // REQUIRES: `cores` outlives this object.
    explicit Place(const std::vector<int>& cores) : cores_(cores) {}
    void Take(Affinity affinity, int thread);

   private:
    static constexpr int kAnywhere = -1;

    const std::vector<int>& cores_;
    int core_ = kAnywhere;
  };

  void Loop(int thread, uint32_t generation, uint64_t seed);
  void DoJob(int thread, Random& random, Preempter& preempter);
  void Grow(int threads);

  Random random_;
  Preempter preempter_;
  const std::vector<int> cores_;  // That this process may use.
  Place place_{cores_};
  Job job_;
  Rendezvous rendezvous_;
  std::vector<std::thread> threads_;  // Thread i is worker i + 1.

  // Invariant: job_ is written only while every worker waits in Loop, for generation_ to grow.
  std::atomic<uint32_t> generation_{0};
  std::atomic<uint32_t> done_{0};  // Workers that have done the generation's job.
  std::atomic<bool> stop_{false};
};

}  // namespace hammerlock::stress
