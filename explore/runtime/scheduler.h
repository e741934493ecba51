// SPDX-License-Identifier: Apache-2.0
//
// What the interposed functions (pthread.cc, futex.cc ...) are built from: threads that are
// fibers, blocking and waking, happens-before through synchronisation objects, choices.
//
// One operating-system thread runs everything; a switch happens only inside Point, Block and
// Exit. Between two of them code here is atomic and needs no locks.
//
// An interposed function first asks Watching(): outside of an execution, and while the harness
// itself runs (scenario/internal/unobserved.h), it calls the real one.
#pragma once

#include <cstddef>
#include <cstdint>

#include "explore/runtime/clock.h"

namespace hammerlock::explore {

// Whether the calling code is under test.
extern bool g_watching;
inline bool Watching() { return __builtin_expect(g_watching, true); }

inline constexpr int kMaxThreads = 250;

struct EmulatedTls;  // tls.cc

// What a thread is about to do, as far as strategies ask.
struct Operation {
  uintptr_t address;  // 0: not known.
  bool reads;         // Whether its result may depend on other threads.
  bool writes;
  const void* pc = nullptr;
};

struct Thread {
  int id = 0;  // In the order of creation, the main thread is 0.
  bool finished = false;
  bool detached = false;
  bool joined = false;
  char name[16] = {};
  void* (*start)(void*) = nullptr;
  void* argument = nullptr;
  void* result = nullptr;

  // What it waits for: an object's address and, for reports, the kind of waiting.
  const void* waits_on = nullptr;
  const char* waits_for = nullptr;  // "mutex", "condition variable", "join", ...
  uint64_t waits_bits = 0;          // Free for the interposed function: futex bitset, ...
  bool timed = false;
  uint64_t deadline = 0;  // Of the virtual clock, in nanoseconds.
  bool woken = false;

  Clock clock;          // What happens before this point.
  Clock acquirable;     // What an acquire fence would add.
  Clock release_fence;  // The clock at the last release fence.

  // Depth of annotations that say to look away (annotations.cc).
  int ignores_reads = 0;
  int ignores_writes = 0;

  EmulatedTls* tls = nullptr;  // tls.cc; freed with the execution.

  Thread* waiter = nullptr;  // Waits for its end, or did.
  uint8_t owner = 0;         // What g_owner is while it runs (race.h).

  // The scheduler's own.
  void* stack_pointer = nullptr;
  int place = -1;  // In the list of runnable threads.
  // Strategies' own (priorities.h).
  uint64_t priority = 0;
  Operation pending = {};
  bool reads_far = false;
  uint32_t local_reads = 0;  // Left until it reads the newest.

