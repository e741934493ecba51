// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstddef>
#include <cstring>

#include "emulate/memory/mutation.h"
#include "emulate/memory/weak_memory.h"

namespace hammerlock::emulate {
namespace {

// What the dice are asked about a store.
enum Salt : unsigned { kWhetherEarly = 4, kHowEarly, kWhere };

}  // namespace

// What a store must be later than. The address is in `capture` already, where it binds the stores
// that follow as well.
View WeakMemory::LowerBound(const ThreadState& state, const Instruction& i, View data) {
  View lower = std::max(state.capture, state.write_new);
  if (!Mutated(Mutation::kDataCarriesNothing)) Raise(lower, data);
  const bool ordered = i.release || options_.model == Model::kTso;
  if (ordered && !Mutated(Mutation::kReleasesOrderNothing)) {
    Raise(lower, std::max(state.read_old, state.write_old));
  }
  return lower;
}

// The load of register `number` has taken place: so do the stores that wait for it.
void WeakMemory::StoreWaiting(int thread, int number) {
  ThreadState& state = Of(thread);
  for (size_t w = 0; w < state.waiting.size();) {
    const Waiting waiting = state.waiting[w];
    if (waiting.number != number) {
      ++w;
      continue;
    }
    state.waiting.erase(state.waiting.begin() + static_cast<std::ptrdiff_t>(w));
    const uint64_t value = guest_.X(number);
    const View data = Mutated(Mutation::kDataCarriesNothing) ? 0 : state.x[number];
    const View lower = std::max(waiting.lower, data);
    const Event event = EventOf(thread, waiting.event);
    const uint64_t end = waiting.address + (uint64_t{1} << waiting.size);
    for (uint64_t g = GranuleOf(waiting.address); g < end; g += kGranule) {
      const Part part{GranuleAt(g), MaskOf(g, waiting.address, end)};
      if (part.granule == nullptr) break;  // Unmapped since.
      const uint64_t begin = std::max(g, waiting.address);
      const int shift = static_cast<int>(8 * (begin - g));
      const uint64_t bytes = value >> (8 * (begin - waiting.address)) << shift;
      const View time = Put(thread, event, part, bytes, lower, std::max(waiting.address_view, data),
                            false, waiting.pc);
      Stored(state, time, false);
    }
  }
}

void WeakMemory::Stored(ThreadState& state, View time, bool release) {
  Raise(state.write_old, time);
  if (release) Raise(state.released, time);
}

WeakMemory::Step WeakMemory::Store(int thread, const Instruction& i, uint64_t address) {
  ThreadState& state = Of(thread);
  const View address_view = AddressView(state, i);
  if (MayWait(state, i)) {
    state.waiting.push_back({.number = i.first,
                             .size = i.size,
                             .address = address,
                             .pc = guest_.pc(),
                             .event = state.events,
                             .lower = std::max(LowerBound(state, i, 0), address_view),
                             .address_view = address_view});
    if (!Mutated(Mutation::kAddressesBindNoStores)) Raise(state.capture, address_view);
    return Step::kSkip;
  }
  View data = 0;
  if (i.kind == Kind::kStore) {
    for (const uint8_t number : {i.first, i.second}) {
      if (number == kNoRegister || (!i.vector && number == 31)) continue;
      Raise(data, i.vector ? state.v[number] : state.x[number]);
    }
    if (i.structure) Raise(data, state.Of({.x = 0, .v = i.reads.v, .flags = false}));
  }
  Unfinished& unfinished = state.unfinished;
  unfinished.lower = std::max(LowerBound(state, i, data), address_view);
  if (!Mutated(Mutation::kAddressesBindNoStores)) Raise(state.capture, address_view);
  unfinished.store = true;
  unfinished.address = address;
  unfinished.bytes = i.bytes();
  unfinished.pc = guest_.pc();
  unfinished.event = state.events;
  unfinished.forward = std::max(address_view, data);
  unfinished.release = i.release;
  if (i.writeback != Writeback::kNone) state.x[i.base] = address_view;
  // Their history begins with what lies there now.
  const uint64_t end = address + i.bytes();
  for (uint64_t g = GranuleOf(address); g < end; g += kGranule) GranuleAt(g);
  return Step::kExecute;
}

void WeakMemory::FinishStore(int thread) {
  ThreadState& state = Of(thread);
  const Unfinished unfinished = state.unfinished;
  const Event event = EventOf(thread, unfinished.event);
  const uint64_t end = unfinished.address + unfinished.bytes;
  for (uint64_t g = GranuleOf(unfinished.address); g < end; g += kGranule) {
    const Part part{granules_.Find(g), MaskOf(g, unfinished.address, end)};
    uint64_t value;
    std::memcpy(&value, part.granule->at, sizeof(value));
    const View time =
        Put(thread, event, part, value, unfinished.lower, unfinished.forward, false, unfinished.pc);
    Stored(state, time, unfinished.release);
  }
}

// Whether a store to the part may take effect at that time.
bool WeakMemory::FitsAt(const Part& part, View time, bool modifies) {
  Granule& granule = *part.granule;
  int before = granule.size() - 1;  // The last message before it.
  while (before >= 0 && granule.messages[before].time >= time) --before;
  const int after = before + 1;
  if (after < granule.size() && granule.messages[after].time == time) return false;
  bool fits = true;
  ForBytes(part.mask, [&](int byte) {
    const Message& last = granule.At(granule.Supplier(before, byte));
    if (last.read_up_to >= time && !Mutated(Mutation::kEarlyStoresIgnoreReads)) fits = false;
    const int next = granule.Next(before, static_cast<ByteMask>(1u << byte));
    const bool splits = next < granule.size() && granule.messages[next].modifies;
    if (splits && !Mutated(Mutation::kEarlyStoresSplitModifies)) fits = false;
    // An atomic access follows what it has read: it is the reader that says where.
    if (modifies && next < granule.size()) fits = false;
  });
  return fits;
}

// A time in (lower, upper) before some of the stores that have been executed; 0: none is found.
View WeakMemory::EarlyTime(const Event& event, const Part& part, View lower, View upper,
                           bool modifies) {
  lower = std::max(lower, part.granule->base.time);
  const auto begin = std::upper_bound(recent_.begin(), recent_.end(), lower);
  const auto end = std::upper_bound(begin, recent_.end(), upper);
  const auto slots = static_cast<unsigned>(end - begin);
  if (slots == 0) return 0;
  const auto slot = begin + dice_.Below(event, kHowEarly, slots);
  const View low = slot == begin ? lower : *(slot - 1);
  const View high = std::min(*slot, upper);
  if (high < low + kRoom) return 0;
  const View time =
      low + (high - low) / 4 + 1 + (dice_.Roll(event, kWhere) >> 8) % ((high - low) / 2);
  return FitsAt(part, time, modifies) ? time : 0;
}

// The store takes effect. `value` is the granule's, of which the part's bytes count.
View WeakMemory::Put(int thread, const Event& event, const Part& part, uint64_t value, View lower,
                     View forward, bool modifies, uint64_t pc) {
  const Known& known = part.granule->KnownBy(thread);
  if (!Mutated(Mutation::kStoresIgnoreCoherence)) {
    ForBytes(part.mask, [&](int byte) { Raise(lower, known.coherence[byte]); });
  }
  View time = 0;
  if (options_.model == Model::kArm && Deviates(event, kWhetherEarly, RatesNow().early)) {
    time = EarlyTime(event, part, lower, now_, modifies);
  }
  if (time != 0) {
    const auto past = std::upper_bound(recent_.begin(), recent_.end(), time);
    const int byte = __builtin_ctz(part.mask);
    deviations_.Note({.kind = DeviationKind::kEarlyStore,
                      .event = event,
                      .pc = pc,
                      .address = part.granule->address + static_cast<unsigned>(byte),
                      .bytes = static_cast<uint8_t>(__builtin_popcount(part.mask)),
                      .distance = static_cast<uint32_t>(recent_.end() - past),
                      .by = -1,
                      .value = (value & BitsOf(part.mask)) >> (8 * byte)});
    recent_.insert(past, time);
    if (recent_.size() > kMostRecent) recent_.erase(recent_.begin());
  } else {
    time = NextTime();
  }
  Insert(thread, part, value, time, forward, modifies);
  return time;
}

void WeakMemory::Insert(int thread, const Part& part, uint64_t value, View time, View forward,
                        bool modifies) {
  Granule& granule = *part.granule;
  Message message;
  message.time = message.read_up_to = time;
  message.value = value;
  message.mask = part.mask;
  message.modifies = modifies;
  message.thread = static_cast<int16_t>(thread);
  auto at = granule.messages.end();
  while (at != granule.messages.begin() && (at - 1)->time > time) --at;
  granule.messages.insert(at, message);
  granule.newest = granule.ValueAt(granule.size() - 1);
  std::memcpy(granule.at, &granule.newest, sizeof(granule.newest));
  Known& known = granule.KnownBy(thread);
  ForBytes(part.mask, [&](int byte) {
    Raise(known.coherence[byte], time);
    known.own[byte] = time;
    known.forwarded[byte] = forward;
  });
  known.atomic =
      static_cast<ByteMask>(modifies ? known.atomic | part.mask : known.atomic & ~part.mask);
  granule.Trim(options_.history);
}

}  // namespace hammerlock::emulate
