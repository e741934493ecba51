// SPDX-License-Identifier: Apache-2.0
//
// A sentence put together piece by piece, for a failure that concerns several threads. It ends
// before the first piece for which there is no room.
#pragma once

#include <cstddef>

#include "explore/runtime/scheduler.h"

namespace hammerlock::explore {

class Sentence {
 public:
  void Add(const char* format, ...) __attribute__((format(printf, 2, 3)));
  // "thread 3", after a "; " if it is not the first thing to be said.
  void AddThread(int thread);
  // What the thread waits for.
  void AddWaiting(const Thread& thread);

  const char* text() const { return text_; }

 private:
  char text_[800] = {};  // Less than a failure's text has room for.
  size_t size_ = 0;
  bool full_ = false;
};

}  // namespace hammerlock::explore
