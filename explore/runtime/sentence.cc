// SPDX-License-Identifier: Apache-2.0
#include "explore/runtime/sentence.h"

#include <stdarg.h>
#include <stdio.h>

namespace hammerlock::explore {

void Sentence::Add(const char* format, ...) {
  if (full_) return;
  const size_t room = sizeof(text_) - size_;
  va_list arguments;
  va_start(arguments, format);
  const int length = vsnprintf(text_ + size_, room, format, arguments);
  va_end(arguments);
  full_ = length < 0 || static_cast<size_t>(length) >= room;
  if (!full_) size_ += static_cast<size_t>(length);
  text_[size_] = '\0';
}

void Sentence::AddThread(int thread) { Add("%sthread %d", size_ == 0 ? "" : "; ", thread); }

void Sentence::AddWaiting(const Thread& thread) {
  Add(" waits for a %s", thread.waits_for != nullptr ? thread.waits_for : "turn");
}

}  // namespace hammerlock::explore
