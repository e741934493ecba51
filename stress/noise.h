// SPDX-License-Identifier: Apache-2.0
//
// Noise: what makes real threads meet in unusual places. Left alone, a thread is interrupted
// a few hundred times a second, and hardly ever in the middle of an operation.
#pragma once

#include <atomic>
#include <cstdint>
#include <ctime>
#include <functional>
#include <thread>

#include "scenario/choices.h"

namespace hammerlock::stress {

enum class Noise {
  kNone,
  kYield,    // Now and then a thread gives up the processor between two executions.
  kPreempt,  // A timer interrupts the thread anywhere; it then spins or yields for a while.
};

// The calling thread's timer for Noise::kPreempt.
//
// A handler that runs in the middle of an operation holds that operation up, for as long as
// several operations of the other threads take: this is how windows of a few instructions are
// hit. System calls restart (SA_RESTART).
//
// Thread safety: belongs to the thread that made it.
class Preempter {
 public:
  explicit Preempter(uint64_t seed);
  ~Preempter();
  Preempter(const Preempter&) = delete;
  Preempter& operator=(const Preempter&) = delete;

  void Start();
  void Stop();

 private:
  timer_t timer_;
  bool works_;
};

// The same for threads that the code under test starts by itself: a thread of its own picks one
// of the process's threads now and then, and interrupts it.
class Heckler {
 public:
  // `heartbeat` grows as long as something gets on. While nothing does, nobody is disturbed, so
  // that a deadlock looks like one.
  Heckler(uint64_t seed, std::function<uint64_t()> heartbeat);
  ~Heckler();
  Heckler(const Heckler&) = delete;
  Heckler& operator=(const Heckler&) = delete;

 private:
  void Heckle(uint64_t seed);

  const std::function<uint64_t()> heartbeat_;
  std::atomic<bool> stop_{false};
  std::thread thread_;
};

}  // namespace hammerlock::stress
