// SPDX-License-Identifier: Apache-2.0
#include "primitives/reclaim/hazard_pointer.h"

#include <algorithm>
#include <array>
#include <cassert>

namespace hammerlock {
namespace {

// Where in a block this thread looks for a free record first: where it gave one back last. Keeps
// threads that work side by side off each other's records. Means nothing for correctness, and
// nothing to any particular domain, so it cannot dangle.
constinit thread_local std::size_t claim_hint = 0;

}  // namespace

HazardDomain::Block::Block(std::size_t scan_at) noexcept {
  for (std::size_t i = 0; i < kRecordsPerBlock; ++i) {
    records[i].scan_at = scan_at;
    records[i].index = i;
  }
}

HazardDomain& HazardDomain::Default() {
  static HazardDomain* const domain = new HazardDomain;
  return *domain;
}

HazardDomain::~HazardDomain() {
  // No load here needs a partner: the caller has made sure that everything happens before.
  for (bool again = true; again;) {
    again = false;
    for (Block* block = &first_; block != nullptr;
         block = block->next.load(std::memory_order_relaxed)) {
      for (Record& record : block->records) {
        assert(record.hazard.load(std::memory_order_relaxed) == nullptr && "a guard is alive");
        again |= record.retired != nullptr;
        record.retired_count = 0;
        for (HazardObject* object = std::exchange(record.retired, nullptr); object != nullptr;) {
          HazardObject* const next = object->next_retired_;
          object->reclaim_(object);
          object = next;
        }
      }
    }
  }
  for (Block* block = first_.next.load(std::memory_order_relaxed); block != nullptr;) {
    Block* const next = block->next.load(std::memory_order_relaxed);
    delete block;
    block = next;
  }
}

bool HazardDomain::TryClaim(Record& record, const void* hazard) noexcept {
  if (hazard == nullptr) hazard = &record;
  const void* free = nullptr;
  // Success is A of invariant 3, and pairs with the release in Unclaim(): the retired list changes
  // hands, and so does the duty that the last owner's accesses happen before what we let a scan
  // read. The relaxed load only saves a futile compare-exchange; the relaxed failure order learns
  // nothing.
  return record.hazard.load(std::memory_order_relaxed) == nullptr &&
         record.hazard.compare_exchange_strong(free, hazard, std::memory_order_seq_cst,
                                               std::memory_order_relaxed);
}

void HazardDomain::Unclaim(Record& record) noexcept {
  claim_hint = record.index;
  // Pairs with the acquire in TryClaim() and with the load in Scan().
  record.hazard.store(nullptr, std::memory_order_release);
}

HazardDomain::Record& HazardDomain::Claim(const void* hazard) {
  const std::size_t hint = claim_hint;
  for (Block* block = &first_;; block = NextOrNew(*block)) {
    for (std::size_t i = 0; i < kRecordsPerBlock; ++i) {
      Record& record = block->records[(hint + i) % kRecordsPerBlock];
      if (TryClaim(record, hazard)) return record;
    }
  }
}

HazardDomain::Block* HazardDomain::NextOrNew(Block& block) {
  Block* next = block.next.load(std::memory_order_seq_cst);
  if (next != nullptr) return next;
  auto fresh = std::make_unique<Block>(ScanAt(kRecordsPerBlock));
  if (block.next.compare_exchange_strong(next, fresh.get(), std::memory_order_seq_cst,
                                         std::memory_order_seq_cst)) {
    return fresh.release();
  }
  return next;
}

void HazardDomain::RetireTo(Record& record, HazardObject* object) noexcept {
  object->next_retired_ = record.retired;
  record.retired = object;
  if (++record.retired_count >= record.scan_at) Scan(record);
}

void HazardDomain::Scan(Record& record) noexcept {
  HazardObject* candidates = std::exchange(record.retired, nullptr);
  record.retired_count = 0;

  std::array<const void*, 64> live;
  std::size_t live_count = 0;
  // Puts the candidates that are in `live` back into the record.
  const auto sift = [&] {
    const auto live_end = live.begin() + live_count;
    std::sort(live.begin(), live_end);
    HazardObject** link = &candidates;
    while (HazardObject* const object = *link) {
      if (std::binary_search(live.begin(), live_end, static_cast<const void*>(object))) {
        *link = object->next_retired_;
        object->next_retired_ = record.retired;
        record.retired = object;
        ++record.retired_count;
      } else {
        link = &object->next_retired_;
      }
    }
    live_count = 0;
  };

  std::size_t records = 0;
  for (Block* block = &first_; block != nullptr;
       block = block->next.load(std::memory_order_seq_cst)) {
    for (Record& other : block->records) {
      ++records;
      // D of invariant 3. Also the acquire that pairs with the releases in Reset() and Unclaim()
      // and with the publications.
      const void* const hazard = other.hazard.load(std::memory_order_seq_cst);
      if (hazard == nullptr || hazard == &other) continue;
      live[live_count++] = hazard;
      if (live_count == live.size()) sift();
    }
  }
  if (live_count != 0) sift();
  record.scan_at = ScanAt(records);

  // Last, because a deleter may retire other nodes of this domain.
  while (candidates != nullptr) {
    HazardObject* const object = candidates;
    candidates = object->next_retired_;
    object->reclaim_(object);
  }
}

void HazardDomain::Reclaim() {
  for (Block* block = &first_; block != nullptr;
       block = block->next.load(std::memory_order_seq_cst)) {
    for (Record& record : block->records) {
      if (!TryClaim(record, nullptr)) continue;
      if (record.retired != nullptr) Scan(record);
      Unclaim(record);
    }
  }
}

}  // namespace hammerlock
