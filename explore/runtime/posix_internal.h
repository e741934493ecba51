// SPDX-License-Identifier: Apache-2.0
//
// What the interposed functions share.
//
// Each has the form: outside of the program under test, call the real function; else Point(),
// look at the object's memory (so that its use races with its initialisation and its free), then
// act on its SyncObject. What is atomic in the real function is atomic here because nothing
// switches threads between two calls of the scheduler.
#pragma once

#include <errno.h>
#include <pthread.h>
#include <stdint.h>
#include <time.h>

#include "explore/runtime/execution.h"
#include "explore/runtime/scheduler.h"

// The C library's function of this name, looked up once.
#define HAMMERLOCK_REAL(name)                                                            \
  ([] {                                                                                  \
    static auto* const real =                                                            \
        reinterpret_cast<decltype(&::name)>(::hammerlock::explore::RealFunction(#name)); \
    return real;                                                                         \
  }())

// Where an interposed function was called, for reports.
#define HAMMERLOCK_CALLER __builtin_return_address(0)

namespace hammerlock::explore::internal {

// Whether an execution is under way, watched or not. What belongs to a thread (thread_locals,
// keys) goes by this and not by Watching(): the harness inside an execution sees the same.
inline bool InExecution() { return __builtin_expect(g_executing, true); }

// A moment of one of the system's clocks.
struct Deadline {
  clockid_t clock;
  const timespec* at;
};

inline bool Valid(const timespec& time) { return time.tv_nsec >= 0 && time.tv_nsec < 1000000000; }

// The virtual clock's time at which `clock` shows `time`. REQUIRES: Valid(time).
uint64_t DeadlineOf(clockid_t clock, const timespec& time);
// The virtual clock's time that long from now. REQUIRES: Valid(duration).
uint64_t DeadlineAfter(const timespec& duration);
// What `clock` shows now.
timespec Reading(clockid_t clock);

// Lets virtual time pass until then, at least.
void SleepUntil(uint64_t deadline);

// Blocks. 0, ETIMEDOUT, or EINVAL for an invalid time.
int WaitUntil(const void* object, const char* kind, const Deadline& deadline);
// The same, without a deadline if it is null.
inline int WaitFor(const void* object, const char* kind, const Deadline* deadline) {
  if (deadline != nullptr) return WaitUntil(object, kind, *deadline);
  Block(object, kind);
  return 0;
}

// Whether a thread is blocked on the object.
bool HasWaiters(const void* object);

inline int SelfAsOwner() { return Self().id + 1; }

// The bodies of functions that C11 has under other names. `caller` as in HAMMERLOCK_CALLER.
int LockMutex(pthread_mutex_t* mutex, const Deadline* deadline, void* caller);
int TryLockMutex(pthread_mutex_t* mutex, void* caller);
int UnlockMutex(pthread_mutex_t* mutex, void* caller);
int DestroyMutex(pthread_mutex_t* mutex, void* caller);
int WaitOnCondition(pthread_cond_t* condition, pthread_mutex_t* mutex, const Deadline* deadline,
                    void* caller);
int SignalCondition(pthread_cond_t* condition, int threads, void* caller);
int DestroyCondition(pthread_cond_t* condition, void* caller);
int RunOnce(pthread_once_t* once, void (*function)(), void* caller);

// What a condition variable does with its mutex: no scheduling points of their own.
int ReleaseForWait(pthread_mutex_t* mutex, void* caller);
void ReacquireAfterWait(pthread_mutex_t* mutex);

// From the execution's own source of entropy.
uint64_t Entropy();
void FillWithEntropy(void* buffer, size_t size);

// A thread's handle, as the program sees it: the same in every execution.
inline constexpr pthread_t kFirstHandle = 0x1000;
inline pthread_t HandleOf(const Thread& thread) {
  return kFirstHandle + static_cast<pthread_t>(thread.id);
}

}  // namespace hammerlock::explore::internal
