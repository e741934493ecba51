// SPDX-License-Identifier: Apache-2.0
//
// The functions that code compiled with -fsanitize=thread calls, in place of ThreadSanitizer's:
// each access of the program arrives here.
#include <stdint.h>
#include <string.h>

#include "explore/runtime/choose.h"
#include "explore/runtime/execution.h"
#include "explore/runtime/memory.h"
#include "explore/runtime/mutation.h"
#include "explore/runtime/promise.h"
#include "explore/runtime/race.h"
#include "explore/runtime/report.h"
#include "explore/runtime/runtime.h"
#include "explore/runtime/seq_cst.h"
#include "explore/runtime/undo.h"

namespace hammerlock::explore {
namespace {

using U128 = unsigned __int128;

// The two halves in which values are kept.
template <class T>
uint64_t Low(T v) {
  return static_cast<uint64_t>(v);
}
template <class T>
uint64_t High(T v) {
  if constexpr (sizeof(T) == 16) {
    return static_cast<uint64_t>(v >> 64);
  } else {
    return 0;
  }
}
template <class T>
T ValueOf(const Store& s) {
  if constexpr (sizeof(T) == 16) {
    return static_cast<T>(s.high) << 64 | s.value;
  } else {
    return static_cast<T>(s.value);
  }
}

// Plain accesses to the program's memory: the engine is the only thread.
template <class T>
T Peek(const volatile T* a) {
  return *const_cast<const T*>(a);
}
template <class T>
void Poke(volatile T* a, T v) {
  *const_cast<T*>(a) = v;
}

// The first eight bytes of an access at most.
template <class T>
uint8_t FirstMask(uintptr_t address) {
  return MaskOf(address, sizeof(T) > 8 ? 8 : sizeof(T));
}

// What an atomic access is of.
struct Target {
  Cell& cell;
  Location& location;
};

template <class T>
void Accessed(const volatile T* a, Cell& cell, bool write, const void* pc) {
  const uintptr_t address = reinterpret_cast<uintptr_t>(a);
  AfterAtomic(cell, address, FirstMask<T>(address), write, pc);
  if constexpr (sizeof(T) == 16) AfterAtomic(CellAt(address + 8), address + 8, 0xff, write, pc);
}

template <class T>
Target Reading(const volatile T* a, const void* pc) {
  const uintptr_t address = reinterpret_cast<uintptr_t>(a);
  if constexpr (sizeof(T) == 16) BeforeAtomicRead(CellAt(address + 8), address + 8, 0xff, pc);
  Cell& cell = CellAt(address);
  BeforeAtomicRead(cell, address, FirstMask<T>(address), pc);
  if (Mutated(Mutation::kAtomicsCheckFirst)) Accessed(a, cell, false, pc);
  return {cell, LocationAt(cell, address, sizeof(T))};
}

template <class T>
Target Writing(volatile T* a, const void* pc) {
  const uintptr_t address = reinterpret_cast<uintptr_t>(a);
  if constexpr (sizeof(T) == 16) BeforeAtomicWrite(CellAt(address + 8), address + 8, 0xff, pc);
  Cell& cell = CellAt(address);
  // The history begins with what memory holds, before this access counts as writing it.
  Location& location = LocationAt(cell, address, sizeof(T));
  BeforeAtomicWrite(cell, address, FirstMask<T>(address), pc);
  return {cell, location};
}

// While there is one thread, memory itself says all. False: there are more.
template <class T>
bool SoloWrite(volatile T* a, const void* pc) {
  if (!g_solo) return false;
  const uintptr_t address = reinterpret_cast<uintptr_t>(a);
  AccessAlone(address, sizeof(T), true, pc);
  for (uintptr_t at = address; at < address + sizeof(T); at += 8) {
    Cell& cell = CellAt(at);
    SaveForUndo(cell, at);
    cell.written |= sizeof(T) >= 8 ? 0xff : MaskOf(at, sizeof(T));
  }
  return true;
}

unsigned NewerThan(const Store& s) {
  unsigned n = 0;
  for (const Store* i = s.newer; i != nullptr && n < 255; i = i->newer) ++n;
  return n;
}

[[gnu::cold]] void RecordAccess(Event::Kind kind, uintptr_t address, unsigned size, int order,
                                const Store& store, const Store* read, const void* pc) {
  Event e = {};
  e.kind = kind;
  e.order = static_cast<uint8_t>(order);
  e.size = static_cast<uint8_t>(size);
  e.newer = static_cast<uint8_t>(NewerThan(store));
  e.address = address;
  e.value = store.value;
  const Store& from = read != nullptr ? *read : store;
  e.read = from.value;
  e.from_step = from.initial ? 0 : from.step;
  e.from_thread = from.thread;
  e.pc = pc;
  RecordEvent(e);
}
void Record(Event::Kind kind, uintptr_t address, unsigned size, int order, const Store& store,
            const Store* read, const void* pc) {
  if (__builtin_expect(g_recording, false)) {
    RecordAccess(kind, address, size, order, store, read, pc);
  }
}

template <class T>
T Load(const volatile T* a, int order, const void* pc) {
  if (!Watching()) return Peek(a);
  Point({reinterpret_cast<uintptr_t>(a), true, false, pc});
  if (g_solo) {
    AccessAlone(reinterpret_cast<uintptr_t>(a), sizeof(T), false, pc);
    return Peek(a);
  }
  const Order o = static_cast<Order>(order);
  const auto [cell, location] = Reading(a, pc);
  Store* promised = nullptr;
  if (__builtin_expect(g_load_buffering, false)) {
    promised = PromisedTo(location, o == Order::kSeqCst);
  }
  Store& from = promised != nullptr ? *promised : ChooseRead(location, o == Order::kSeqCst);
  ReadFrom(location, from, o);
  Accessed(a, cell, false, pc);
  Record(Event::kLoad, location.address, sizeof(T), order, from, nullptr, pc);
  if (__builtin_expect(location.mixed, false)) return Peek(a);
  return ValueOf<T>(from);
}

template <class T>
void StoreTo(volatile T* a, T v, int order, const void* pc) {
  if (!Watching()) return Poke(a, v);
  Point({reinterpret_cast<uintptr_t>(a), false, true, pc});
  if (SoloWrite(a, pc)) return Poke(a, v);
  const Order o = static_cast<Order>(order);
  const auto [cell, location] = Writing(a, pc);
  Store* kept = nullptr;
  if (__builtin_expect(g_load_buffering, false)) kept = KeepPromise(location, Low(v), High(v), o);
  Store& made = kept != nullptr ? *kept
                                : Insert(location, ChoosePlace(location, o == Order::kSeqCst),
                                         Low(v), High(v), o);
  Accessed(a, cell, true, pc);
  if (&made == location.newest) Poke(a, v);
  Record(Event::kStore, location.address, sizeof(T), order, made, nullptr, pc);
}

template <class T, class F>
T ModifyBy(volatile T* a, int order, const void* pc, F f) {
  if (!Watching()) {
    const T old = Peek(a);
    Poke(a, f(old));
    return old;
  }
  Point({reinterpret_cast<uintptr_t>(a), true, true, pc});
  if (SoloWrite(a, pc)) {
    const T old = Peek(a);
    Poke(a, f(old));
    return old;
  }
  const Order o = static_cast<Order>(order);
  Reading(a, pc);
  const auto [cell, location] = Writing(a, pc);
  Store& from = ChooseReadToModify(location, o == Order::kSeqCst);
  const T old = location.mixed ? Peek(a) : ValueOf<T>(from);
  const T fresh = f(old);
  Store& made = Modify(location, from, Low(fresh), High(fresh), o);
  Accessed(a, cell, true, pc);
  if (&made == location.newest) Poke(a, fresh);
  Record(Event::kModify, location.address, sizeof(T), order, made, &from, pc);
  return old;
}

template <class T>
T CompareExchange(volatile T* a, T expected, T desired, int order, int failure_order,
                  const void* pc) {
  if (!Watching()) {
    const T old = Peek(a);
    if (old == expected) Poke(a, desired);
    return old;
  }
  Point({reinterpret_cast<uintptr_t>(a), true, true, pc});
  if (g_solo) {
    AccessAlone(reinterpret_cast<uintptr_t>(a), sizeof(T), false, pc);
    const T old = Peek(a);
    if (old == expected && SoloWrite(a, pc)) Poke(a, desired);
    return old;
  }
  const auto [cell, location] = Reading(a, pc);
  Store& from = ChooseReadToExchange(location, Low(expected), High(expected),
                                     static_cast<Order>(order) == Order::kSeqCst,
                                     static_cast<Order>(failure_order) == Order::kSeqCst);
  const T old = location.mixed ? Peek(a) : ValueOf<T>(from);
  if (old != expected) {
    ReadFrom(location, from, static_cast<Order>(failure_order));
    Accessed(a, cell, false, pc);
    Record(Event::kFailedExchange, location.address, sizeof(T), failure_order, from, nullptr, pc);
    return old;
  }
  Writing(a, pc);
  Store& made = Modify(location, from, Low(desired), High(desired), static_cast<Order>(order));
  Accessed(a, cell, true, pc);
  if (&made == location.newest) Poke(a, desired);
  Record(Event::kModify, location.address, sizeof(T), order, made, &from, pc);
  return old;
}

}  // namespace
}  // namespace hammerlock::explore

