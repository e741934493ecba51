// SPDX-License-Identifier: Apache-2.0
//
// pthread keys. Those made before an execution are real ones, known here by their number; those
// made inside one take free numbers among them and vanish with it. Each thread of an execution
// has its own values, of both; the main thread starts with those of the real one.
#include <limits.h>
#include <string.h>

#include "explore/runtime/posix_internal.h"
#include "explore/runtime/tls.h"

namespace hammerlock::explore::internal {
namespace {

enum class Origin : uint8_t { kFree, kOutside, kExecution };

struct Key {
  void (*destructor)(void*);
  uint64_t incarnation;  // Tells values of this key from those of an earlier one of its number.
  Origin origin;
};

Key keys[PTHREAD_KEYS_MAX];
// Past the highest number that this execution has used.
unsigned execution_end;

Key* Find(pthread_key_t number) {
  if (number >= PTHREAD_KEYS_MAX || keys[number].origin == Origin::kFree) return nullptr;
  return &keys[number];
}

void Open(unsigned number, Origin origin, void (*destructor)(void*)) {
  Key& key = keys[number];
  key.origin = origin;
  key.destructor = destructor;
  ++key.incarnation;
}

int Create(pthread_key_t* into, void (*destructor)(void*), void* caller) {
  for (unsigned number = 0; number < PTHREAD_KEYS_MAX; ++number) {
    if (keys[number].origin != Origin::kFree) continue;
    if (Watching()) CheckWrite(into, sizeof(*into), caller);
    *into = number;
    Open(number, Origin::kExecution, destructor);
    if (number >= execution_end) execution_end = number + 1;
    return 0;
  }
  return EAGAIN;
}

// Null: never set by this thread.
KeyValue* ValueOf(EmulatedTls& tls, pthread_key_t number) {
  if (number >= tls.value_count) return nullptr;
  KeyValue& value = tls.values[number];
  return value.incarnation == keys[number].incarnation ? &value : nullptr;
}

void Set(EmulatedTls& tls, pthread_key_t number, const void* value) {
  if (number >= tls.value_count) {
    const size_t count = 2 * number + 8;
    const auto values = static_cast<KeyValue*>(g_pool.Take(count * sizeof(KeyValue)));
    memset(values, 0, count * sizeof(KeyValue));
    if (tls.value_count != 0) memcpy(values, tls.values, tls.value_count * sizeof(KeyValue));
    tls.values = values;
    tls.value_count = count;
  }
  tls.values[number] = {keys[number].incarnation, const_cast<void*>(value)};
}

}  // namespace

bool RunKeyDestructors(EmulatedTls& tls) {
  bool any = false;
  for (unsigned number = 0; number < tls.value_count; ++number) {
    KeyValue* const value = ValueOf(tls, number);
    if (value == nullptr || value->value == nullptr) continue;
    if (keys[number].origin == Origin::kFree || keys[number].destructor == nullptr) continue;
    void* const old = value->value;
    value->value = nullptr;
    any = true;
    keys[number].destructor(old);
  }
  return any;
}

void ResetKeys() {
  for (unsigned number = 0; number < execution_end; ++number) {
    if (keys[number].origin == Origin::kExecution) keys[number].origin = Origin::kFree;
  }
  execution_end = 0;
}

}  // namespace hammerlock::explore::internal

using namespace hammerlock::explore;
using namespace hammerlock::explore::internal;

extern "C" {

int pthread_key_create(pthread_key_t* key, void (*destructor)(void*)) noexcept {
  if (InExecution()) return Create(key, destructor, HAMMERLOCK_CALLER);
  const int error = HAMMERLOCK_REAL(pthread_key_create)(key, destructor);
  if (error == 0 && *key < PTHREAD_KEYS_MAX) Open(*key, Origin::kOutside, destructor);
  return error;
}

int pthread_key_delete(pthread_key_t number) noexcept {
  Key* const key = Find(number);
  if (!InExecution()) {
    if (key != nullptr) key->origin = Origin::kFree;
    return HAMMERLOCK_REAL(pthread_key_delete)(number);
  }
  if (key == nullptr) return EINVAL;
  // One made outside must be there again in the next execution.
  if (key->origin == Origin::kExecution) key->origin = Origin::kFree;
  return 0;
}

void* pthread_getspecific(pthread_key_t number) noexcept {
  if (!InExecution()) return HAMMERLOCK_REAL(pthread_getspecific)(number);
  const Key* const key = Find(number);
  if (key == nullptr) return nullptr;
  const KeyValue* const value = ValueOf(OwnTls(), number);
  if (value != nullptr) return value->value;
  const bool inherited = Self().id == 0 && key->origin == Origin::kOutside;
  return inherited ? HAMMERLOCK_REAL(pthread_getspecific)(number) : nullptr;
}

int pthread_setspecific(pthread_key_t number, const void* value) noexcept {
  if (!InExecution()) return HAMMERLOCK_REAL(pthread_setspecific)(number, value);
  if (Find(number) == nullptr) return EINVAL;
  Set(OwnTls(), number, value);
  return 0;
}

}  // extern "C"
