// SPDX-License-Identifier: Apache-2.0
//
// Threads: creation, the end of a thread as others see it, and their attributes. A thread's
// handle is made from its number, so that it is the same in every execution. Scheduling
// parameters and affinities are accepted and mean nothing.
#include <sched.h>
#include <string.h>

#include "explore/runtime/posix_internal.h"
#include "explore/runtime/recording.h"
#include "explore/runtime/region.h"

namespace hammerlock::explore::internal {
namespace {

// Null: no such thread.
Thread* Find(pthread_t handle) {
  const pthread_t id = handle - kFirstHandle;
  return id < static_cast<pthread_t>(ThreadCount()) ? &ThreadById(static_cast<int>(id)) : nullptr;
}

int FoundOrNot(pthread_t handle) { return Find(handle) != nullptr ? 0 : ESRCH; }

int Create(pthread_t* handle, const pthread_attr_t* attributes, void* (*start)(void*),
           void* argument, void* caller) {
  int detached = PTHREAD_CREATE_JOINABLE;
  if (attributes != nullptr) pthread_attr_getdetachstate(attributes, &detached);
  // Before the thread is there: as in glibc, it may read the handle itself.
  CheckWrite(handle, sizeof(*handle), caller);
  Thread* const thread = Spawn(start, argument);
  if (thread == nullptr) return EAGAIN;
  thread->detached = detached == PTHREAD_CREATE_DETACHED;
  *handle = HandleOf(*thread);
  return 0;
}

enum class Waits { kForever, kNever, kUntil };

// Inlined: each return that follows a switch of stacks is one that the processor predicts wrongly.
__attribute__((always_inline)) inline int Join(pthread_t handle, void** result, Waits waits,
                                               const Deadline* deadline, void* caller) {
  // To wait for a thread's end is no operation that another one could come before: it is over
  // only when that has come.
  if (waits != Waits::kForever) Point();
  Thread* const thread = Find(handle);
  if (thread == nullptr) return ESRCH;
  if (thread == &Self()) return EDEADLK;
  if (thread->detached || thread->joined) return EINVAL;
  if (waits == Waits::kNever && !thread->finished) return EBUSY;
  thread->joined = true;
  while (!thread->finished) {
    const int error = WaitFor(thread, "thread's end", deadline);
    if (error == 0) continue;
    thread->joined = false;
    return error;
  }
  Acquire(thread->clock);
  RecordSync(Event::kJoin, nullptr, nullptr, static_cast<uint64_t>(thread->id));
  if (result != nullptr) {
    CheckWrite(result, sizeof(*result), caller);
    *result = thread->result;
  }
  return 0;
}

}  // namespace
}  // namespace hammerlock::explore::internal

using namespace hammerlock::explore;
using namespace hammerlock::explore::internal;

