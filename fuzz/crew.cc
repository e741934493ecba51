// SPDX-License-Identifier: Apache-2.0
#include "fuzz/crew.h"

#include <sched.h>

#include "scenario/choices.h"

namespace hammerlock::fuzz {

Crew::~Crew() {
  stop_.store(true, std::memory_order_relaxed);         // published by generation_
  generation_.fetch_add(1, std::memory_order_release);  // pairs with the acquire in Loop()
  generation_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

void Crew::Loop(int thread, uint32_t seen) {
  for (;;) {
    // Both acquires pair with the release in Run() and in the destructor.
    generation_.wait(seen, std::memory_order_acquire);
    seen = generation_.load(std::memory_order_acquire);
    if (stop_.load(std::memory_order_relaxed)) return;  // published by generation_
    if (thread < batch_->threads()) Work(thread);
    done_.fetch_add(1, std::memory_order_release);  // pairs with the acquire in Run()
  }
}

void Crew::Work(int thread) {
  const unsigned threads = batch_->threads();
  Random random(seed_ + thread);
  for (size_t i = 0; i < size_; ++i) {
    // Release and acquire pair with the other members' of the same meeting.
    came_.fetch_add(1, std::memory_order_acq_rel);
    const uint64_t all = meetings_ + (i + 1) * threads;
    for (int spin = 0; came_.load(std::memory_order_acquire) < all; ++spin) {  // as above
      if (spin > 200) sched_yield();
    }
    // Powers of two: short delays as often as long ones.
    for (unsigned n = random.Below(1u << random.Below(9)); n > 0; --n) asm volatile("");
    batch_->Run(thread, {i, i + 1});
  }
}

void Crew::Run(Batch& batch, size_t size, uint64_t seed) {
  while (static_cast<int>(threads_.size()) < batch.threads() - 1) {
    const int index = static_cast<int>(threads_.size()) + 1;
    const uint32_t seen = generation_.load(std::memory_order_relaxed);  // only Run() writes
    threads_.emplace_back([this, index, seen] { Loop(index, seen); });
  }
  batch_ = &batch;
  size_ = size;
  seed_ = seed;
  meetings_ = came_.load(std::memory_order_relaxed);    // nobody runs
  done_.store(0, std::memory_order_relaxed);            // published by generation_
  generation_.fetch_add(1, std::memory_order_release);  // pairs with the acquire in Loop()
  generation_.notify_all();
  Work(0);
  // The acquire pairs with the release in Loop(): all have run and wait again.
  for (int spin = 0; done_.load(std::memory_order_acquire) != threads_.size(); ++spin) {
    if (spin > 200) sched_yield();
  }
}

}  // namespace hammerlock::fuzz
