// SPDX-License-Identifier: Apache-2.0
#include "emulate/memory/weak_memory.h"

#include <algorithm>
#include <cstring>

#include "emulate/memory/mutation.h"

namespace hammerlock::emulate {

#ifdef HAMMERLOCK_MUTATIONS
Mutation g_mutation = Mutation::kNone;
#endif

namespace {

// Between two time stamps that are given one after another: room for early ones.
constexpr View kStep = View{1} << 20;
constexpr unsigned kStretch = 256;

uint64_t Extended(uint64_t value, unsigned extend) {
  switch (extend) {
    case 2:
      return static_cast<uint32_t>(value);
    case 6:
      return static_cast<uint64_t>(int64_t{static_cast<int32_t>(value)});
    default:
      return value;
  }
}

}  // namespace

WeakMemory::WeakMemory(const MemoryOptions& options, Guest& guest, Deviations& deviations)
    : options_(options), guest_(guest), deviations_(deviations), dice_(options.seed) {
  recent_.reserve(kMostRecent);
}

void WeakMemory::Begin(int thread) {
  while (static_cast<int>(threads_.size()) <= thread) threads_.emplace_back();
  granules_.ForEach([&](Granule& granule) {
    std::erase_if(granule.known, [&](const Known& known) { return known.thread == thread; });
  });
  ThreadState& state = Of(thread);
  const uint64_t events = state.events;
  state = ThreadState();
  state.events = events;  // An event is named once.
  state.RaiseAll(now_);
}

void WeakMemory::Synchronise(int thread) {
  ResolveAmong(thread, ~uint32_t{0});
  Of(thread).RaiseAll(now_);
}

void WeakMemory::Forget() {
  for (size_t thread = 0; thread < threads_.size(); ++thread) {
    threads_[thread].monitor.set = false;
  }
  granules_.Clear();
}

bool WeakMemory::Deviates(const Event& event, unsigned salt, unsigned of_256) {
  return options_.model != Model::kSc && dice_.Chance(event, salt, of_256) &&
         !deviations_.Forbidden(event);
}

const Rates& WeakMemory::RatesNow() {
  const uint64_t stretch = accesses_ / kStretch;
  if (stretch == stretch_) return rates_;
  stretch_ = stretch;
  rates_ = options_.rates;
  if (options_.steady) return rates_;
  // Halves, wholes, doubles, and nothing at all.
  constexpr unsigned kShares[] = {0, 128, 256, 512};
  const Event event{0xffff, stretch};
  unsigned salt = 0;
  for (unsigned* const rate : {&rates_.stale, &rates_.early, &rates_.deferred}) {
    *rate = std::min(230u, *rate * kShares[dice_.Below(event, salt++, 4)] / 256);
  }
  return rates_;
}

View WeakMemory::NextTime() {
  now_ += kStep;
  if (recent_.size() == kMostRecent) {
    recent_.erase(recent_.begin(), recent_.begin() + kMostRecent / 2);
  }
  recent_.push_back(now_);
  return now_;
}

Granule* WeakMemory::GranuleAt(uint64_t address) {
  uint8_t* const at = guest_.Bytes(address, kGranule);
  if (at == nullptr) return nullptr;
  uint64_t present;
  std::memcpy(&present, at, sizeof(present));
  Granule* granule = granules_.Find(address);
  if (granule == nullptr) {
    granule = &granules_.Add(address);
    granule->base.value = granule->newest = present;
    granule->base.thread = -1;
  } else if (granule->newest != present) {
    // Somebody outside of the model (the kernel) has written.
    granule->messages.clear();
    granule->base = Message();
    granule->base.time = granule->base.read_up_to = NextTime();
    granule->base.value = granule->newest = present;
  }
  granule->at = at;
  return granule;
}

bool WeakMemory::IsModelled(uint64_t address, unsigned bytes) {
  const uint64_t begin = GranuleOf(address), end = GranuleOf(address + bytes - 1) + kGranule;
  return guest_.Bytes(begin, static_cast<unsigned>(end - begin)) != nullptr;
}

uint64_t WeakMemory::AddressOf(const Instruction& i) {
  if (i.base == kNoRegister) return guest_.pc() + static_cast<uint64_t>(i.offset);
  const uint64_t base = guest_.X(i.base);
  if (i.kind == Kind::kZeroBlock) return base & ~uint64_t{kZeroBlockBytes - 1};
  if (i.writeback == Writeback::kPost) return base;
  if (i.index != kNoRegister) {
    const uint64_t index = i.index == 31 ? 0 : guest_.X(i.index);
    return base + (Extended(index, i.extend) << i.shift);
  }
  return base + static_cast<uint64_t>(i.offset);
}

View WeakMemory::AddressView(const ThreadState& state, const Instruction& i) {
  if (Mutated(Mutation::kAddressesCarryNothing)) return 0;
  return state.Of({.x = i.AddressRegisters(), .v = 0, .flags = false});
}

void WeakMemory::Compute(ThreadState& state, const Instruction& i) {
  state.Set(i.writes, state.Of(i.reads));
}

void WeakMemory::Barrier(int thread, Fence fence) {
  ThreadState& state = Of(thread);
  if (fence == Fence::kStore) {
    // Not the loads, but the stores that wait for some of them.
    while (!state.waiting.empty()) Resolve(thread, state.waiting.front().number);
    if (!Mutated(Mutation::kStoreBarriersOrderNothing)) Raise(state.write_new, state.write_old);
    return;
  }
  if (!Mutated(Mutation::kDeferredLoadsIgnoreBarriers)) ResolveAmong(thread, ~uint32_t{0});
  View view = state.read_old;
  if (fence == Fence::kFull) Raise(view, state.write_old);
  if (Mutated(fence == Fence::kFull ? Mutation::kFullBarriersOrderNothing
                                    : Mutation::kLoadBarriersOrderNothing)) {
    return;
  }
  Raise(state.read_new, view);
  Raise(state.write_new, view);
}

WeakMemory::Step WeakMemory::Access(int thread, const Instruction& i) {
  ThreadState& state = Of(thread);
  ++accesses_;
  ++state.events;
  const uint64_t address = AddressOf(i);
  if (!IsModelled(address, i.bytes())) {
    // Memory that nobody writes: its values never change.
    const View view = AddressView(state, i);
    state.Set(i.writes, view);
    Raise(state.capture, view);
    return Step::kExecute;
  }
  const bool same_address = !Mutated(Mutation::kDeferredLoadsIgnoreSameAddress);
  if (same_address) ResolveOverlapping(thread, address, i.bytes());
  if (i.release || options_.model == Model::kTso) ResolveAmong(thread, ~uint32_t{0});
  switch (i.kind) {
    case Kind::kLoad:
    case Kind::kLoadExclusive:
      return Load(thread, i, address);
    case Kind::kStoreExclusive:
      return StoreExclusive(thread, i, address);
    case Kind::kReadModifyWrite:
    case Kind::kCompareAndSwap:
      return Modify(thread, i, address);
    default:
      return Store(thread, i, address);
  }
}

bool WeakMemory::MayWait(const ThreadState& state, const Instruction& i) {
  return i.kind == Kind::kStore && !i.release && !i.vector && i.elements == 1 && i.first != 31 &&
         i.writeback == Writeback::kNone && (state.deferred_mask >> i.first & 1) != 0 &&
         (i.AddressRegisters() >> i.first & 1) == 0;
}

WeakMemory::Step WeakMemory::Before(int thread, const Instruction& i) {
  ThreadState& state = Of(thread);
  if (state.deferred_mask != 0) {
    uint32_t due = i.reads.x | i.writes.x;
    if (MayWait(state, i)) due &= ~(uint32_t{1} << i.first);
    for (uint32_t rest = state.deferred_mask; rest != 0; rest &= rest - 1) {
      const int number = __builtin_ctz(rest);
      if (++state.deferred[number].age > options_.defer_for) due |= uint32_t{1} << number;
    }
    ResolveAmong(thread, due);
  }
  switch (i.kind) {
    case Kind::kCompute:
    case Kind::kJump:
    case Kind::kReadThreadPointer:
    case Kind::kWriteThreadPointer:
    case Kind::kReadCounter:
      Compute(state, i);
      return Step::kExecute;
    case Kind::kBranch:
      if (!Mutated(Mutation::kControlCarriesNothing)) Raise(state.capture, state.Of(i.reads));
      state.Set(i.writes, 0);
      return Step::kExecute;
    case Kind::kHint:
    case Kind::kNothing:
      return Step::kExecute;
    case Kind::kClearExclusive:
      state.monitor.set = false;
      return Step::kExecute;
    case Kind::kContextBarrier:
      if (!Mutated(Mutation::kContextBarriersOrderNothing)) Raise(state.read_new, state.capture);
      return Step::kExecute;
    case Kind::kBarrier:
      ++state.events;
      Barrier(thread, i.fence);
      return Step::kExecute;
    case Kind::kSystemCall:
      state.monitor.set = false;  // As the return from an exception does.
      Synchronise(thread);
      return Step::kExecute;
    case Kind::kOther:
      // Whatever it reads or writes, it does so between all that is before and all that is after.
      Synchronise(thread);
      return Step::kExecute;
    case Kind::kLoad:
    case Kind::kStore:
    case Kind::kLoadExclusive:
    case Kind::kStoreExclusive:
    case Kind::kReadModifyWrite:
    case Kind::kCompareAndSwap:
    case Kind::kZeroBlock:
      return Access(thread, i);
  }
  return Step::kExecute;
}

void WeakMemory::After(int thread) {
  Unfinished& unfinished = Of(thread).unfinished;
  if (unfinished.load) Unpatch();
  if (unfinished.store) FinishStore(thread);
  unfinished = Unfinished();
}

}  // namespace hammerlock::emulate
