// SPDX-License-Identifier: Apache-2.0
#include "explore/runtime/memory.h"

#include "explore/runtime/choose.h"
#include "explore/runtime/mutation.h"
#include "explore/runtime/pool.h"
#include "explore/runtime/race.h"
#include "explore/runtime/report.h"
#include "explore/runtime/runtime.h"
#include "explore/runtime/seq_cst.h"

namespace hammerlock::explore {

#ifdef HAMMERLOCK_MUTATIONS
Mutation g_mutation = Mutation::kNone;
#endif

namespace {

Store* NewStore(Location& location, uint64_t value, uint64_t high) {
  Store* const store = static_cast<Store*>(g_pool.Take(sizeof(Store)));
  store->value = value;
  store->high = high;
  store->older = store->newer = nullptr;
  store->location = &location;
  store->ranks = nullptr;
  store->release = nullptr;
  store->step = g_step;
  store->thread = 0;
  store->read_by_rmw = store->initial = false;
  store->accesses.Clear();
  return store;
}

// What plain writes to a granule carry with race=0. No object of the program has an odd address.
Clock& PlainClock(uintptr_t address) {
  return SyncAt(reinterpret_cast<const void*>(address | 1)).release;
}

Time* PlainRelease(uintptr_t address) {
  if (g_race_checking || CellAt(address).syncs == 0) return nullptr;
  const Clock& carried = PlainClock(address & ~uintptr_t{7});
  if (carried.empty()) return nullptr;
  Time* const release = static_cast<Time*>(g_pool.Take(sizeof(Time) * g_clock_width));
  Copy(release, carried.times());
  return release;
}

void BeginHistory(Location& location) {
  Store* const store = NewStore(location, 0, 0);
  const uintptr_t a = location.address;
  switch (location.size) {
    case 1:
      store->value = *reinterpret_cast<const uint8_t*>(a);
      break;
    case 2:
      store->value = *reinterpret_cast<const uint16_t*>(a);
      break;
    case 4:
      store->value = *reinterpret_cast<const uint32_t*>(a);
      break;
    case 16:
      store->high = reinterpret_cast<const uint64_t*>(a)[1];
      [[fallthrough]];
    default:
      store->value = *reinterpret_cast<const uint64_t*>(a);
      break;
  }
  store->initial = true;
  store->release = PlainRelease(location.address);
  location.newest = store;
  location.ended = false;
}

bool Overlap(const Location& l, uintptr_t address, unsigned size) {
  return l.address < address + size && address < l.address + l.size;
}

Location* First(const Cell& cell) {
  return cell.locations == 0 ? nullptr : static_cast<Location*>(g_pool.At(cell.locations));
}

// The location itself, of which this may be the second granule.
Location& Whole(Location& l) {
  if (l.size != 0) return l;
  Location* whole = First(CellAt(l.address - 8));
  while (whole->size != 16) whole = whole->next;
  return *whole;
}

// Whether the location, one of the cell's, has some of these of its bytes.
bool Has(const Location& l, uint8_t mask) {
  return l.size == 0 || (MaskOf(l.address, l.size > 8 ? 8 : l.size) & mask) != 0;
}

// Another location of the cell.
Location& AddLocation(Cell& cell, uintptr_t address, unsigned size) {
  const size_t clocks = size == 0 ? 0 : 2 * sizeof(Time) * g_clock_width;
  Location* const location = static_cast<Location*>(g_pool.Take(sizeof(Location) + clocks));
  location->address = address;
  location->next = First(cell);
  location->newest = nullptr;
  location->size = static_cast<uint8_t>(size);
  location->ended = location->mixed = false;
  cell.locations = g_pool.PlaceOf(location);
  if (!Mutated(Mutation::kOwnersKeepTheirCells)) cell.owner = 0;
  return *location;
}

// Whether other locations of the cell that are in use overlap; all of them are mixed then.
bool Mix(Cell& cell, uintptr_t address, unsigned size) {
  bool mixed = false;
  for (Location* l = First(cell); l != nullptr; l = l->next) {
    Location& whole = Whole(*l);
    const bool same = whole.address == address && whole.size == size;
    if (!same && !whole.ended && Overlap(whole, address, size)) mixed = whole.mixed = true;
  }
  return mixed;
}

// Whether the calling thread does not know the store, so that coherence lets it go behind.
bool MayGoBehind(const Store& store) { return !store.accesses.AnyKnown(Self().clock.times()); }

// A new store of the thread after `after` in modification order.
Store& Link(Location& location, Store& after, uint64_t value, uint64_t high, const Thread& thread) {
  Store* const store = NewStore(location, value, high);
  store->thread = static_cast<uint8_t>(thread.id);
  store->older = &after;
  store->newer = after.newer;
  after.newer = store;
  if (store->newer != nullptr) {
    store->newer->older = store;
  } else {
    location.newest = store;
  }
  return *store;
}

// The same, made by the calling thread now.
Store& Make(Location& location, Store& after, uint64_t value, uint64_t high) {
  const Thread& self = Self();
  Store& store = Link(location, after, value, high, self);
  if (!Mutated(Mutation::kStoresLeaveNoTrace)) store.accesses.Add(self.id, g_now);
  location.writes()[self.id] = g_now;
  return store;
}

// The reader's side of synchronisation: at once, or when an acquire fence comes.
void Take(const Store& from, Order order) {
  if (from.release == nullptr) return;
  bool acquires = Acquires(order);
  if (Mutated(Mutation::kAcquireTakesNothing)) acquires = false;
  if (Mutated(Mutation::kRelaxedLoadsAcquire)) acquires = true;
  Join(acquires ? Self().clock : Self().acquirable, from.release);
}

// The writer's side; `continued` is what the store that a read-modify-write read carries.
void Carry(Store& store, Time* continued, Order order) {
  const Thread& self = Self();
  bool releases = Releases(order);
  if (Mutated(Mutation::kReleaseCarriesNothing)) releases = false;
  if (Mutated(Mutation::kRelaxedStoresRelease)) releases = true;
  if (Mutated(Mutation::kReleaseSequencesEnd)) continued = nullptr;
  const Time* const own = releases ? self.clock.times() : self.release_fence.times();
  if (own == nullptr) {
    store.release = continued;  // Shared: nobody changes what a store carries.
    return;
  }
  store.release = static_cast<Time*>(g_pool.Take(sizeof(Time) * g_clock_width));
  Copy(store.release, own);
  // What has been acquired is in the thread's clock.
  if (continued != nullptr && !(releases && Acquires(order))) Join(store.release, continued);
}

}  // namespace

Location& LocationSlow(Cell& cell, uintptr_t address, unsigned size) {
  Location* found = First(cell);
  bool mixed = false;
  if (found != nullptr) mixed = Mix(cell, address, size);
  if (size == 16 && Mix(CellAt(address + 8), address, size)) mixed = true;
  while (found != nullptr && (found->address != address || found->size != size)) {
    found = found->next;
  }
  if (found == nullptr) {
    found = &AddLocation(cell, address, size);
    Fill(found->reads(), 0);
    Fill(found->writes(), 0);
    if (size == 16) AddLocation(CellAt(address + 8), address + 8, 0);
    BeginHistory(*found);
  } else if (found->ended) {
    BeginHistory(*found);
    found->mixed = false;
  }
  if (mixed) found->mixed = true;
  return *found;
}

void CheckAgainstAtomics(Cell& cell, uintptr_t address, uint8_t mask, bool write, const void* pc) {
  for (Location* l = First(cell); l != nullptr; l = l->next) {
    if (!Has(*l, mask)) continue;
    Location& whole = Whole(*l);
    const Time* const clock = Self().clock.times();
    const int threads = ThreadCount();
    for (int t = 0; t < threads; ++t) {
      if (t == Self().id) continue;
      const bool wrote =
          whole.writes()[t] > clock[t] && !Mutated(Mutation::kPlainIgnoresAtomicWrites);
      const bool read = whole.reads()[t] > clock[t] && !Mutated(Mutation::kPlainIgnoresAtomicReads);
      if ((wrote || (write && read)) && g_race_checking) {
        ReportRace(address, ThreadById(t), wrote, write, "mixed", pc);
      }
    }
  }
}

void ReadPlainly(Cell& cell, uintptr_t granule, uint8_t mask) {
  if (cell.syncs != 0) Acquire(PlainClock(granule));
  for (Location* l = First(cell); l != nullptr; l = l->next) {
    if (Has(*l, mask) && !l->ended) ReadFrom(*l, *l->newest, Order::kAcquire);
  }
}

void WritePlainly(Cell& cell, uintptr_t granule, uint8_t mask) {
  EndHistories(cell, mask);
  Release(PlainClock(granule));
}

void EndHistories(Cell& cell, uint8_t mask) {
  for (Location* l = First(cell); l != nullptr; l = l->next) {
    if (Has(*l, mask) && !Mutated(Mutation::kHistoriesDoNotEnd)) Whole(*l).ended = true;
  }
}

namespace {

// A choice among the newest store and those behind it: as far as `reaches(store)` says that the
// access may go behind each, and of those the ones that `offered(store)` says yes to.
template <class Depth, class Reaches, class Offered>
Store& ChooseBehind(Location& location, Depth depth, Reaches reaches, Offered offered) {
  Store* store = location.newest;
  if (location.mixed) return *store;
  const unsigned drawn = depth();
  if (NewestOnly(drawn) || store->older == nullptr || !reaches(*store)) return *store;
  Offers<Store> offers(drawn);
  offers.Add(*store);
  if (!offers.Deeper()) return *store;
  do {
    store = store->older;
    offers.Step();
    if (offered(*store)) offers.Add(*store);
  } while (offers.Deeper() && store->older != nullptr && reaches(*store));
  return offers.Choose();
}

bool IsFree(const Store& store) { return !store.read_by_rmw; }

}  // namespace

Store& ChooseRead(Location& location, bool seq_cst) {
  Reach reach(seq_cst);
  return ChooseBehind(
      location, [] { return Mutated(Mutation::kReadsAreNeverStale) ? 0 : ReadDepth(); },
      [&](Store& store) {
        return (MayGoBehind(store) || Mutated(Mutation::kLoadsIgnoreCoherence)) &&
               reach.AllowsBelow(store);
      },
      [](const Store&) { return true; });
}

Store& ChooseReadToModify(Location& location, bool seq_cst) {
  Reach reach(seq_cst);
  return ChooseBehind(
      location, ReadDepth,
      [&](Store& store) { return MayGoBehind(store) && reach.AllowsBelow(store); },
      [](const Store& store) { return IsFree(store) || Mutated(Mutation::kModifiesMayShare); });
}

Store& ChooseReadToExchange(Location& location, uint64_t expected, uint64_t expected_high,
                            bool seq_cst, bool seq_cst_on_failure) {
  // The two ways to end have different orders, so that S forbids them different stores.
  Reach on_success(seq_cst), on_failure(seq_cst_on_failure);
  bool may_succeed = true, may_fail = true;
  return ChooseBehind(
      location, ReadDepth,
      [&](Store& store) {
        if (!MayGoBehind(store)) return false;
        may_succeed = may_succeed && on_success.AllowsBelow(store);
        may_fail = may_fail && on_failure.AllowsBelow(store);
        return may_succeed || may_fail;
      },
      [&](const Store& store) {
        const bool equal = store.value == expected && store.high == expected_high;
        return equal ? may_succeed && IsFree(store) : may_fail;
      });
}

Store& ChoosePlace(Location& location, bool seq_cst) {
  Reach reach(seq_cst);
  return ChooseBehind(
      location, [] { return Mutated(Mutation::kStoreOrderIsExecutionOrder) ? 0 : WriteDepth(); },
      [&](Store& store) {
        return (MayGoBehind(store) || Mutated(Mutation::kStoresIgnoreCoherence)) &&
               reach.AllowsBelow(store);
      },
      IsFree);
}

namespace {

bool IsInS(Order order) { return order == Order::kSeqCst && !Mutated(Mutation::kSeqCstIsAcqRel); }

}  // namespace

void ReadFrom(Location& location, Store& from, Order order) {
  Thread& self = Self();
  if (!Mutated(Mutation::kLoadsLeaveNoTrace)) from.accesses.Add(self.id, g_now);
  location.reads()[self.id] = g_now;
  const bool seq_cst = IsInS(order);
  if (seq_cst || g_any_seq_cst || g_logs_accesses) NoteLoad(from, seq_cst);
  Take(from, order);
  if (seq_cst) Tick();
}

Store& Insert(Location& location, Store& after, uint64_t value, uint64_t high, Order order) {
  Store& store = Make(location, after, value, high);
  const bool seq_cst = IsInS(order);
  if (seq_cst || g_any_seq_cst || g_logs_accesses) NoteStore(store, seq_cst);
  Carry(store, nullptr, order);
  if (Releases(order) && !Mutated(Mutation::kReleasesTakeNoTime)) Tick();
  return store;
}

Store& InsertPlaceholder(Location& location, Store& after, uint64_t value, uint64_t high,
                         const Thread& promising) {
  Store& store = Link(location, after, value, high, promising);
  KeepRanks(store);
  return store;
}

Store* InsertPromised(Location& location, Store& placeholder) {
  Reach reach(false);
  for (Store* store = location.newest;; store = store->older) {
    // Its history may have ended since.
    if (store == nullptr) return nullptr;
    const bool coherent = MayGoBehind(*store) || Mutated(Mutation::kPromisesIgnoreCoherence);
    if (!coherent || !reach.AllowsBelow(*store)) return nullptr;
    if (store == &placeholder) break;
  }
  Store& store =
      Insert(location, *placeholder.older, placeholder.value, placeholder.high, Order::kRelaxed);
  // The two are one: nothing comes between them.
  store.read_by_rmw = true;
  return &store;
}

Store& Modify(Location& location, Store& from, uint64_t value, uint64_t high, Order order) {
  Store& store = Make(location, from, value, high);
  from.read_by_rmw = true;
  const bool seq_cst = IsInS(order);
  if (seq_cst || g_any_seq_cst || g_logs_accesses) NoteStore(store, seq_cst);
  Take(from, order);
  Carry(store, from.release, order);
  if (Releases(order) && !Mutated(Mutation::kReleasesTakeNoTime)) Tick();
  return store;
}

void Fence(Order order) {
  Thread& self = Self();
  const bool seq_cst = order == Order::kSeqCst && !Mutated(Mutation::kSeqCstFenceIsAcqRel);
  if (seq_cst) BeginFence();
  if (Acquires(order) && !Mutated(Mutation::kAcquireFenceTakesNothing)) {
    Join(self.clock, self.acquirable);
  }
  if (seq_cst) EndFence();
  if (Releases(order)) {
    if (!Mutated(Mutation::kReleaseFenceCarriesNothing)) Copy(self.release_fence, self.clock);
    Tick();
  }
}

void FenceEverywhere() {
  Thread* const caller = g_self;
  const auto be = [](Thread& thread) {
    g_self = &thread;
    g_now = thread.clock[thread.id];
  };
  // The caller's first fence, then one in each other thread where it stands, then the caller's
  // last: in S, since that is what the caller waits for.
  Fence(Order::kSeqCst);
  const int threads = ThreadCount();
  for (int t = 0; t < threads; ++t) {
    // In one that has ended as well: it does not leave its processor without a barrier.
    if (t == caller->id) continue;
    be(ThreadById(t));
    Fence(Order::kSeqCst);
    PutAfter(caller->id);
  }
  be(*caller);
  Fence(Order::kSeqCst);
  for (int t = 0; t < threads; ++t) {
    if (t != caller->id) PutAfter(t);
  }
}

}  // namespace hammerlock::explore