  int saved_errno = 0;
  void* exceptions[2] = {};  // libstdc++'s __cxa_eh_globals.
};

extern Thread* g_self;
inline Thread& Self() { return *g_self; }

// The threads of this execution, by id; finished ones too.
extern Thread g_threads[kMaxThreads];
extern int g_thread_count;
inline int ThreadCount() { return g_thread_count; }
inline Thread& ThreadById(int id) { return g_threads[id]; }
// The thread that is waited on as an object (join); null: it is none.
inline Thread* AsThread(const void* object) {
  const uintptr_t offset =
      reinterpret_cast<uintptr_t>(object) - reinterpret_cast<uintptr_t>(g_threads);
  return offset < sizeof(g_threads) ? &g_threads[offset / sizeof(Thread)] : nullptr;
}

// A new thread, runnable; what its creator did so far happens before it. Null if there are
// kMaxThreads already. Its start function runs on a fiber; thereafter OnThreadExit (tls.cc: keys'
// and thread_locals' destructors) and its end.
Thread* Spawn(void* (*start)(void*), void* argument);

// Ends the calling thread here, with its destructors run.
[[noreturn]] void Exit(void* result);

// A scheduling point before a visible operation: another thread may run first. One of a lock and
// the like reads and writes, as far as strategies ask.
void Point(const Operation& operation = {.address = 0, .reads = true, .writes = true});

// The same from a thread that says that it waits (sched_yield, pause, a sleep): another thread
// runs, if there is one that can.
void Yield();

// Lets the thread run, and nobody else, until the execution ends.
[[noreturn]] void RunAlone(Thread& thread);

// Suspends the calling thread until Wake names the object. `kind` is for the report of a deadlock.
void Block(const void* object, const char* kind);

// The same with a deadline of the virtual clock. False: timed out (or timed out although it
// could have been woken: time passes as the engine chooses).
bool BlockUntil(const void* object, const char* kind, uint64_t deadline);

// Makes up to `n` of the threads that wait on `object` runnable; which ones is a choice of the
// engine. Returns how many. It adds no happens-before.
int Wake(const void* object, int n);
// Whom the last one woke, a bit for each of the first 64 threads; for reports.
extern uint64_t g_woken;
inline constexpr int kAll = 1 << 30;

// The same for those of them that `matches` says yes to.
int WakeIf(const void* object, int n, bool (*matches)(const Thread&, uint64_t), uint64_t bits);

// Moves up to `n` waiters of one object to another (futex requeue). Returns how many.
int Requeue(const void* from, const void* to, int n);

// A choice in [0, n) of the engine: which waiter, whether a weak operation fails, ...
unsigned Choose(unsigned n);

// The virtual clock in nanoseconds. Each reading advances it a little, and sleeping and timed
// waits advance it to their deadline.
uint64_t Now();

// Happens-before through an object: Release by one thread, then Acquire by another. Both count
// as an operation of the thread (they advance its time).
void Acquire(const Clock& from);
void Release(Clock& into);     // Joins.
void ReleaseSet(Clock& into);  // Replaces.

// State of a synchronisation object, by its address. Fresh (all zero) in each execution, gone
// when the memory is freed.
struct SyncObject {
  const void* address;
  int owner;      // Thread id + 1; 0: nobody.
  int recursion;  // Further locks of the owner.
  int readers;
  int state;      // Free for each kind of object.
  int64_t count;  // Free for each kind of object.
  uint64_t waiting_writers;
  Clock release;   // What unlocking published.
  Clock release2;  // A second one, for those that need it (readers of a rwlock).
  SyncObject* next;
};
SyncObject& SyncAt(const void* address);
// The same if it has been used; otherwise null.
const SyncObject* FindSync(const void* address);
// Forgets the state: *_destroy, and *_init on used memory.
void ForgetSync(const void* address);

// The address was written by an interposed function on the program's behalf (a once flag, a
// guard): it is put back after the execution. Call it before the write.
void NoteWrite(void* address, size_t size);
// The program's memory was read or written by an interposed function on its behalf: checked for
// races, use after free, and put back afterwards.
void CheckRead(const void* address, size_t size, void* pc);
void CheckWrite(void* address, size_t size, void* pc);

// This execution fails here; does not return. `what` is one sentence.
enum class FailureKind : uint8_t {
  kNone,
  kExpectation,  // hammerlock_fail, Expect: found by the program.
  kAssertion,    // abort, assert, uncaught exception, exit with a code other than 0.
  kSignal,
  kRace,
  kUseAfterFree,
  kBadFree,  // Double or invalid.
  kLeak,
  kUninitialised,
  kDeadlock,
  kLivelock,
  kMisuse,  // Of a mutex and the like.
};
[[noreturn]] void FailHere(FailureKind kind, const char* format, ...)
    __attribute__((format(printf, 2, 3)));

// The program uses what the engine does not support: the run ends, with exit code 67 and this
// sentence.
[[noreturn]] void Unsupported(const char* format, ...) __attribute__((format(printf, 1, 2)));

// The next definition of a function after this program's: the real one.
void* RealFunction(const char* name);

}  // namespace hammerlock::explore
