// SPDX-License-Identifier: Apache-2.0
#include "stress/workers.h"

#include <pthread.h>
#include <sched.h>

#include <algorithm>
#include <string>

namespace hammerlock::stress {
namespace {

std::vector<int> UsableCores() {
  std::vector<int> cores;
  cpu_set_t set;
  if (sched_getaffinity(0, sizeof(set), &set) == 0) {
    for (int core = 0; core < CPU_SETSIZE; ++core) {
      if (CPU_ISSET(core, &set)) cores.push_back(core);
    }
  }
  if (cores.empty()) cores.push_back(0);
  return cores;
}

void PinTo(const std::vector<int>& cores) {
  cpu_set_t set;
  CPU_ZERO(&set);
  for (const int core : cores) CPU_SET(core, &set);
  sched_setaffinity(0, sizeof(set), &set);  // Where it is refused, the kernel chooses.
}

void Skew(Random& random, unsigned most) {
  if (most == 0) return;
  for (unsigned n = random.Below(most); n > 0; --n) asm volatile("");
}

}  // namespace

void Workers::Place::Take(Affinity affinity, int thread) {
  const int core = affinity == Affinity::kFree   ? kAnywhere
                   : affinity == Affinity::kSame ? cores_[0]
                                                 : cores_[thread % cores_.size()];
  if (core == core_) return;
  core_ = core;
  PinTo(core == kAnywhere ? cores_ : std::vector<int>{core});
}

Workers::Workers(uint64_t seed)
    : random_(seed), preempter_(random_.Next()), cores_(UsableCores()) {}

Workers::~Workers() {
  stop_.store(true, std::memory_order_relaxed);         // published by generation_
  generation_.fetch_add(1, std::memory_order_release);  // pairs with the acquire in Loop()
  generation_.notify_all();
  for (std::thread& thread : threads_) thread.join();
  place_.Take(Affinity::kFree, 0);  // The calling thread goes on elsewhere.
}

void Workers::Grow(int threads) {
  while (static_cast<int>(threads_.size()) < threads - 1) {
    const int index = static_cast<int>(threads_.size()) + 1;
    const uint32_t generation = generation_.load(std::memory_order_relaxed);  // only Run() writes
    threads_.emplace_back(
        [this, index, generation, seed = random_.Next()] { Loop(index, generation, seed); });
  }
}

void Workers::Loop(int thread, uint32_t generation, uint64_t seed) {
  pthread_setname_np(pthread_self(), ("worker-" + std::to_string(thread)).c_str());
  Random random(seed);
  Preempter preempter(random.Next());
  Place place(cores_);
  for (uint32_t seen = generation;;) {
    // The acquire pairs with the release in Run() and in the destructor.
    uint32_t now = generation_.load(std::memory_order_acquire);
    for (int spin = 0; now == seen && spin < 500; ++spin) {
      CpuRelax();
      now = generation_.load(std::memory_order_acquire);  // as above
    }
    if (now == seen) {
      generation_.wait(seen, std::memory_order_acquire);  // as above
      continue;
    }
    seen = now;
    if (stop_.load(std::memory_order_relaxed)) return;  // published by generation_
    if (thread < job_.batch->threads()) {
      place.Take(job_.manner.affinity, thread);
      DoJob(thread, random, preempter);
    }
    done_.fetch_add(1, std::memory_order_release);  // pairs with the acquire in Run()
  }
}

void Workers::DoJob(int thread, Random& random, Preempter& preempter) {
  const Manner& manner = job_.manner;
  if (manner.noise == Noise::kPreempt) preempter.Start();
  for (size_t begin = 0; begin < job_.size; begin += manner.stride) {
    rendezvous_.Meet(thread);
    Skew(random, manner.skew);
    if (manner.noise == Noise::kYield && random.Below(16) == 0) sched_yield();
    job_.batch->Run(thread, {begin, std::min(begin + manner.stride, job_.size)});
  }
  if (manner.noise == Noise::kPreempt) preempter.Stop();
  rendezvous_.Meet(thread);  // Every thread has run: any may judge.
  const size_t threads = job_.batch->threads();
  job_.batch->Finish({job_.size * thread / threads, job_.size * (thread + 1) / threads},
                     job_.tallies[thread]);
}

void Workers::Run(Batch& batch, size_t size, const Manner& manner, Tally& tally) {
  const int threads = batch.threads();
  Grow(threads);
  job_.batch = &batch;
  job_.size = size;
  job_.manner = manner;
  job_.tallies.assign(threads, Tally());
  // Spinning is of use only while every thread has a core of its own.
  const bool crowded =
      threads > static_cast<int>(cores_.size()) || manner.affinity == Affinity::kSame;
  rendezvous_.Reset(threads, crowded ? 1 : 200);
  rendezvous_.Align();
  done_.store(0, std::memory_order_relaxed);  // published by generation_
  const bool alone = threads == 1;
  if (!alone) {
    generation_.fetch_add(1, std::memory_order_release);  // pairs with the acquire in Loop()
    generation_.notify_all();
  }
  place_.Take(manner.affinity, 0);
  DoJob(0, random_, preempter_);
  // The acquire pairs with the release in Loop(): all have judged and wait again.
  for (int spin = 0; !alone && done_.load(std::memory_order_acquire) != threads_.size();) {
    if (++spin < 500) {
      CpuRelax();
    } else {
      sched_yield();
    }
  }
  for (const Tally& part : job_.tallies) tally.Add(part);
}

}  // namespace hammerlock::stress
