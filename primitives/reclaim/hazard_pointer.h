// SPDX-License-Identifier: Apache-2.0
//
// Purpose: hazard pointers. A thread announces which node it is about to read; a thread that has
// unlinked a node hands it over with Retire(), and it is deleted once no announcement names it.
//
//   struct Node : HazardObject { ... };
//   std::atomic<Node*> head;
//
//   HazardPointer hazard;                    // or HazardPointer hazard(my_domain);
//   Node* node = hazard.Protect(head);       // *node stays allocated until Reset(), the next
//   ...                                      // Protect() or the end of `hazard`
//   head.compare_exchange_strong(node, next, std::memory_order_seq_cst, ...);   // unlinked by us,
//   hazard.Retire(node);                     // so deleted some time later
//
// Thread safety: HazardDomain is thread-safe, except for its destructor. A HazardPointer belongs to
// one thread at a time; it may be moved to another thread like any object. Guards nest freely.
// Progress: TryProtect, Publish, Reset, Retire: wait-free, but for the deleters they run, once the
// guard has a record. Claiming one: lock-free, but for allocating memory when none is free.
// Protect: lock-free (it repeats only when the source has changed).
//
// Records. A domain owns a list of records, the first few inside the domain itself. A guard claims
// one when it first protects or retires something, by the very operation that publishes the hazard,
// and gives it back when it ends. Nothing in a domain refers to a thread, and no thread to a
// domain. So a domain may be made and destroyed in a fraction of a microsecond, threads may come
// and go, and what a thread has retired stays with the record, for whoever claims it next: that is
// the whole of the hand-over at thread exit.
//
// Invariants
//   1. record.hazard is null when the record is free, the record's own address when it is claimed
//      and protects nothing, else the address of the protected HazardObject.
//   2. Who has claimed a record is the only one to touch its other fields.
//   3. The user unlinks a node by a seq_cst operation before it is retired, and Protect() reads
//      the source again, seq_cst, after it has published the hazard, seq_cst. Then, with
//        publish A; re-read B     in the reader      unlink C; scan D     in whoever reclaims:
//      if D misses A then D is before A in the total order S of all seq_cst operations, so
//      C < D < A < B, and B sees C: the reader does not get the node. No standalone fence is
//      needed, and ThreadSanitizer, which models none, can follow. C must be seq_cst for this: a
//      release would order it against D, but not against B. On x86_64 and aarch64 that costs a
//      compare-exchange nothing.
//   4. Blocks of records are linked, and the links followed, by seq_cst operations: a scan that
//      misses a new block is in S before its link, hence before any hazard published in it.
//   5. A reader's last access happens before the deletion: giving up a hazard is a release, the
//      scan's load an acquire, and claiming a record continues the release sequence.
//
// Bound on garbage: let R be the number of records. After Retire() returns, a record holds fewer
// than 2R retired nodes, hence the domain fewer than 2R^2. A scan of 2R nodes deletes at least R of
// them, at O(log R) a node while at most 64 hazards are set. With a retire_batch of n: fewer than
// max(n, R + 1) a record. R is the greatest number of guards that were alive at once, rounded up to
// a multiple of 8; a claim that loses the race for every free record there is may add 8 more.
//
// Source: Michael, "Hazard Pointers: Safe Memory Reclamation for Lock-Free Objects", IEEE TPDS
// 15(6), 2004, section 3. Interface in the spirit of P2530 (C++26 std::hazard_pointer).
#pragma once

#include <atomic>
#include <cstddef>
#include <memory>
#include <type_traits>
#include <utility>

#include "primitives/internal/cache_line.h"

namespace hammerlock {

class HazardDomain;
class HazardPointer;

// The base of every node that hazard pointers protect. Public, non-virtual, not ambiguous.
class HazardObject {
 protected:
  HazardObject() = default;
  HazardObject(const HazardObject&) {}
  HazardObject& operator=(const HazardObject&) { return *this; }
  ~HazardObject() = default;

 private:
  friend class HazardDomain;

  HazardObject* next_retired_ = nullptr;
  void (*reclaim_)(HazardObject*) = nullptr;
};

class HazardDomain {
 public:
  static constexpr std::size_t kAdaptive = 0;

  // A record is scanned when it holds `retire_batch` retired nodes; kAdaptive is twice the number
  // of records. A small batch bounds garbage tightly (1: every Retire() scans), at O(R) a node.
  explicit HazardDomain(std::size_t retire_batch = kAdaptive) noexcept
      : retire_batch_(retire_batch), first_(ScanAt(kRecordsPerBlock)) {}

  HazardDomain(const HazardDomain&) = delete;
  HazardDomain& operator=(const HazardDomain&) = delete;

  // Deletes everything that is retired, also what the deleters retire meanwhile.
  // REQUIRES: no guard of this domain is alive, and whatever other threads did with the domain
  // happens before.
  ~HazardDomain();

  // The domain of guards made without one. Lives as long as the process: it is never destroyed, so
  // other static objects may use it in their destructors.
  static HazardDomain& Default();

  // As HazardPointer::Retire by a new guard: may throw std::bad_alloc, and then has done nothing.
  template <typename T, typename Deleter = std::default_delete<T>>
  void Retire(T* node, Deleter = {});

  // Deletes every retired node that is not protected, except for those held by records that other
  // guards have claimed just now. For tests, and for idle moments.
  void Reclaim();