extern "C" {

int pthread_create(pthread_t* handle, const pthread_attr_t* attributes, void* (*start)(void*),
                   void* argument) noexcept {
  if (!Watching()) return HAMMERLOCK_REAL(pthread_create)(handle, attributes, start, argument);
  return Create(handle, attributes, start, argument, HAMMERLOCK_CALLER);
}

int pthread_join(pthread_t handle, void** result) {
  if (!Watching()) return HAMMERLOCK_REAL(pthread_join)(handle, result);
  return Join(handle, result, Waits::kForever, nullptr, HAMMERLOCK_CALLER);
}

int pthread_tryjoin_np(pthread_t handle, void** result) noexcept {
  if (!Watching()) return HAMMERLOCK_REAL(pthread_tryjoin_np)(handle, result);
  return Join(handle, result, Waits::kNever, nullptr, HAMMERLOCK_CALLER);
}

int pthread_timedjoin_np(pthread_t handle, void** result, const timespec* at) {
  if (!Watching()) return HAMMERLOCK_REAL(pthread_timedjoin_np)(handle, result, at);
  const Deadline deadline{CLOCK_REALTIME, at};
  return Join(handle, result, Waits::kUntil, &deadline, HAMMERLOCK_CALLER);
}

int pthread_clockjoin_np(pthread_t handle, void** result, clockid_t clock, const timespec* at) {
  if (!Watching()) return HAMMERLOCK_REAL(pthread_clockjoin_np)(handle, result, clock, at);
  const Deadline deadline{clock, at};
  return Join(handle, result, Waits::kUntil, &deadline, HAMMERLOCK_CALLER);
}

int pthread_detach(pthread_t handle) noexcept {
  if (!Watching()) return HAMMERLOCK_REAL(pthread_detach)(handle);
  Point();
  Thread* const thread = Find(handle);
  if (thread == nullptr) return ESRCH;
  if (thread->detached || thread->joined) return EINVAL;
  thread->detached = true;
  return 0;
}

pthread_t pthread_self() noexcept {
  if (!Watching()) return HAMMERLOCK_REAL(pthread_self)();
  return HandleOf(Self());
}

int pthread_setname_np(pthread_t handle, const char* name) noexcept {
  if (!Watching()) return HAMMERLOCK_REAL(pthread_setname_np)(handle, name);
  Thread* const thread = Find(handle);
  if (thread == nullptr) return ESRCH;
  const size_t size = strlen(name) + 1;
  if (size > sizeof(thread->name)) return ERANGE;
  memcpy(thread->name, name, size);
  return 0;
}

int pthread_getname_np(pthread_t handle, char* name, size_t size) noexcept {
  if (!Watching()) return HAMMERLOCK_REAL(pthread_getname_np)(handle, name, size);
  const Thread* const thread = Find(handle);
  if (thread == nullptr) return ESRCH;
  const size_t needed = strlen(thread->name) + 1;
  if (needed > size) return ERANGE;
  CheckWrite(name, needed, HAMMERLOCK_CALLER);
  memcpy(name, thread->name, needed);
  return 0;
}

// The attributes of the thread as it is: its stack is what programs ask for.
int pthread_getattr_np(pthread_t handle, pthread_attr_t* attributes) noexcept {
  if (!Watching()) return HAMMERLOCK_REAL(pthread_getattr_np)(handle, attributes);
  const Thread* const thread = Find(handle);
  if (thread == nullptr) return ESRCH;
  CheckWrite(attributes, sizeof(*attributes), HAMMERLOCK_CALLER);
  pthread_attr_init(attributes);
  const size_t size = thread->id == 0 ? kMainStackSize : kStackSize;
  pthread_attr_setstack(attributes, reinterpret_cast<void*>(StackTop(thread->id) - size), size);
  const int state = thread->detached ? PTHREAD_CREATE_DETACHED : PTHREAD_CREATE_JOINABLE;
  pthread_attr_setdetachstate(attributes, state);
  return 0;
}

int pthread_setschedparam(pthread_t handle, int policy, const sched_param* parameters) noexcept {
  if (!Watching()) return HAMMERLOCK_REAL(pthread_setschedparam)(handle, policy, parameters);
  return FoundOrNot(handle);
}

int pthread_getschedparam(pthread_t handle, int* policy, sched_param* parameters) noexcept {
  if (!Watching()) return HAMMERLOCK_REAL(pthread_getschedparam)(handle, policy, parameters);
  CheckWrite(policy, sizeof(*policy), HAMMERLOCK_CALLER);
  *policy = SCHED_OTHER;
  CheckWrite(parameters, sizeof(*parameters), HAMMERLOCK_CALLER);
  parameters->sched_priority = 0;
  return FoundOrNot(handle);
}

int pthread_setschedprio(pthread_t handle, int priority) noexcept {
  if (!Watching()) return HAMMERLOCK_REAL(pthread_setschedprio)(handle, priority);
  return FoundOrNot(handle);
}

int pthread_setaffinity_np(pthread_t handle, size_t size, const cpu_set_t* set) noexcept {
  if (!Watching()) return HAMMERLOCK_REAL(pthread_setaffinity_np)(handle, size, set);
  return FoundOrNot(handle);
}

int pthread_getaffinity_np(pthread_t handle, size_t size, cpu_set_t* set) noexcept {
  if (!Watching()) return HAMMERLOCK_REAL(pthread_getaffinity_np)(handle, size, set);
  CheckWrite(set, size, HAMMERLOCK_CALLER);
  if (sched_getaffinity(0, size, set) != 0) return errno;
  return FoundOrNot(handle);
}

int pthread_getcpuclockid(pthread_t handle, clockid_t* clock) noexcept {
  if (!Watching()) return HAMMERLOCK_REAL(pthread_getcpuclockid)(handle, clock);
  CheckWrite(clock, sizeof(*clock), HAMMERLOCK_CALLER);
  *clock = CLOCK_THREAD_CPUTIME_ID;
  return FoundOrNot(handle);
}

// What fork would run; there is none inside an execution (unsupported.cc). The name by which
// libc_nonshared's pthread_atfork reaches the C library.
int __register_atfork(void (*prepare)(), void (*parent)(), void (*child)(), void* library) {
  if (Watching()) return 0;
  using Function = int(void (*)(), void (*)(), void (*)(), void*);
  static auto* const real = reinterpret_cast<Function*>(RealFunction(__func__));
  return real(prepare, parent, child, library);
}

}  // extern "C"
