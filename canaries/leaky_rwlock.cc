// SPDX-License-Identifier: Apache-2.0
//
// Known bad: a reader-writer lock whose writer looks for readers before it announces itself,
// so that a reader slips in beside it.
#include <atomic>

#include "scenario/litmus.h"

class LeakyRwLock {
 public:
  bool TryLock() {
    if (readers_.load(std::memory_order_seq_cst) != 0) return false;
    // The bug: a reader may come here, since the writer is announced only now.
    return !writer_.exchange(true, std::memory_order_seq_cst);
  }
  void Unlock() { writer_.store(false, std::memory_order_seq_cst); }

  bool TryLockShared() {
    if (writer_.load(std::memory_order_seq_cst)) return false;
    readers_.fetch_add(1, std::memory_order_seq_cst);
    return true;
  }
  void UnlockShared() { readers_.fetch_sub(1, std::memory_order_seq_cst); }

 private:
  std::atomic<int> readers_{0};
  std::atomic<bool> writer_{false};
};

struct LeakyRwLockTest {
  LeakyRwLock lock;
  // Atomic, so that what is wrong is the lock alone: the pair is torn, and nothing races.
  std::atomic<int> first{0}, second{0};
  int r0 = 0, r1 = 0;

  void P0() {
    if (!lock.TryLock()) return;
    first.store(1, std::memory_order_seq_cst);
    second.store(1, std::memory_order_seq_cst);
    lock.Unlock();
  }

  void P1() {
    if (!lock.TryLockShared()) return;
    r0 = first.load(std::memory_order_seq_cst);
    r1 = second.load(std::memory_order_seq_cst);
    lock.UnlockShared();
  }
};

LITMUS(LeakyRwLockTest, r0, r1) {
  Acceptable({0, 0}, "the reader came first, or not in");
  Acceptable({1, 1}, "the writer came first");
  Forbidden([](int r0, int r1) { return r0 != r1; }, "a reader was in beside a writer");
}
