// SPDX-License-Identifier: Apache-2.0
//
// What happened in an execution that is run again to be shown: one record an operation.
#pragma once

#include <cstddef>
#include <cstdint>

namespace hammerlock::explore {

struct Event {
  enum Kind : uint8_t {
    kLoad,
    kStore,
    kModify,
    kFailedExchange,
    kFence,
    kPlainRead,
    kPlainWrite,
    kAllocate,  // `read` bytes.
    kFree,
    kSpawn,  // Of the thread `value`.
    kExit,
    kJoin,  // With the thread `value`.
    kLock,  // Of the object at `address`; `what` is its noun, here and below.
    kUnlock,
    kBlock,   // Waits on it. For a thread's end `value` is the thread's number plus 1.
    kNotify,  // Wakes `value` threads that wait on it; `read` has their bits, as far as it goes.
    kCall,    // An operation of the scenario, `what`.
    kReturn,  // From it, with what it returned.
    kFail,  // `what` is the sentence; `value` is the other thread's number plus 1, if there is one.
    kOther,  // `what` happens.
  };
  static constexpr size_t kStack = 16;

  Kind kind;
  uint8_t order;  // As the compiler numbers memory orders: 0 is relaxed, 5 is seq_cst.
  uint8_t size;   // Bytes.
  uint8_t thread;
  uint8_t newer;        // Stores newer than the one that was read, or inserted.
  uint8_t from_thread;  // With from_step: the store that was read.
  bool known;           // Of a plain access: whether `value` is.
  uint32_t step;
  uint32_t from_step;  // 0: the initial value.
  uintptr_t address;
  uint64_t value;
  uint64_t read;  // What a read-modify-write read.
  const char* what;
  const void* pc;  // The return address of the instrumentation's call; null where there was none.
  // The return addresses around it, the innermost first; null after the last one.
  const void* stack[kStack];
};

}  // namespace hammerlock::explore
