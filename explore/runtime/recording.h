// SPDX-License-Identifier: Apache-2.0
//
// Recording the events of an execution. Nothing is recorded, and it costs one branch that is
// never taken, unless g_recording.
//
// Recording chooses nothing and is asked nothing: an execution that is recorded is the same.
#pragma once

#include <cstddef>
#include <cstdint>

#include "explore/runtime/event.h"

namespace hammerlock::explore {

extern bool g_recording;

// The next execution begins.
void StartRecording();
// The events of the last recorded execution; they and their texts stay until the next one.
size_t RecordedEvents(const Event** events);

// Adds the event, with its thread, its step and its stack.
void RecordEvent(const Event& event);

// A text that lasts as long as the events.
const char* RecordedText(const char* text);

// A plain access to the bytes of `mask` in the address's granule of 8.
[[gnu::cold]] void RecordPlainAccess(uintptr_t address, uint8_t mask, bool write, const void* pc);
inline void RecordPlain(uintptr_t address, uint8_t mask, bool write, const void* pc) {
  if (__builtin_expect(g_recording, false)) RecordPlainAccess(address, mask, write, pc);
}

// What a thread does with a synchronisation object or with a thread; see Event::Kind.
[[gnu::cold]] void RecordSyncEvent(Event::Kind kind, const void* object, const char* what,
                                   uint64_t value, uint64_t read);
inline void RecordSync(Event::Kind kind, const void* object, const char* what, uint64_t value = 0,
                       uint64_t read = 0) {
  if (__builtin_expect(g_recording, false)) RecordSyncEvent(kind, object, what, value, read);
}

[[gnu::cold]] void RecordFree(const void* block, size_t size, const void* pc);

// An access that is a failure; `what` is a word on it or null.
void RecordAccessThatFails(uintptr_t address, bool write, const char* what, const void* pc);
// The failure that is about to be told: where, and with whom (-1: nobody).
void RecordCulprit(uintptr_t address, int other);
void RecordFailure(const char* why);

}  // namespace hammerlock::explore
