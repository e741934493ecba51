// SPDX-License-Identifier: Apache-2.0
//
// Known bad: a condition variable that lets go of the lock before it takes its place in the
// queue. A notification in between wakes nobody, and the waiter sleeps for ever.
#include <condition_variable>
#include <mutex>
#include <thread>

#include "scenario/free_form.h"

namespace {

// Waits for a bump of the epoch; reads the epoch too late.
class LossyConditionVariable {
 public:
  void Wait(std::unique_lock<std::mutex>& lock) {
    lock.unlock();
    {
      std::unique_lock inner(mu_);
      const unsigned seen = epoch_;  // The bug: to be read before the lock is let go.
      bumped_.wait(inner, [&] { return epoch_ != seen; });
    }
    lock.lock();
  }

  void NotifyOne() {
    const std::lock_guard inner(mu_);
    ++epoch_;
    bumped_.notify_all();
  }

 private:
  std::mutex mu_;
  std::condition_variable bumped_;
  unsigned epoch_ = 0;
};

}  // namespace

// Two threads take turns.
FREE_FORM(LostWakeUp) {
  std::mutex mu;
  LossyConditionVariable changed;
  int turn = 0;
  const auto play = [&](int me) {
    for (int round = 0; round < 50; ++round) {
      std::unique_lock lock(mu);
      while (turn != me) changed.Wait(lock);
      turn = 1 - me;
      lock.unlock();
      changed.NotifyOne();
    }
  };
  std::thread other(play, 1);
  play(0);
  other.join();
}
