// SPDX-License-Identifier: Apache-2.0
//
// Purpose: holds a fixed number of threads until all have arrived, again and again. Optionally
// calls a function once per phase, after the last arrival and before anyone is released.
// Thread safety: arrive_and_wait() may be called from any thread, from each once per phase.
// Progress: blocks until the others have arrived: spins for a few microseconds, then sleeps in the
// kernel. The last thread to arrive does not wait.
//
// Invariants
//   1. remaining_ is the number of arrivals that the current phase still lacks, 1 to expected_. It
//      is 0 only from the last arrival until the next phase, while everybody else is held.
//   2. phase_ holds twice the number of phases completed, plus 1 if somebody may be asleep on it.
//      Only the last thread to arrive completes a phase, and it resets remaining_ before.
//   3. A thread belongs to the phase that it reads before it arrives. It cannot read a later one:
//      that begins after its arrival, which the last thread has seen. Nor an older one: whoever may
//      arrive in this phase knows, by happens-before, that the older one has ended.
// Each thread compares phases only with its own, so they may wrap, but a thread that is held while
// others go on without it for exactly 2^31 phases would miss them.
//
// Reclamation: nothing is allocated. The last thread to arrive uses only the barrier's address once
// it has released the others, never its memory; whoever knows that the others have returned may
// destroy it.
// Source: Mellor-Crummey and Scott, "Algorithms for scalable synchronization on shared-memory
// multiprocessors", ACM TOCS 1991, section 3.1 (the centralized barrier; a count of phases takes
// the place of its reversing sense).
#pragma once

#include <atomic>
#include <cstdint>
#include <utility>

#include "primitives/internal/cache_line.h"
#include "primitives/internal/futex.h"
#include "primitives/internal/spin.h"

namespace hammerlock {

// The completion function of a barrier that has none.
struct NoCompletion {
  void operator()() const noexcept {}
};

template <class Completion = NoCompletion>
class Barrier {
 public:
  // REQUIRES: expected > 0. `completion` is called without arguments and must not throw.
  constexpr explicit Barrier(std::uint32_t expected, Completion completion = Completion())
      : expected_(expected), remaining_(expected), completion_(std::move(completion)) {}
  Barrier(const Barrier&) = delete;
  Barrier& operator=(const Barrier&) = delete;

  // What a thread did before this call, in any thread of this phase, happens before the completion
  // function and before the return of every thread's call.
  // REQUIRES: not more than `expected` threads take part in one phase.
  void arrive_and_wait() {
    // Relaxed: invariant 3 says why this is the current phase.
    const std::uint32_t phase = phase_.load(std::memory_order_relaxed) & ~kSleepers;
    // Release, for every thread: pairs with the acquire, which matters in the last one. All
    // arrivals of a phase form one release sequence.
    if (remaining_.fetch_sub(1, std::memory_order_acq_rel) == 1) {
      CompletePhase(phase);
    } else {
      Wait(phase);
    }
  }

 private:
  static_assert(noexcept(std::declval<Completion&>()()), "the completion must be noexcept");

  static constexpr std::uint32_t kSleepers = 1;
  static constexpr std::uint32_t kPhase = 2;

  void CompletePhase(std::uint32_t phase) {
    completion_();
    // Relaxed: published by the exchange.
    remaining_.store(expected_, std::memory_order_relaxed);
    // Release: pairs with the acquires in Wait(). The exchange also collects the sleepers' mark, so
    // that nothing has to be read afterwards.
    if (phase_.exchange(phase + kPhase, std::memory_order_release) & kSleepers) {
      internal::FutexWakeAll(&phase_);
    }
  }

  [[gnu::noinline]] void Wait(std::uint32_t phase) {
    if (spin_.Until([this, phase] { return Completed(phase); })) return;
    // Before sleeping leave a mark. Whether the mark or the end of the phase comes first is decided
    // by phase_'s modification order: either the last thread finds the mark, or this fails.
    // Relaxed: marks publish nothing and do not end CompletePhase()'s release sequence. On failure
    // too: Completed() synchronizes.
    std::uint32_t current = phase;
    phase_.compare_exchange_strong(current, phase | kSleepers, std::memory_order_relaxed,
                                   std::memory_order_relaxed);
    while (!Completed(phase)) internal::FutexWait(&phase_, phase | kSleepers);
  }

  bool Completed(std::uint32_t phase) const {
    // Acquire: pairs with the release in CompletePhase().
    return (phase_.load(std::memory_order_acquire) & ~kSleepers) != phase;
  }

  const std::uint32_t expected_;
  std::atomic<std::uint32_t> remaining_;
  [[no_unique_address]] Completion completion_;
  internal::AdaptiveSpin spin_;
  // Apart from remaining_, so that arrivals do not disturb those who spin on this.
  alignas(kCacheLine) std::atomic<std::uint32_t> phase_ = 0;
};

}  // namespace hammerlock
