// SPDX-License-Identifier: Apache-2.0
//
// Known bad: a spin lock whose unlock is relaxed, so that what was written under the lock need
// not be there when the next holder reads it.
#include <atomic>

#include "scenario/litmus.h"

class RelaxedSpinLock {
 public:
  void lock() {
    // Would pair with a release in unlock(), if there were one.
    while (locked_.exchange(1, std::memory_order_acquire) != 0) {
    }
  }
  void unlock() { locked_.store(0, std::memory_order_relaxed); }  // The bug.

 private:
  std::atomic<int> locked_{0};
};

struct RelaxedUnlock {
  alignas(64) RelaxedSpinLock lock;
  alignas(64) int count = 0;
  int r0 = 0;

  void P0() { Add(); }
  void P1() { Add(); }
  void Final() { r0 = count; }

  void Add() {
    lock.lock();
    ++count;
    lock.unlock();
  }
};

LITMUS(RelaxedUnlock, r0) {
  Acceptable({2}, "the lock kept the two apart");
  Forbidden({1}, "the second holder read what was there before the first");
}
