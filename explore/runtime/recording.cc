// SPDX-License-Identifier: Apache-2.0
#include "explore/runtime/recording.h"

#include <string.h>
#include <sys/mman.h>
#include <unwind.h>

#include "explore/runtime/region.h"
#include "explore/runtime/runtime.h"
#include "explore/runtime/scheduler.h"

// The program's image: what lies in it can be read.
extern "C" char __executable_start, _end;

namespace hammerlock::explore {

bool g_recording = false;

namespace {

constexpr size_t kMaxEvents = size_t{1} << 18;
constexpr size_t kTexts = size_t{1} << 22;
Event* events = nullptr;
size_t event_count = 0;
char* texts = nullptr;
size_t texts_used = 0;

// Plain writes are recorded before they are made. Those from here on have no values yet.
size_t first_unmade = 0;

uintptr_t culprit_address = 0;
int culprit_other = -1;

template <class T>
T* Reserve(size_t count) {
  return static_cast<T*>(mmap(nullptr, count * sizeof(T), PROT_READ | PROT_WRITE,
                              MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0));
}

bool IsReadable(uintptr_t address) {
  return InRegion(address) || (address >= reinterpret_cast<uintptr_t>(&__executable_start) &&
                               address < reinterpret_cast<uintptr_t>(&_end));
}

void LookAtValue(Event& e) {
  e.known = e.size != 0 && e.size <= 8 && IsReadable(e.address);
  e.value = 0;
  if (e.known) memcpy(&e.value, reinterpret_cast<const void*>(e.address), e.size);
}

// By the next event a write has been made, unless both are parts of a write of many granules.
void SettleWrites(const Event& next) {
  if (first_unmade == event_count) return;
  const Event& last = events[event_count - 1];
  if (next.pc != nullptr && next.pc == last.pc && next.address == last.address + last.size) return;
  for (; first_unmade < event_count; ++first_unmade) {
    Event& e = events[first_unmade];
    if (e.kind == Event::kPlainWrite) LookAtValue(e);
  }
}

struct Walk {
  Event* event;
  size_t depth;
};

_Unwind_Reason_Code OnFrame(_Unwind_Context* context, void* argument) {
  Walk& walk = *static_cast<Walk*>(argument);
  const void* const at = reinterpret_cast<const void*>(_Unwind_GetIP(context));
  if (at == nullptr) return _URC_END_OF_STACK;
  Event& e = *walk.event;
  // The frames before the access are the engine's own.
  if (at == e.pc) walk.depth = 0;
  if (walk.depth == Event::kStack) return e.pc == nullptr ? _URC_END_OF_STACK : _URC_NO_REASON;
  e.stack[walk.depth++] = at;
  return _URC_NO_REASON;
}

}  // namespace

void StartRecording() {
  if (events == nullptr) {
    events = Reserve<Event>(kMaxEvents);
    texts = Reserve<char>(kTexts);
  }
  event_count = texts_used = first_unmade = 0;
  culprit_address = 0;
  culprit_other = -1;
}

size_t RecordedEvents(const Event** into) {
  *into = events;
  return event_count;
}

const char* RecordedText(const char* text) {
  const size_t size = strlen(text) + 1;
  if (size > kTexts - texts_used) return "...";
  char* const copy = texts + texts_used;
  memcpy(copy, text, size);
  texts_used += size;
  return copy;
}

void RecordEvent(const Event& event) {
  SettleWrites(event);
  // The last place is the failure's.
  if (event_count + (event.kind == Event::kFail ? 0 : 1) >= kMaxEvents) return;
  Event& e = events[event_count++];
  e = event;
  e.thread = static_cast<uint8_t>(Self().id);
  e.step = g_step;
  const Unobserved unobserved;
  Walk walk = {&e, 0};
  _Unwind_Backtrace(OnFrame, &walk);
  for (size_t i = walk.depth; i < Event::kStack; ++i) e.stack[i] = nullptr;
  if (e.kind != Event::kPlainWrite) first_unmade = event_count;
}

void RecordFree(const void* block, size_t size, const void* pc) {
  Event e = {};
  e.kind = Event::kFree;
  e.address = reinterpret_cast<uintptr_t>(block);
  e.read = size;
  e.pc = pc;
  RecordEvent(e);
}

void RecordAccessThatFails(uintptr_t address, bool write, const char* what, const void* pc) {
  if (!g_recording) return;
  const Event* const last = event_count == 0 ? nullptr : &events[event_count - 1];
  // Recorded already, as what it is.
  if (last != nullptr && last->kind == Event::kFree && last->pc == pc) return;
  Event e = {};
  e.kind = write ? Event::kPlainWrite : Event::kPlainRead;
  e.address = address;
  e.what = what;
  e.pc = pc;
  RecordEvent(e);
}

void RecordPlainAccess(uintptr_t address, uint8_t mask, bool write, const void* pc) {
  Event e = {};
  e.kind = write ? Event::kPlainWrite : Event::kPlainRead;
  e.size = static_cast<uint8_t>(__builtin_popcount(mask));
  e.address = (address & ~uintptr_t{7}) + static_cast<unsigned>(__builtin_ctz(mask));
  e.pc = pc;
  if (!write) LookAtValue(e);
  RecordEvent(e);
}

void RecordSyncEvent(Event::Kind kind, const void* object, const char* what, uint64_t value,
                     uint64_t read) {
  Event e = {};
  e.kind = kind;
  e.address = reinterpret_cast<uintptr_t>(object);
  e.what = what;
  e.value = value;
  e.read = read;
  const Thread* const awaited = kind == Event::kBlock ? AsThread(object) : nullptr;
  if (awaited != nullptr) e.value = static_cast<uint64_t>(awaited->id) + 1;
  RecordEvent(e);
}

void RecordCulprit(uintptr_t address, int other) {
  culprit_address = address;
  culprit_other = other;
}

void RecordFailure(const char* why) {
  if (!g_recording) return;
  first_unmade = event_count;  // A write that fails is not made.
  Event e = {};
  e.kind = Event::kFail;
  e.address = culprit_address;
  e.value = static_cast<uint64_t>(culprit_other + 1);
  e.what = RecordedText(why);
  RecordEvent(e);
}

}  // namespace hammerlock::explore