using namespace hammerlock::explore;

#define PC __builtin_return_address(0)
#define ADDRESS(p) reinterpret_cast<uintptr_t>(p)

extern "C" {

void __tsan_init() { g_instrumented = true; }
void __tsan_func_entry(void*) {}
void __tsan_func_exit() {}

#define PLAIN(N)                                                                      \
  void __tsan_read##N(void* a) { PlainRead(ADDRESS(a), N, PC); }                      \
  void __tsan_write##N(void* a) { PlainWrite(ADDRESS(a), N, PC); }                    \
  void __tsan_unaligned_read##N(void* a) { PlainRead(ADDRESS(a), N, PC); }            \
  void __tsan_unaligned_write##N(void* a) { PlainWrite(ADDRESS(a), N, PC); }          \
  void __tsan_volatile_read##N(void* a) { PlainRead(ADDRESS(a), N, PC); }             \
  void __tsan_volatile_write##N(void* a) { PlainWrite(ADDRESS(a), N, PC); }           \
  void __tsan_unaligned_volatile_read##N(void* a) { PlainRead(ADDRESS(a), N, PC); }   \
  void __tsan_unaligned_volatile_write##N(void* a) { PlainWrite(ADDRESS(a), N, PC); } \
  void __tsan_read_write##N(void* a) {                                                \
    PlainRead(ADDRESS(a), N, PC);                                                     \
    PlainWrite(ADDRESS(a), N, PC);                                                    \
  }                                                                                   \
  void __tsan_unaligned_read_write##N(void* a) {                                      \
    PlainRead(ADDRESS(a), N, PC);                                                     \
    PlainWrite(ADDRESS(a), N, PC);                                                    \
  }
