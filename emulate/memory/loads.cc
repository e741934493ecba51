// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstring>

#include "emulate/memory/mutation.h"
#include "emulate/memory/weak_memory.h"

namespace hammerlock::emulate {
namespace {

// What the dice are asked about a load.
enum Salt : unsigned { kWhetherStale = 16, kHowStale, kWhetherDeferred };

uint64_t SignExtended(uint64_t value, unsigned size, bool to_64_bits) {
  const int shift = 64 - (8 << size);
  const auto extended = static_cast<uint64_t>(static_cast<int64_t>(value << shift) >> shift);
  return to_64_bits ? extended : static_cast<uint32_t>(extended);
}

}  // namespace

// The oldest cut that a read with this view may take: no message that it must know is newer.
int WeakMemory::OldestCut(int thread, Granule& granule, ByteMask mask, View before) {
  const Known& known = granule.KnownBy(thread);
  int oldest = Granule::kBase;
  for (int i = 0; i < granule.size(); ++i) {
    const Message& message = granule.messages[i];
    ForBytes(mask & message.mask, [&](int byte) {
      const View coherence = Mutated(Mutation::kLoadsIgnoreCoherence) ? 0 : known.coherence[byte];
      if (message.time <= std::max(before, coherence)) oldest = i;
    });
  }
  return oldest;
}

// The reader's view after it has read up to `cut`.
View WeakMemory::ViewOf(int thread, Granule& granule, ByteMask mask, int cut, View before,
                        bool acquire) {
  const Known& known = granule.KnownBy(thread);
  View view = before;
  ForBytes(mask, [&](int byte) {
    const View time = granule.At(granule.Supplier(cut, byte)).time;
    // A store of one's own is read before it takes effect, unless both are atomic accesses'.
    const bool forwarded =
        known.own[byte] != 0 && known.own[byte] == time &&
        (!acquire || (known.atomic >> byte & 1) == 0 || Mutated(Mutation::kForwardingAlways));
    Raise(view, forwarded ? known.forwarded[byte] : time);
  });
  return view;
}

// Records that the read took place: nothing may get between what it read and where it stood.
void WeakMemory::Rely(int thread, Granule& granule, ByteMask mask, int cut, View before,
                      View after) {
  Known& known = granule.KnownBy(thread);
  // An access of several bytes takes place at one time, which is later than all that it reads: no
  // store may come early enough to be in between for one byte and behind for another.
  View until = before;
  if (!Mutated(Mutation::kLoadsMayTear)) Raise(until, granule.SupplierTime(cut, mask));
  ForBytes(mask, [&](int byte) {
    Message& read = granule.At(granule.Supplier(cut, byte));
    Raise(read.read_up_to, std::max(until, known.coherence[byte]));
    Raise(known.coherence[byte], after);
  });
}

int WeakMemory::ChooseCut(int thread, const Event& event, const Part& part, View before,
                          uint64_t pc) {
  Granule& granule = *part.granule;
  const int newest = granule.size() - 1;
  if (newest < 0) return newest;
  Known& known = granule.KnownBy(thread);
  // The granule tells apart the parts of an access that has several.
  const unsigned salt = kWhetherStale + 8 * static_cast<unsigned>(granule.address >> 3 & 7);
  if (known.stale >= options_.stale_in_a_row || !Deviates(event, salt, RatesNow().stale)) {
    known.stale = 0;
    return newest;
  }
  const int oldest = OldestCut(thread, granule, part.mask, before);
  int cuts = 1;  // Ways to read: up to the oldest, and up to each message after it.
  for (int i = granule.Next(oldest, part.mask); i <= newest; i = granule.Next(i, part.mask)) {
    ++cuts;
  }
  if (cuts == 1) return newest;
  ++known.stale;
  int back = 1 + static_cast<int>(dice_.Below(event, salt + 1, static_cast<unsigned>(cuts - 1)));
  Deviation deviation{.kind = DeviationKind::kStaleLoad, .event = event, .pc = pc};
  deviation.distance = static_cast<uint32_t>(back);
  int cut = oldest;
  for (back = cuts - 1 - back; back > 0; --back) cut = granule.Next(cut, part.mask);
  const int byte = __builtin_ctz(part.mask);
  deviation.address = granule.address + static_cast<unsigned>(byte);
  deviation.bytes = static_cast<uint8_t>(__builtin_popcount(part.mask));
  deviation.by = granule.At(granule.Supplier(cut, byte)).thread;
  deviation.value = (granule.ValueAt(cut) & BitsOf(part.mask)) >> (8 * byte);
  deviations_.Note(deviation);
  return cut;
}

WeakMemory::Read WeakMemory::ReadPart(int thread, const Event& event, const Part& part, View before,
                                      bool acquire, uint64_t pc) {
  const int cut = ChooseCut(thread, event, part, before, pc);
  const View view = ViewOf(thread, *part.granule, part.mask, cut, before, acquire);
  Rely(thread, *part.granule, part.mask, cut, before, view);
  return {cut, view};
}

void WeakMemory::PatchIn(Granule& granule, int cut) {
  if (cut == granule.size() - 1) return;
  const uint64_t value = granule.ValueAt(cut);
  if (value == granule.newest) return;
  patches_.push_back({granule.at, granule.newest});
  std::memcpy(granule.at, &value, sizeof(value));
}

void WeakMemory::Unpatch() {
  for (const Patch& patch : patches_) std::memcpy(patch.at, &patch.newest, sizeof(patch.newest));
  patches_.clear();
}

bool WeakMemory::Defer(int thread, const Instruction& i, uint64_t address, View before) {
  const bool plain = i.kind == Kind::kLoad && !i.acquire && !i.acquire_pc && !i.vector &&
                     i.elements == 1 && i.writeback == Writeback::kNone && i.first != 31;
  if (!plain || options_.model != Model::kArm) return false;
  ThreadState& state = Of(thread);
  if (!Deviates(EventOf(thread), kWhetherDeferred, RatesNow().deferred)) return false;
  Deferred& deferred = state.deferred[i.first];
  deferred = {.address = address,
              .pc = guest_.pc(),
              .event = state.events,
              .age = 0,
              .before = before,
              .size = i.size,
              .sign_extends = i.sign_extends,
              .to_64_bits = i.to_64_bits};
  state.deferred_mask |= uint32_t{1} << i.first;
  return true;
}

void WeakMemory::Resolve(int thread, int number) {
  ThreadState& state = Of(thread);
  const Deferred deferred = state.deferred[number];
  state.deferred_mask &= ~(uint32_t{1} << number);
  const Event event = EventOf(thread, deferred.event);
  if (state.events != deferred.event) {
    deviations_.Note({.kind = DeviationKind::kDeferredLoad,
                      .event = event,
                      .pc = deferred.pc,
                      .address = deferred.address,
                      .bytes = static_cast<uint8_t>(1 << deferred.size),
                      .distance = static_cast<uint32_t>(state.events - deferred.event)});
  }
  const uint64_t end = deferred.address + (uint64_t{1} << deferred.size);
  View view = deferred.before;
  uint64_t value = 0;
  unsigned done = 0;
  for (uint64_t g = GranuleOf(deferred.address); g < end; g += kGranule) {
    Granule* const granule = GranuleAt(g);
    if (granule == nullptr) break;  // Unmapped since: what was loaded then stays.
    const Part part{granule, MaskOf(g, deferred.address, end)};
    const auto [cut, after] = ReadPart(thread, event, part, deferred.before, false, deferred.pc);
    Raise(view, after);
    const uint64_t all = cut == granule->size() - 1 ? granule->newest : granule->ValueAt(cut);
    const int first = __builtin_ctz(part.mask);
    value |= ((all & BitsOf(part.mask)) >> (8 * first)) << (8 * done);
    done += static_cast<unsigned>(__builtin_popcount(part.mask));
  }
  if (done == 1u << deferred.size) {
    if (deferred.sign_extends) value = SignExtended(value, deferred.size, deferred.to_64_bits);
    guest_.SetX(number, value);
  }
  state.x[number] = view;
  Raise(state.read_old, view);
  StoreWaiting(thread, number);
}

void WeakMemory::ResolveAmong(int thread, uint32_t registers) {
  const uint32_t due = registers & Of(thread).deferred_mask;
  for (uint32_t rest = due; rest != 0; rest &= rest - 1) Resolve(thread, __builtin_ctz(rest));
}

// Those to some of these bytes: accesses of one location are not reordered.
void WeakMemory::ResolveOverlapping(int thread, uint64_t address, unsigned bytes) {
  const ThreadState& state = Of(thread);
  for (size_t w = 0; w < state.waiting.size(); ++w) {
    const Waiting& waiting = state.waiting[w];
    const uint64_t end = waiting.address + (uint64_t{1} << waiting.size);
    if (waiting.address >= address + bytes || address >= end) continue;
    Resolve(thread, waiting.number);
    w = static_cast<size_t>(-1);  // There are fewer now.
  }
  for (uint32_t rest = state.deferred_mask; rest != 0; rest &= rest - 1) {
    const int number = __builtin_ctz(rest);
    const Deferred& deferred = state.deferred[number];
    const uint64_t end = deferred.address + (uint64_t{1} << deferred.size);
    if (deferred.address < address + bytes && address < end) Resolve(thread, number);
  }
}

WeakMemory::Step WeakMemory::Load(int thread, const Instruction& i, uint64_t address) {
  ThreadState& state = Of(thread);
  const Event event = EventOf(thread);
  const View address_view = AddressView(state, i);
  if (!Mutated(Mutation::kAddressesBindNoStores)) Raise(state.capture, address_view);
  View before = std::max(address_view, state.read_new);
  if (i.acquire && !Mutated(Mutation::kReleasesDoNotBindAcquires)) Raise(before, state.released);
  if (Defer(thread, i, address, before)) return Step::kExecute;

  // An acquire of either kind does not read its thread's own atomic store before it takes effect.
  const bool acquire = i.acquire || i.acquire_pc;
  const uint64_t end = address + i.bytes();
  if (i.kind == Kind::kLoadExclusive) {
    state.monitor = {.set = true, .address = address, .bytes = i.bytes()};
  }
  View all = before;
  View element_views[2] = {before, before};
  for (uint64_t g = GranuleOf(address); g < end; g += kGranule) {
    const Part part{GranuleAt(g), MaskOf(g, address, end)};
    const auto [cut, after] = ReadPart(thread, event, part, before, acquire, guest_.pc());
    PatchIn(*part.granule, cut);
    Raise(all, after);
    for (unsigned e = 0; e < 2 && i.IsPair(); ++e) {
      const uint64_t from = address + (uint64_t{e} << i.size);
      if (from < g + kGranule && g < from + (uint64_t{1} << i.size)) Raise(element_views[e], after);
    }
    if (i.kind == Kind::kLoadExclusive) {
      const size_t at = g == GranuleOf(address) ? 0 : 1;
      state.monitor.source[at] = part.granule->SupplierTime(cut, part.mask);
    }
  }
  if (i.kind == Kind::kLoadExclusive) state.monitor.view = all;
  // A lane that is loaded leaves the others of its register as they were.
  state.Set(i.writes, std::max(all, state.Of({.x = 0, .v = i.reads.v, .flags = false})));
  if (i.IsPair()) {
    auto& registers = i.vector ? state.v : state.x;
    if (i.vector || i.first != 31) registers[i.first] = element_views[0];
    if (i.vector || i.second != 31) registers[i.second] = element_views[1];
  }
  if (i.writeback != Writeback::kNone) state.x[i.base] = address_view;
  Raise(state.read_old, all);
  const bool orders = acquire || options_.model == Model::kTso;
  if (orders && !Mutated(Mutation::kAcquiresOrderNothing)) {
    Raise(state.read_new, all);
    Raise(state.write_new, all);
  }
  state.unfinished.load = !patches_.empty();
  return Step::kExecute;
}

}  // namespace hammerlock::emulate
