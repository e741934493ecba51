// SPDX-License-Identifier: Apache-2.0
//
// pthread_exit, with what runs on the way: destructors of the stack's C++ objects, and C's
// pthread_cleanup_push. Cancellation itself is not supported; asking for none of it is.
//
// A thread with C clean-ups jumps from one to the next and then ends: the C++ frames between
// them are not unwound. Without any, its whole stack is.
#include <setjmp.h>
#include <unwind.h>

#include "explore/runtime/posix_internal.h"
#include "explore/runtime/tls.h"

namespace hammerlock::explore::internal {
namespace {

// Called for each frame; at the outermost one the thread ends.
_Unwind_Reason_Code Stop(int, _Unwind_Action actions, _Unwind_Exception_Class, _Unwind_Exception*,
                         _Unwind_Context*, void* result) {
  if (actions & _UA_END_OF_STACK) Exit(result);
  return _URC_NO_REASON;
}

// A catch (...) that ends without throwing again.
void Caught(_Unwind_Reason_Code, _Unwind_Exception*) {
  FailHere(FailureKind::kAssertion,
           "pthread_exit is caught by a catch (...) that does not rethrow");
}

[[noreturn]] void JumpTo(void* cleanup) {
  auto* const buffer = static_cast<__pthread_unwind_buf_t*>(cleanup);
  longjmp(reinterpret_cast<__jmp_buf_tag*>(buffer->__cancel_jmp_buf), 1);
}

// glibc's own spare words in the buffer: the next one outwards, and what pthread_exit was given.
void*& OuterOf(__pthread_unwind_buf_t* buffer) { return buffer->__pad[0]; }
void*& ResultOf(__pthread_unwind_buf_t* buffer) { return buffer->__pad[1]; }

}  // namespace
}  // namespace hammerlock::explore::internal

using namespace hammerlock::explore;
using namespace hammerlock::explore::internal;

extern "C" {

void pthread_exit(void* result) {
  if (!Watching()) HAMMERLOCK_REAL(pthread_exit)(result);
  Point();
  if (void* const cleanup = OwnTls().cleanup) {
    ResultOf(static_cast<__pthread_unwind_buf_t*>(cleanup)) = result;
    JumpTo(cleanup);
  }
  // One is enough: it is abandoned with the thread, before another can use it.
  const auto unwinding = g_pool.New<_Unwind_Exception>();
  unwinding->exception_class = 0;  // Foreign to C++.
  unwinding->exception_cleanup = Caught;
  _Unwind_ForcedUnwind(unwinding, Stop, result);
  Exit(result);  // A frame without unwind information.
}

void __pthread_register_cancel(__pthread_unwind_buf_t* buffer) {
  if (!Watching()) return HAMMERLOCK_REAL(__pthread_register_cancel)(buffer);
  OuterOf(buffer) = OwnTls().cleanup;
  OwnTls().cleanup = buffer;
}

void __pthread_unregister_cancel(__pthread_unwind_buf_t* buffer) {
  if (!Watching()) return HAMMERLOCK_REAL(__pthread_unregister_cancel)(buffer);
  OwnTls().cleanup = OuterOf(buffer);
}

void __pthread_register_cancel_defer(__pthread_unwind_buf_t* buffer) {
  if (!Watching()) return HAMMERLOCK_REAL(__pthread_register_cancel_defer)(buffer);
  __pthread_register_cancel(buffer);
}

void __pthread_unregister_cancel_restore(__pthread_unwind_buf_t* buffer) {
  if (!Watching()) return HAMMERLOCK_REAL(__pthread_unregister_cancel_restore)(buffer);
  __pthread_unregister_cancel(buffer);
}

// A clean-up has run after a jump to it.
void __pthread_unwind_next(__pthread_unwind_buf_t* buffer) {
  if (!Watching()) HAMMERLOCK_REAL(__pthread_unwind_next)(buffer);
  void* const result = ResultOf(buffer);
  auto* const outer = static_cast<__pthread_unwind_buf_t*>(OuterOf(buffer));
  OwnTls().cleanup = outer;
  if (outer == nullptr) Exit(result);
  ResultOf(outer) = result;
  JumpTo(outer);
}

int pthread_setcancelstate(int state, int* old) {
  if (!Watching()) return HAMMERLOCK_REAL(pthread_setcancelstate)(state, old);
  if (old != nullptr) *old = PTHREAD_CANCEL_ENABLE;
  return 0;
}

int pthread_setcanceltype(int type, int* old) {
  if (!Watching()) return HAMMERLOCK_REAL(pthread_setcanceltype)(type, old);
  if (old != nullptr) *old = PTHREAD_CANCEL_DEFERRED;
  return 0;
}

void pthread_testcancel() {
  if (!Watching()) HAMMERLOCK_REAL(pthread_testcancel)();
}

}  // extern "C"
