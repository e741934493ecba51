// SPDX-License-Identifier: Apache-2.0
//
// The C++20 memory model, operationally: atomic locations with every store that was made to
// them, in modification order, and what of it a thread may still see.
//
// Operations are executed in an order that extends sequenced-before and reads-from (load
// buffering shows by promises alone: promise.h). Apart from that nothing is tied to the order of
// execution: a load may read any store, and a store may be inserted anywhere in modification order,
// as long as [intro.races] and [atomics.order] allow it:
//
// 1. Coherence. A thread may not go behind a store in modification order that it knows: one that
//    happens before it, or that an access which happens before it has read. Each store has, for
//    each thread, the time of that thread's first access to it; the store is known if one of
//    these times lies in the thread's clock (accesses.h).
// 2. Atomicity. Nothing is inserted between a store and the read-modify-write that read it.
// 3. Synchronisation. A store carries what acquiring it adds to a clock: its thread's clock if it
//    is a release, that of the thread's last release fence otherwise; and a read-modify-write
//    carries what it read from as well (release sequences, in C++20's form).
// 4. The order S of seq_cst operations: seq_cst.h.
//
// Every choice that satisfies these extends to a complete execution: a load can read the newest
// store, and a store can become the newest. So no execution is ever abandoned.
#pragma once

#include <cstddef>
#include <cstdint>

#include "explore/runtime/accesses.h"
#include "explore/runtime/cell.h"
#include "explore/runtime/clock.h"
#include "explore/runtime/pool.h"
#include "explore/runtime/race.h"
#include "explore/runtime/scheduler.h"

namespace hammerlock::explore {

struct Location;
struct Ranks;  // seq_cst.h

// A modification.
struct Store {
  uint64_t value;
  uint64_t high;  // The upper half of 16 bytes.
  Store* older;   // Neighbours in modification order.
  Store* newer;
  Location* location;
  Ranks* ranks;   // Where seq_cst operations look; null: nothing of theirs here.
  Time* release;  // What acquiring it adds; null: nothing.
  uint32_t step;  // When it was executed, for reports.
  uint8_t thread;
  bool read_by_rmw;  // The newer neighbour is a read-modify-write that read this one.
  bool initial;      // The value that the location had before its first atomic access.
  uint8_t unused;
  Accesses accesses;
};
static_assert(sizeof(Store) == 96);

struct alignas(32) Location {
  uintptr_t address;
  Location* next;  // In the same granule.
  Store* newest;
  uint8_t size;  // 0: no location, but the second granule of one of 16 bytes.
  bool ended;    // A plain write came; the history starts anew from memory.
  bool mixed;    // Accessed with several sizes: only the newest value is read.
  Time* reads() { return reinterpret_cast<Time*>(this + 1); }  // By each thread, the last.
  Time* writes() { return reads() + g_clock_width; }
};

enum class Order : int { kRelaxed, kConsume, kAcquire, kRelease, kAcqRel, kSeqCst };
inline bool Acquires(Order o) {
  return o != Order::kRelaxed && o != Order::kRelease;  // consume as acquire
}
inline bool Releases(Order o) { return o >= Order::kRelease; }

// The location of an access, with its history begun if it had none.
Location& LocationSlow(Cell& cell, uintptr_t address, unsigned size);
inline Location& LocationAt(Cell& cell, uintptr_t address, unsigned size) {
  if (cell.locations != 0) {
    Location* l = static_cast<Location*>(g_pool.At(cell.locations));
    do {
      // One that another overlaps was told so when the later of them came to be.
      if (l->address == address && l->size == size && !l->ended && !l->mixed) return *l;
      l = l->next;
    } while (l != nullptr);
  }
  return LocationSlow(cell, address, size);
}

// Advances the calling thread's time: after each operation that makes what came before it known to
// others (a release), or that has a place in S. What comes later is then not known with it.
inline void Tick() {
  Thread& self = Self();
  g_now = ++self.clock.Mutable()[self.id];
}

// The store that a load (or the reading half of a read-modify-write) reads: a choice.
Store& ChooseRead(Location& location, bool seq_cst);
// The store after which a store goes in modification order: a choice.
Store& ChoosePlace(Location& location, bool seq_cst);
// The choice of a read-modify-write: not a store that another one has read already.
Store& ChooseReadToModify(Location& location, bool seq_cst);

// The choice of a compare-exchange. If the store's value is not the expected one, it is a load with
// the failure order; otherwise a read-modify-write.
Store& ChooseReadToExchange(Location& location, uint64_t expected, uint64_t expected_high,
                            bool seq_cst, bool seq_cst_on_failure);

// A store that has been promised but not made (promise.h), after `after`. And the making of it,
// right below; null: coherence or S forbids it.
Store& InsertPlaceholder(Location& location, Store& after, uint64_t value, uint64_t high,
                         const Thread& promising);
Store* InsertPromised(Location& location, Store& placeholder);

// A load reads `from`.
void ReadFrom(Location& location, Store& from, Order order);
// A store, after `after`.
Store& Insert(Location& location, Store& after, uint64_t value, uint64_t high, Order order);
// A read-modify-write reads `from` and stores right after it.
Store& Modify(Location& location, Store& from, uint64_t value, uint64_t high, Order order);

void Fence(Order order);

// A seq_cst fence in every thread (membarrier).
void FenceEverywhere();

}  // namespace hammerlock::explore