PLAIN(1)
PLAIN(2)
PLAIN(4)
PLAIN(8)
PLAIN(16)
#undef PLAIN

void __tsan_vptr_read(void** a) { PlainRead(ADDRESS(a), 8, PC); }
void __tsan_vptr_update(void** a, void* fresh) {
  // Destructors store the same pointer again and again: no write that matters.
  if (*a != fresh || (Watching() && g_solo)) PlainWrite(ADDRESS(a), 8, PC);
}
void __tsan_read_range(void* a, unsigned long size) { PlainRange(ADDRESS(a), size, false, PC); }
void __tsan_write_range(void* a, unsigned long size) { PlainRange(ADDRESS(a), size, true, PC); }

void* __tsan_memcpy(void* to, const void* from, size_t size) {
  PlainRange(ADDRESS(from), size, false, PC);
  PlainRange(ADDRESS(to), size, true, PC);
  return memcpy(to, from, size);
}
void* __tsan_memmove(void* to, const void* from, size_t size) {
  PlainRange(ADDRESS(from), size, false, PC);
  PlainRange(ADDRESS(to), size, true, PC);
  return memmove(to, from, size);
}
void* __tsan_memset(void* to, int value, size_t size) {
  PlainRange(ADDRESS(to), size, true, PC);
  return memset(to, value, size);
}

