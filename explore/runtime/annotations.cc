// SPDX-License-Identifier: Apache-2.0
//
// The annotations that code makes for ThreadSanitizer (sanitizer/tsan_interface.h and abseil's
// dynamic annotations). Those that say to look away are heeded. Those that declare a mutex or an
// order are not needed here: what a mutex does inside is seen, and is under test as well.
#include <stddef.h>

#include "explore/runtime/race.h"
#include "explore/runtime/scheduler.h"

using hammerlock::explore::Self;
using hammerlock::explore::Watching;

namespace {

void Ignore(int& depth, int more) {
  using namespace hammerlock::explore;
  depth += more;
  RenewOwner(Self());
}

}  // namespace

extern "C" {

void __tsan_mutex_create(void*, unsigned) {}
void __tsan_mutex_destroy(void*, unsigned) {}
void __tsan_mutex_pre_lock(void*, unsigned) {}
void __tsan_mutex_post_lock(void*, unsigned, int) {}
int __tsan_mutex_pre_unlock(void*, unsigned) { return 1; }
void __tsan_mutex_post_unlock(void*, unsigned) {}
void __tsan_mutex_pre_signal(void*, unsigned) {}
void __tsan_mutex_post_signal(void*, unsigned) {}
void __tsan_mutex_pre_divert(void*, unsigned) {}
void __tsan_mutex_post_divert(void*, unsigned) {}
void __tsan_acquire(void*) {}
void __tsan_release(void*) {}

void AnnotateRWLockCreate(const char*, int, const volatile void*) {}
void AnnotateRWLockCreateStatic(const char*, int, const volatile void*) {}
void AnnotateRWLockDestroy(const char*, int, const volatile void*) {}
void AnnotateRWLockAcquired(const char*, int, const volatile void*, long) {}
void AnnotateRWLockReleased(const char*, int, const volatile void*, long) {}
void AnnotateBenignRaceSized(const char*, int, const volatile void*, size_t, const char*) {}
void AnnotateBenignRace(const char*, int, const volatile void*, const char*) {}
void AnnotateThreadName(const char*, int, const char*) {}
void AnnotateEnableRaceDetection(const char*, int, int) {}
void AnnotateMemoryIsInitialized(const char*, int, const volatile void*, size_t) {}
void AnnotateMemoryIsUninitialized(const char*, int, const volatile void*, size_t) {}
void AnnotateNewMemory(const char*, int, const volatile void*, size_t) {}
void AnnotateHappensBefore(const char*, int, const volatile void*) {}
void AnnotateHappensAfter(const char*, int, const volatile void*) {}

void AnnotateIgnoreReadsBegin(const char*, int) {
  if (Watching()) Ignore(Self().ignores_reads, 1);
}
void AnnotateIgnoreReadsEnd(const char*, int) {
  if (Watching()) Ignore(Self().ignores_reads, -1);
}
void AnnotateIgnoreWritesBegin(const char*, int) {
  if (Watching()) Ignore(Self().ignores_writes, 1);
}
void AnnotateIgnoreWritesEnd(const char*, int) {
  if (Watching()) Ignore(Self().ignores_writes, -1);
}

}  // extern "C"
