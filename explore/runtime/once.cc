// SPDX-License-Identifier: Apache-2.0
//
// Things done once: pthread_once, the guards of function-local statics, std::call_once.
// Whoever finds it done acquires what the doer released. An initialiser that throws leaves it
// undone, for the next that comes; this file is compiled with exceptions.
#include "explore/runtime/posix_internal.h"
#include "explore/runtime/recording.h"
#include "explore/runtime/tls.h"

extern "C" {
void* __emutls_get_address(void* variable);
// Of the instrumentation's ABI: a store through the memory model, with its scheduling point.
void __tsan_atomic8_store(volatile uint8_t* address, uint8_t value, int order);
}

namespace hammerlock::explore::internal {
namespace {

// What glibc writes when it is done.
constexpr int kOnceDone = 2;
// __ATOMIC_RELEASE, as the instrumentation numbers it.
constexpr int kReleaseOrder = 3;

// Whether the caller is the one who does it, now. `done`, in the program's memory, says whether
// it was done in this execution or before.
template <class Done>
bool Begin(const void* object, const char* kind, const char* kind_if_self, Done done) {
  for (;;) {
    SyncObject& state = SyncAt(object);
    if (done()) {
      Acquire(state.release);
      return false;
    }
    if (state.owner == 0) {
      state.owner = SelfAsOwner();
      Acquire(state.release);  // Of an attempt that failed.
      RecordSync(Event::kLock, object, kind);
      return true;
    }
    Block(object, state.owner == SelfAsOwner() ? kind_if_self : kind);
  }
}

void End(const void* object) {
  SyncObject& state = SyncAt(object);
  state.owner = 0;
  ReleaseSet(state.release);
  RecordSync(Event::kUnlock, object, "once");
  Wake(object, kAll);
}

// An attempt at a pthread_once; it ends by return, exception or pthread_exit.
class Attempt {
 public:
  explicit Attempt(pthread_once_t* once) : once_(once) {}
  ~Attempt() {
    Point();
    if (succeeded_) {
      NoteWrite(once_, sizeof(*once_));
      *once_ = kOnceDone;
    }
    End(once_);
  }
  void Succeed() { succeeded_ = true; }

 private:
  pthread_once_t* const once_;
  bool succeeded_ = false;
};

// The first byte of a guard is what compiled code looks at, with an acquire load.
bool IsInitialised(const uint64_t* guard) { return *reinterpret_cast<const uint8_t*>(guard) != 0; }

}  // namespace

int RunOnce(pthread_once_t* once, void (*function)(), void* caller) {
  Point();
  CheckRead(once, sizeof(*once), caller);
  if (!Begin(once, "pthread_once", "pthread_once that it is in itself",
             [once] { return *once == kOnceDone; })) {
    return 0;
  }
  Attempt attempt(once);
  function();
  attempt.Succeed();
  return 0;
}

}  // namespace hammerlock::explore::internal

using namespace hammerlock::explore;
using namespace hammerlock::explore::internal;

extern "C" {

int pthread_once(pthread_once_t* once, void (*function)()) {
  if (!Watching()) return HAMMERLOCK_REAL(pthread_once)(once, function);
  return RunOnce(once, function, HAMMERLOCK_CALLER);
}

int __cxa_guard_acquire(uint64_t* guard) {
  if (!Watching()) {
    static auto* const real = reinterpret_cast<int (*)(uint64_t*)>(RealFunction(__func__));
    return real(guard);
  }
  Point();
  return Begin(guard, "static variable's initialisation",
               "static variable's initialisation that it is in itself",
               [guard] { return IsInitialised(guard); });
}

void __cxa_guard_release(uint64_t* guard) {
  if (!Watching()) {
    static auto* const real = reinterpret_cast<void (*)(uint64_t*)>(RealFunction(__func__));
    return real(guard);
  }
  __tsan_atomic8_store(reinterpret_cast<uint8_t*>(guard), 1, kReleaseOrder);
  End(guard);
}

void __cxa_guard_abort(uint64_t* guard) {
  if (!Watching()) {
    static auto* const real = reinterpret_cast<void (*)(uint64_t*)>(RealFunction(__func__));
    return real(guard);
  }
  Point();
  End(guard);
}

// std::call_once passes its callable in two thread_locals of libstdc++ to __once_proxy. In code
// with emulated thread_locals these are variables that libstdc++ does not define: they are here.
struct {
  size_t size = sizeof(void*);
  size_t alignment = alignof(void*);
  void* unused = nullptr;
  const void* initial = nullptr;
} hammerlock_once_callable asm("__emutls_v._ZSt15__once_callable"), hammerlock_once_call
    asm("__emutls_v._ZSt11__once_call");

void __once_proxy() {
  const auto call = *static_cast<void (**)()>(__emutls_get_address(&hammerlock_once_call));
  if (call != nullptr) return call();
  // The caller was compiled with native thread_locals.
  static auto* const real = reinterpret_cast<void (*)()>(RealFunction(__func__));
  real();
}

}  // extern "C"
