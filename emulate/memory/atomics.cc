// SPDX-License-Identifier: Apache-2.0
//
// Accesses that read and write: exclusive pairs, LSE operations, compare-and-swap. They are carried
// out here, and skipped by the machine.
#include <algorithm>
#include <cstring>

#include "emulate/a64/operation.h"
#include "emulate/memory/mutation.h"
#include "emulate/memory/weak_memory.h"

namespace hammerlock::emulate {
namespace {

enum Salt : unsigned { kWhetherFails = 1, kWhetherOlder, kWhichOlder };

// The bytes of a part as a number, and back into the granule's place for them.
uint64_t Taken(uint64_t granule, ByteMask mask) {
  return (granule & BitsOf(mask)) >> (8 * __builtin_ctz(mask));
}
uint64_t Placed(uint64_t value, ByteMask mask) {
  return value << (8 * __builtin_ctz(mask)) & BitsOf(mask);
}
uint64_t Masked(uint64_t value, unsigned size) {
  return size == 3 ? value : value & ((uint64_t{1} << (8 << size)) - 1);
}

}  // namespace

WeakMemory::Step WeakMemory::StoreExclusive(int thread, const Instruction& i, uint64_t address) {
  ThreadState& state = Of(thread);
  const Event event = EventOf(thread);
  const Monitor monitor = state.monitor;
  state.monitor.set = false;
  const View address_view = AddressView(state, i);
  const uint64_t end = address + i.bytes();

  bool succeeds = monitor.set && monitor.address == address && monitor.bytes == i.bytes();
  View source = 0;
  size_t at = 0;
  for (uint64_t g = GranuleOf(address); g < end && succeeds; g += kGranule, ++at) {
    Granule& granule = *GranuleAt(g);
    const View newest = granule.SupplierTime(granule.size() - 1, MaskOf(g, address, end));
    if (newest != monitor.source[at] && !Mutated(Mutation::kExclusivesAlwaysSucceed)) {
      succeeds = false;
    }
    Raise(source, newest);
  }
  if (succeeds && Deviates(event, kWhetherFails, options_.rates.failed_exclusive)) {
    succeeds = false;
    deviations_.Note({.kind = DeviationKind::kFailedExclusive,
                      .event = event,
                      .pc = guest_.pc(),
                      .address = address,
                      .bytes = static_cast<uint8_t>(i.bytes())});
  }

  View data = 0;
  uint64_t values[2] = {0, 0};
  for (int e = 0; e < i.elements; ++e) {
    const uint8_t number = e == 0 ? i.first : i.second;
    if (number == 31) continue;
    Raise(data, state.x[number]);
    values[e] = guest_.X(number);
  }
  View lower = std::max(LowerBound(state, i, data), address_view);
  // The pair's store follows its load.
  Raise(lower, monitor.view);
  Raise(lower, source);
  Raise(state.capture, address_view);
  if (succeeds) {
    const View forward = std::max(address_view, data);
    for (uint64_t g = GranuleOf(address); g < end; g += kGranule) {
      const Part part{GranuleAt(g), MaskOf(g, address, end)};
      uint64_t value;
      if (i.elements == 2 && i.size == 2) {
        value = Placed(Masked(values[0], 2) | values[1] << 32, part.mask);
      } else {
        value = Placed(Masked(values[g == GranuleOf(address) ? 0 : 1], i.size), part.mask);
      }
      const View time = Put(thread, event, part, value, lower, forward, true, guest_.pc());
      Stored(state, time, i.release);
    }
  }
  // Nothing depends on the status: the store may take effect later than it is known.
  if (i.status != 31) {
    guest_.SetX(i.status, succeeds ? 0 : 1);
    state.x[i.status] = 0;
  }
  return Step::kSkip;
}

WeakMemory::Step WeakMemory::Modify(int thread, const Instruction& i, uint64_t address) {
  ThreadState& state = Of(thread);
  const Event event = EventOf(thread);
  const View address_view = AddressView(state, i);
  const bool compares = i.kind == Kind::kCompareAndSwap;
  const auto x = [&](unsigned number) {
    return number == 31 ? 0 : guest_.X(static_cast<int>(number));
  };
  const auto x_view = [&](unsigned number) { return number == 31 ? 0 : state.x[number]; };
  const View earlier = std::max(state.read_old, state.write_old);
  View before = std::max(address_view, state.read_new);
  if (i.acquire && !Mutated(Mutation::kReleasesDoNotBindAcquires)) Raise(before, state.released);

  // The parts: one, or two granules of 8 bytes.
  Part parts[2];
  int part_count = 0;
  const uint64_t end = address + i.bytes();
  for (uint64_t g = GranuleOf(address); g < end && part_count < 2; g += kGranule) {
    parts[part_count++] = {GranuleAt(g), MaskOf(g, address, end)};
  }
  View data = compares ? x_view(i.first) : x_view(i.status);
  if (i.IsPair()) Raise(data, x_view(i.second));
  View lower = std::max(LowerBound(state, i, data), address_view);
  Raise(state.capture, address_view);

  // What it would make of a value; false: it stores nothing.
  const auto make = [&](const uint64_t(&old)[2], uint64_t(&made)[2]) {
    if (!compares) {
      made[0] = Apply(i.operation, i.size, old[0], Masked(x(i.status), i.size));
      return true;
    }
    const unsigned pair = i.IsPair() ? 2 : 1;
    bool equal = true;
    for (unsigned e = 0; e < pair; ++e) {
      equal = equal && old[e] == Masked(x((i.status + e) & 31), i.size);
      made[e] = Masked(x(e == 0 ? i.first : i.second), i.size);
    }
    return equal;
  };
  // The values of the elements up to a cut of the only part, or the newest of both.
  const auto read = [&](int cut, uint64_t(&old)[2]) {
    for (int p = 0; p < part_count; ++p) {
      Granule& granule = *parts[p].granule;
      const int at = part_count == 1 ? cut : granule.size() - 1;
      const uint64_t all = at == granule.size() - 1 ? granule.newest : granule.ValueAt(at);
      old[p] = Taken(all, parts[p].mask);
    }
    if (part_count == 1 && i.elements == 2) {
      old[1] = old[0] >> 32;
      old[0] = static_cast<uint32_t>(old[0]);
    }
  };

  // The newest is what it reads, or an older one right after which it still fits.
  Granule& first = *parts[0].granule;
  int cut = first.size() - 1;
  View time = 0;
  uint64_t old[2] = {0, 0}, made[2] = {0, 0};
  const bool may_read_older = part_count == 1 && options_.model == Model::kArm && cut >= 0;
  if (may_read_older && Deviates(event, kWhetherOlder, RatesNow().stale / 2)) {
    const ByteMask mask = parts[0].mask;
    const int oldest = OldestCut(thread, first, mask, before);
    int cuts = 0;
    for (int c = first.Next(oldest, mask); c < first.size(); c = first.Next(c, mask)) ++cuts;
    Known& known = first.KnownBy(thread);
    if (cuts > 0 && known.stale < options_.stale_in_a_row) {
      int wanted = static_cast<int>(dice_.Below(event, kWhichOlder, static_cast<unsigned>(cuts)));
      int chosen = oldest;
      for (; wanted > 0; --wanted) chosen = first.Next(chosen, mask);
      read(chosen, old);
      const View view = ViewOf(thread, first, mask, chosen, before, i.acquire);
      const Message& next = first.messages[first.Next(chosen, mask)];
      bool possible = true;
      if (make(old, made)) {
        View low = std::max({lower, view, first.SupplierTime(chosen, mask)});
        ForBytes(mask, [&](int b) { Raise(low, known.coherence[b]); });
        Raise(low, first.base.time);
        possible = next.time >= low + kRoom;
        if (possible) {
          time = low + (next.time - low) / 2;
          possible = FitsAt(parts[0], time, false);
        }
      }
      if (possible) {
        cut = chosen;
        ++known.stale;
        const int byte = __builtin_ctz(mask);
        deviations_.Note({.kind = DeviationKind::kStaleLoad,
                          .event = event,
                          .pc = guest_.pc(),
                          .address = address,
                          .bytes = static_cast<uint8_t>(i.bytes()),
                          .distance = static_cast<uint32_t>(cuts),
                          .by = first.At(first.Supplier(cut, byte)).thread,
                          .value = old[0]});
      } else {
        time = 0;
      }
    }
  }

  read(cut, old);
  const bool stores = make(old, made);
  View view = before;
  for (int p = 0; p < part_count; ++p) {
    Granule& granule = *parts[p].granule;
    const int at = part_count == 1 ? cut : granule.size() - 1;
    const View after = ViewOf(thread, granule, parts[p].mask, at, before, i.acquire);
    Raise(lower, granule.SupplierTime(at, parts[p].mask));
    Rely(thread, granule, parts[p].mask, at, before, after);
    Raise(view, after);
  }
  if (stores) {
    Raise(lower, view);
    const View forward = std::max(address_view, data);
    if (part_count == 1 && i.elements == 2) made[0] |= made[1] << 32;
    if (part_count == 2) time = NextTime();  // One store, though its halves have two places.
    for (int p = 0; p < part_count; ++p) {
      const uint64_t value = Placed(made[p], parts[p].mask);
      View at = time;
      if (at != 0) {
        Insert(thread, parts[p], value, at, forward, true);
      } else {
        at = Put(thread, event, parts[p], value, lower, forward, true, guest_.pc());
      }
      Stored(state, at, i.release);
    }
  }

  // The old value, where it goes.
  const unsigned receiver = compares ? i.status : i.first;
  for (unsigned e = 0; e < (i.IsPair() ? 2u : 1u); ++e) {
    const unsigned number = (receiver + e) & 31;
    if (number == 31) continue;
    guest_.SetX(static_cast<int>(number), old[e]);
    state.x[number] = view;
  }
  Raise(state.read_old, view);
  const bool orders = i.acquire || options_.model == Model::kTso;
  if (orders && !Mutated(Mutation::kAcquiresOrderNothing)) {
    Raise(state.read_new, view);
    Raise(state.write_new, view);
    // With release as well, what follows comes after its store, and with that after all that is
    // before it.
    const bool is_barrier = i.release && stores && !Mutated(Mutation::kAtomicsAreNoBarriers);
    if (is_barrier || options_.model == Model::kTso) {
      Raise(state.read_new, std::max(earlier, state.write_old));
      Raise(state.write_new, std::max(earlier, state.write_old));
    }
  }
  return Step::kSkip;
}

}  // namespace hammerlock::emulate
