// SPDX-License-Identifier: Apache-2.0
//
// What a thread has of its own. It is made at the thread's first use of any of it, and lies in
// the engine's memory of the execution.
#pragma once

#include <cstddef>
#include <cstdint>

#include "explore/runtime/pool.h"
#include "explore/runtime/scheduler.h"

namespace hammerlock::explore {

namespace internal {

// A destructor of a thread_local, or a function registered by atexit.
struct Finisher {
  void (*function)(void*);
  void* argument;
  Finisher* next;
};

// A read-write lock that the thread has locked for reading `count` times.
struct ReadHold {
  const void* lock = nullptr;
  int count = 0;
  ReadHold* next = nullptr;
};

// The value of a key, if the key is still the one it was set for.
struct KeyValue {
  uint64_t incarnation;
  void* value;
};

}  // namespace internal

struct EmulatedTls {
  // Of thread_locals, by the address of their control object: open addressing.
  struct Slot {
    const void* control;
    void* block;
  };
  Slot* slots;
  size_t mask;  // Their number - 1.
  size_t used;

  internal::Finisher* finishers;  // The last first.
  internal::KeyValue* values;     // By key.
  size_t value_count;
  internal::ReadHold* read_holds;
  void* cleanup;  // The innermost C pthread_cleanup_push (pthread_exit.cc).
};

namespace internal {

// The calling thread's. REQUIRES: InExecution().
EmulatedTls& OwnTls();

// Runs the destructors of the keys' values, once each; says whether there were any.
bool RunKeyDestructors(EmulatedTls& tls);

// At the start of an execution.
void ResetKeys();
void ResetRandom();

}  // namespace internal

}  // namespace hammerlock::explore
