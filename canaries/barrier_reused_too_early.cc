// SPDX-License-Identifier: Apache-2.0
//
// Known bad: a barrier of one counter, which the last to arrive sets back. When it comes round
// again before the other has looked, that one sees a count that is not zero, takes it for its
// own phase's, and both wait for ever.
#include <atomic>
#include <thread>

#include "scenario/free_form.h"

namespace {

class OneCounterBarrier {
 public:
  void ArriveAndWait() {
    if (arrived_.fetch_add(1, std::memory_order_seq_cst) + 1 == 2) {
      arrived_.store(0, std::memory_order_seq_cst);  // The bug: the phase belongs in the state.
      arrived_.notify_all();
      return;
    }
    while (arrived_.load(std::memory_order_seq_cst) != 0) {
      arrived_.wait(1, std::memory_order_seq_cst);
    }
  }

 private:
  std::atomic<int> arrived_{0};
};

}  // namespace

FREE_FORM(BarrierReusedTooEarly) {
  OneCounterBarrier barrier;
  const auto phases = [&] {
    for (int phase = 0; phase < 8; ++phase) barrier.ArriveAndWait();
  };
  std::thread other(phases);
  phases();
  other.join();
}
