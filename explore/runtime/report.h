// SPDX-License-Identifier: Apache-2.0
//
// Failures of memory accesses, and the events of an execution that is run again to be shown.
#pragma once

#include <cstddef>
#include <cstdint>

#include "explore/runtime/scheduler.h"

namespace hammerlock::explore {

[[noreturn]] void ReportRace(uintptr_t address, const Thread& other, bool other_wrote, bool write,
                             const char* kind, const void* pc);
[[noreturn]] void ReportUseAfterFree(uintptr_t address, bool write, const void* pc);
[[noreturn]] void ReportUninitialised(uintptr_t address, const void* pc);

// Threads wait for each other, or for nobody.
[[noreturn]] void ReportDeadlock();

// What happened, one record an operation; kept only while g_recording.
struct Event {
  enum Kind : uint8_t {
    kLoad,
    kStore,
    kModify,
    kFailedExchange,
    kFence,
    kPlainRead,
    kPlainWrite,
    kSpawn,
    kExit,
    kBlock,
    kWake,
    kOther,
  };
  Kind kind;
  uint8_t order;
  uint8_t size;
  uint8_t thread;
  uint8_t newer;  // Stores newer than the one that was read, or inserted.
  uint32_t step;
  uint32_t from_step;  // Of the store that was read; 0: the initial value.
  uint8_t from_thread;
  uintptr_t address;
  uint64_t value;
  uint64_t read;  // What a read-modify-write read.
  const void* pc;
  const char* what;
};

extern bool g_recording;
void StartRecording();
// The events of the last recorded execution.
size_t RecordedEvents(const Event** events);

void RecordEvent(const Event& event);
inline void RecordPlain(uintptr_t address, uint8_t mask, bool write, const void* pc) {
  if (__builtin_expect(!g_recording, true)) return;
  Event e = {};
  e.kind = write ? Event::kPlainWrite : Event::kPlainRead;
  e.size = mask;
  e.address = address;
  e.pc = pc;
  RecordEvent(e);
}

}  // namespace hammerlock::explore
