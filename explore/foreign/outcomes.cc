// SPDX-License-Identifier: Apache-2.0
#include "explore/foreign/outcomes.h"

#include <stdlib.h>
#include <string.h>

#include "explore/runtime/mix.h"

namespace hammerlock::explore {

Outcomes::Slot& Outcomes::Find(const char* text) {
  const uint64_t hash = HashOf(text);
  for (size_t i = hash ^ hash >> 32;; ++i) {
    Slot& slot = slots_[i % kSlots];
    if (slot.count == 0 || strcmp(text_ + slot.text_at, text) == 0) return slot;
  }
}

void Outcomes::Add(const char* text, uint64_t count) {
  Slot* slot = &Find(text);
  if (slot->count == 0) {
    const size_t size = strlen(text) + 1;
    // Room for the last entry is always left.
    constexpr size_t kLast = 64;
    const bool last = strcmp(text, kOthers) == 0;
    if (!last && (distinct_ + 1 >= kMaxDistinct || size > kTextBytes - kLast - text_used_)) {
      return Add(kOthers, count);
    }
    memcpy(text_ + text_used_, text, size);
    slot->text_at = static_cast<uint32_t>(text_used_);
    text_used_ += size;
    ++distinct_;
  }
  slot->count += count;
}

Outcomes::Counted* Outcomes::Sorted() const {
  auto* const into = static_cast<Counted*>(calloc(distinct_ + 1, sizeof(Counted)));
  size_t n = 0;
  for (const Slot& slot : slots_) {
    if (slot.count != 0) into[n++] = {text_ + slot.text_at, slot.count};
  }
  qsort(into, n, sizeof(*into), [](const void* a, const void* b) {
    return strcmp(static_cast<const Counted*>(a)->text, static_cast<const Counted*>(b)->text);
  });
  return into;
}

}  // namespace hammerlock::explore
