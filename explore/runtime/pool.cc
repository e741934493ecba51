// SPDX-License-Identifier: Apache-2.0
#include "explore/runtime/pool.h"

#include <sys/mman.h>

#include "explore/runtime/clock.h"
#include "explore/runtime/scheduler.h"

namespace hammerlock::explore {

Pool g_pool;
int g_clock_width = kLanesAStep;

void Pool::Reserve(size_t bytes) {
  void* const p = mmap(nullptr, bytes, PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (p == MAP_FAILED) Unsupported("cannot reserve %zu MB of address space", bytes >> 20);
  base_ = static_cast<char*>(p);
  begin_ = next_ = base_ + 64;
  end_ = base_ + bytes;
}

void Pool::Exhausted() {
  Unsupported("an execution has a history of more than %zu MB: make the scenario smaller",
              static_cast<size_t>(end_ - begin_) >> 20);
}

Time* NewClock(Time fill) {
  Time* const times = static_cast<Time*>(g_pool.Take(sizeof(Time) * g_clock_width));
  Fill(times, fill);
  return times;
}

}  // namespace hammerlock::explore