#define ATOMIC(B, T)                                                                       \
  T __tsan_atomic##B##_load(const volatile T* a, int o) { return Load<T>(a, o, PC); }      \
  void __tsan_atomic##B##_store(volatile T* a, T v, int o) { StoreTo<T>(a, v, o, PC); }    \
  T __tsan_atomic##B##_exchange(volatile T* a, T v, int o) {                               \
    return ModifyBy<T>(a, o, PC, [v](T) { return v; });                                    \
  }                                                                                        \
  T __tsan_atomic##B##_fetch_add(volatile T* a, T v, int o) {                              \
    return ModifyBy<T>(a, o, PC, [v](T x) { return static_cast<T>(x + v); });              \
  }                                                                                        \
  T __tsan_atomic##B##_fetch_sub(volatile T* a, T v, int o) {                              \
    return ModifyBy<T>(a, o, PC, [v](T x) { return static_cast<T>(x - v); });              \
  }                                                                                        \
  T __tsan_atomic##B##_fetch_and(volatile T* a, T v, int o) {                              \
    return ModifyBy<T>(a, o, PC, [v](T x) { return static_cast<T>(x & v); });              \
  }                                                                                        \
  T __tsan_atomic##B##_fetch_or(volatile T* a, T v, int o) {                               \
    return ModifyBy<T>(a, o, PC, [v](T x) { return static_cast<T>(x | v); });              \
  }                                                                                        \
  T __tsan_atomic##B##_fetch_xor(volatile T* a, T v, int o) {                              \
    return ModifyBy<T>(a, o, PC, [v](T x) { return static_cast<T>(x ^ v); });              \
  }                                                                                        \
  T __tsan_atomic##B##_fetch_nand(volatile T* a, T v, int o) {                             \
    return ModifyBy<T>(a, o, PC, [v](T x) { return static_cast<T>(~(x & v)); });           \
  }                                                                                        \
  T __tsan_atomic##B##_compare_exchange_val(volatile T* a, T e, T d, int o, int f) {       \
    return CompareExchange<T>(a, e, d, o, f, PC);                                          \
  }                                                                                        \
  int __tsan_atomic##B##_compare_exchange_strong(volatile T* a, T* e, T d, int o, int f) { \
    const T expected = *e;                                                                 \
    return (*e = CompareExchange<T>(a, expected, d, o, f, PC)) == expected;                \
  }                                                                                        \
  int __tsan_atomic##B##_compare_exchange_weak(volatile T* a, T* e, T d, int o, int f) {   \
    const T expected = *e;                                                                 \
    return (*e = CompareExchange<T>(a, expected, d, o, f, PC)) == expected;                \
  }
ATOMIC(8, uint8_t)
ATOMIC(16, uint16_t)
ATOMIC(32, uint32_t)
ATOMIC(64, uint64_t)
ATOMIC(128, U128)
#undef ATOMIC

void __tsan_atomic_thread_fence(int order) {
  if (!Watching()) return;
  const Order o = static_cast<Order>(order);
  if (o == Order::kRelaxed) return;
  if (o == Order::kSeqCst) Point({.address = 0, .reads = false, .writes = false, .pc = PC});
  if (g_solo) return;
  Fence(o);
  if (__builtin_expect(g_recording, false)) {
    Event e = {};
    e.kind = Event::kFence;
    e.order = static_cast<uint8_t>(order);
    e.pc = PC;
    RecordEvent(e);
  }
}
void __tsan_atomic_signal_fence(int) {}

}  // extern "C"