 private:
  friend class HazardPointer;

  static constexpr std::size_t kRecordsPerBlock = 8;

  struct alignas(kCacheLine) Record {
    std::atomic<const void*> hazard{nullptr};
    HazardObject* retired = nullptr;  // newest first, through next_retired_
    std::size_t retired_count = 0;
    std::size_t scan_at = 0;  // the retired_count that makes Retire() scan
    std::size_t index = 0;    // in its block
  };

  struct Block {
    explicit Block(std::size_t scan_at) noexcept;

    Record records[kRecordsPerBlock];
    alignas(kCacheLine) std::atomic<Block*> next{nullptr};
  };

  std::size_t ScanAt(std::size_t records) const {
    return retire_batch_ == kAdaptive ? 2 * records : retire_batch_;
  }

  // Claims a record and publishes `hazard` in it; null: nothing.
  Record& Claim(const void* hazard);
  static bool TryClaim(Record& record, const void* hazard) noexcept;
  static void Unclaim(Record& record) noexcept;
  Block* NextOrNew(Block& block);

  template <typename T, typename Deleter>
  void RetireTo(Record& record, T* node) noexcept;
  void RetireTo(Record& record, HazardObject* object) noexcept;
  void Scan(Record& record) noexcept;

  const std::size_t retire_batch_;
  Block first_;
};

// A guard: protects at most one node at a time.
// Protect, TryProtect, Publish and Retire may throw std::bad_alloc, and then have done nothing, if
// this guard has neither protected nor retired anything before; afterwards they do not throw.
class HazardPointer {
 public:
  explicit HazardPointer(HazardDomain& domain = HazardDomain::Default()) noexcept
      : domain_(&domain) {}

  // A guard moved from is as new.
  HazardPointer(HazardPointer&& other) noexcept
      : domain_(other.domain_), record_(std::exchange(other.record_, nullptr)) {}
  HazardPointer& operator=(HazardPointer&& other) noexcept {
    HazardPointer(std::move(other)).Swap(*this);
    return *this;
  }

  ~HazardPointer() {
    if (record_ != nullptr) HazardDomain::Unclaim(*record_);
  }

  // Reads `source` and protects what it points to, instead of what was protected before.
  template <typename T>
  T* Protect(const std::atomic<T*>& source) {
    // A guess, which TryProtect() checks. No partner.
    T* node = source.load(std::memory_order_relaxed);
    while (!TryProtect(node, source)) {
    }
    return node;
  }

  // Protects `node` if `source` still points to it and returns true. Otherwise returns false,
  // protects nothing that may be relied on, and sets `node` to what `source` points to.
  template <typename T>
  bool TryProtect(T*& node, const std::atomic<T*>& source) {
    Publish(node);
    // B of invariant 3. Also the acquire that makes the node's contents visible.
    T* const seen = source.load(std::memory_order_seq_cst);
    if (seen == node) return true;
    node = seen;
    return false;
  }

  // Publishes `node` and checks nothing. It is protected from here on if the caller then finds, by
  // a seq_cst load, a state of the data structure in which `node` cannot have been retired.
  // Do not copy a protection from guard to guard with it: a scan may read the new record before
  // and the old one after. Move the guard.
  template <typename T>
  void Publish(const T* node) {
    static_assert(std::is_base_of_v<HazardObject, T>);
    if (node == nullptr) {
      Reset();
      return;
    }
    const void* const hazard = static_cast<const HazardObject*>(node);
    // Either way: A of invariant 3.
    if (record_ == nullptr) {
      record_ = &domain_->Claim(hazard);
    } else {
      record_->hazard.store(hazard, std::memory_order_seq_cst);
    }
  }

  // Protects nothing any more; keeps the record.
  void Reset() noexcept {
    // Pairs with the load in Scan(): our accesses to the node happen before its deletion.
    if (record_ != nullptr) record_->hazard.store(record_, std::memory_order_release);
  }

  // Calls Deleter()(node) once no guard protects `node`: in this call, or a later Retire() or
  // Reclaim() in any thread, or the domain's destructor. A hazard of our own on the node counts as
  // any other: Reset() before, if it is no longer needed.
  // REQUIRES: `node` is unlinked (invariant 3) and retired once only. Deleter is stateless and does
  // not throw; it may use this domain, though not this guard.
  template <typename T, typename Deleter = std::default_delete<T>>
  void Retire(T* node, Deleter = {}) {
    if (record_ == nullptr) record_ = &domain_->Claim(nullptr);
    domain_->RetireTo<T, Deleter>(*record_, node);
  }

  void Swap(HazardPointer& other) noexcept {
    std::swap(domain_, other.domain_);
    std::swap(record_, other.record_);
  }

 private:
  HazardDomain* domain_;
  HazardDomain::Record* record_ = nullptr;
};

template <typename T, typename Deleter>
void HazardDomain::Retire(T* node, Deleter deleter) {
  HazardPointer(*this).Retire(node, deleter);
}

template <typename T, typename Deleter>
void HazardDomain::RetireTo(Record& record, T* node) noexcept {
  static_assert(std::is_empty_v<Deleter> && std::is_default_constructible_v<Deleter>);
  HazardObject* const object = node;
  object->reclaim_ = [](HazardObject* retired) { Deleter()(static_cast<T*>(retired)); };
  RetireTo(record, object);
}

}  // namespace hammerlock
