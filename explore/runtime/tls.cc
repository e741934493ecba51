// SPDX-License-Identifier: Apache-2.0
//
// thread_local variables, as the compiler emulates them, with their destructors.
//
// Each thread of an execution has its own copies, gone with the execution. Outside of executions
// each real thread has copies that persist. The main thread of an execution goes on with those
// that the real thread has by then (static initialisers touch some): they keep their addresses
// and are put back afterwards. This file must be compiled with native thread_locals.
#include "explore/runtime/tls.h"

#include <limits.h>
#include <malloc.h>
#include <stdlib.h>
#include <string.h>

#include "explore/runtime/posix_internal.h"
#include "explore/runtime/race.h"

namespace hammerlock::explore {

namespace internal {

// What the compiler emits for each thread_local, as __emutls_v.<name>.
struct EmulatedVariable {
  size_t size;
  size_t alignment;
  void* unused;
  const void* initial;  // Null: zero.
};

namespace {

using Slot = EmulatedTls::Slot;

constexpr size_t kFirstSlots = 16;

__attribute__((tls_model("initial-exec"))) __thread EmulatedTls* outside_tls;

// What the runtime keeps for the thread: with the execution, or for good.
void* NewZeroed(size_t size) {
  return InExecution() ? memset(g_pool.Take(size), 0, size) : calloc(1, size);
}

EmulatedTls& Current() {
  EmulatedTls*& tls = InExecution() ? g_self->tls : outside_tls;
  if (__builtin_expect(tls == nullptr, false)) {
    tls = static_cast<EmulatedTls*>(NewZeroed(sizeof(EmulatedTls)));
    tls->slots = static_cast<Slot*>(NewZeroed(kFirstSlots * sizeof(Slot)));
    tls->mask = kFirstSlots - 1;
  }
  return *tls;
}

// The slot of a variable or the free one where it belongs. The variables stand in a row, 32 bytes
// each: their numbers rarely collide.
inline Slot& SlotFor(EmulatedTls& tls, const void* control) {
  size_t i = reinterpret_cast<uintptr_t>(control) / sizeof(EmulatedVariable);
  for (;; ++i) {
    Slot& slot = tls.slots[i & tls.mask];
    if (slot.control == control || slot.control == nullptr) return slot;
  }
}

void Grow(EmulatedTls& tls) {
  Slot* const old = tls.slots;
  const size_t old_count = tls.mask + 1;
  tls.slots = static_cast<Slot*>(NewZeroed(2 * old_count * sizeof(Slot)));
  tls.mask = 2 * old_count - 1;
  for (size_t i = 0; i < old_count; ++i) {
    if (old[i].control != nullptr) SlotFor(tls, old[i].control) = old[i];
  }
  if (!InExecution()) free(old);
}

// The copy that the real thread made before the execution, if this is its main thread.
void* Inherited(const EmulatedVariable& variable) {
  if (!InExecution() || Self().id != 0 || outside_tls == nullptr) return nullptr;
  void* const block = SlotFor(*outside_tls, &variable).block;
  if (block != nullptr) NoteWrite(block, variable.size);
  return block;
}

void* NewBlock(const EmulatedVariable& variable) {
  size_t alignment = variable.alignment;
  if (alignment < kPoolUnit) alignment = kPoolUnit;
  void* const block =
      InExecution() ? g_pool.Take(variable.size, alignment) : memalign(alignment, variable.size);
  if (variable.initial != nullptr) {
    memcpy(block, variable.initial, variable.size);
  } else {
    memset(block, 0, variable.size);
  }
  return block;
}

__attribute__((noinline)) void* FirstTouch(const EmulatedVariable& variable) {
  EmulatedTls& tls = Current();
  if (2 * (tls.used + 1) > tls.mask) Grow(tls);
  void* block = Inherited(variable);
  if (block == nullptr) block = NewBlock(variable);
  SlotFor(tls, &variable) = {&variable, block};
  ++tls.used;
  return block;
}

// Whoever uses them from now on, or did so unordered, uses memory that is free.
void FreeBlocks(EmulatedTls& tls) {
  for (size_t i = 0; i <= tls.mask; ++i) {
    Slot& slot = tls.slots[i];
    if (slot.control == nullptr) continue;
    const bool inherited = Self().id == 0 && outside_tls != nullptr &&
                           SlotFor(*outside_tls, slot.control).block == slot.block;
    const size_t size = static_cast<const EmulatedVariable*>(slot.control)->size;
    if (!inherited) Freed(reinterpret_cast<uintptr_t>(slot.block), size, nullptr);
  }
  memset(tls.slots, 0, (tls.mask + 1) * sizeof(Slot));
  tls.used = 0;
}

// What it runs may add to the list.
bool RunFinishers(Finisher** list) {
  const bool any = *list != nullptr;
  while (*list != nullptr) {
    Finisher* const last = *list;
    *list = last->next;
    last->function(last->argument);
  }
  return any;
}

void RunDestructors() {
  EmulatedTls& tls = Current();
  for (int i = 0; i < PTHREAD_DESTRUCTOR_ITERATIONS; ++i) {
    const bool finishers = RunFinishers(&tls.finishers);
    const bool keys = RunKeyDestructors(tls);
    if (!finishers && !keys) return;
  }
}

void Push(Finisher** list, void (*function)(void*), void* argument) {
  Finisher* const added = static_cast<Finisher*>(NewZeroed(sizeof(Finisher)));
  *added = {function, argument, *list};
  *list = added;
}

// Of this execution: what atexit registered.
Finisher* at_exit;

}  // namespace

EmulatedTls& OwnTls() { return Current(); }

}  // namespace internal

using namespace internal;

void ResetPosix() {
  at_exit = nullptr;
  ResetKeys();
  ResetRandom();
}

void OnThreadExit(Thread& thread) {
  if (thread.tls == nullptr) return;
  RunDestructors();
  FreeBlocks(*thread.tls);
}

void RunMainThreadExit() {
  if (Self().tls != nullptr) RunDestructors();
  RunFinishers(&at_exit);
}

}  // namespace hammerlock::explore

using namespace hammerlock::explore;
using namespace hammerlock::explore::internal;

extern "C" {

void* __emutls_get_address(EmulatedVariable* variable) {
  EmulatedTls* const tls = InExecution() ? g_self->tls : outside_tls;
  if (__builtin_expect(tls != nullptr, true)) {
    const Slot& slot = SlotFor(*tls, variable);
    if (__builtin_expect(slot.control != nullptr, true)) return slot.block;
  }
  return FirstTouch(*variable);
}

int __cxa_thread_atexit(void (*destructor)(void*), void* object, void* library) {
  if (InExecution()) {
    Push(&Current().finishers, destructor, object);
    return 0;
  }
  using Function = int(void (*)(void*), void*, void*);
  static auto* const real = reinterpret_cast<Function*>(RealFunction("__cxa_thread_atexit_impl"));
  return real(destructor, object, library);
}

int __cxa_atexit(void (*function)(void*), void* argument, void* library) {
  if (Watching()) {
    Push(&at_exit, function, argument);
    return 0;
  }
  using Function = int(void (*)(void*), void*, void*);
  static auto* const real = reinterpret_cast<Function*>(RealFunction("__cxa_atexit"));
  return real(function, argument, library);
}

}  // extern "C"
