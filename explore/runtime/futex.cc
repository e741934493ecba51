// SPDX-License-Identifier: Apache-2.0
//
// Direct system calls: futexes and membarrier act on the threads of the execution, clocks and
// random numbers are its own, the others go to the kernel.
//
// The kernel compares a futex's word with the newest value in its modification order, which is
// what memory holds. Neither waiting nor waking adds to what happens before what. But the kernel
// has a full barrier before that comparison, and programs rely on it:
//   waiter: ++waiters; futex_wait(word, old)    waker: word = new; if (waiters) futex_wake(word)
// loses no wake-up if all of these are seq_cst: the comparison is a read that follows a fence in
// the order S, and nothing else.
#include <linux/futex.h>
#include <linux/membarrier.h>
#include <sched.h>
#include <stdarg.h>
#include <sys/random.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "explore/runtime/memory.h"
#include "explore/runtime/posix_internal.h"
#include "explore/runtime/recording.h"
#include "explore/runtime/seq_cst.h"

namespace hammerlock::explore::internal {
namespace {

long Result(long result) {
  if (result >= 0) return result;
  errno = static_cast<int>(-result);
  return -1;
}

bool SharesBit(const Thread& waiter, uint64_t bits) { return (waiter.waits_bits & bits) != 0; }

uint32_t ReadAsTheKernel(const uint32_t* word) {
  if (!g_solo) {
    BeginFence();
    EndFence();
    Tick();
    const uintptr_t address = reinterpret_cast<uintptr_t>(word);
    Cell& cell = CellAt(address);
    if (cell.locations != 0) {
      Store& newest = *LocationAt(cell, address, sizeof(*word)).newest;
      newest.accesses.Add(Self().id, g_now);
      NoteLoad(newest, false);
    }
  }
  return *const_cast<const volatile uint32_t*>(word);
}

// Results below are negative errno values, as the kernel's.

// `deadline` null: none.
long Wait(const uint32_t* word, uint32_t expected, const uint64_t* deadline, uint32_t bits) {
  if (bits == 0) return -EINVAL;
  if (ReadAsTheKernel(word) != expected) {
    RecordSync(Event::kOther, word, "does not wait, the value has changed: futex");
    return -EAGAIN;
  }
  Self().waits_bits = bits;
  if (deadline == nullptr) {
    Block(word, "futex");
  } else if (!BlockUntil(word, "futex", *deadline)) {
    return -ETIMEDOUT;
  }
  return 0;
}

long WakeSome(const uint32_t* word, int threads, uint32_t bits) {
  if (bits == 0) return -EINVAL;
  const int woken = WakeIf(word, threads, SharesBit, bits);
  RecordSync(Event::kNotify, word, "futex", static_cast<uint64_t>(woken), g_woken);
  return woken;
}

long Move(const uint32_t* from, int wake, const uint32_t* to, int move) {
  if (wake < 0 || move < 0) return -EINVAL;
  const int woken = Wake(from, wake);
  RecordSync(Event::kNotify, from, "futex", static_cast<uint64_t>(woken), g_woken);
  return woken + Requeue(from, to, move);
}

struct FutexCall {
  const uint32_t* word;
  int operation;
  uint32_t value;
  const timespec* time;  // A number in some operations.
  const uint32_t* word2;
  uint32_t value3;
};

long Futex(const FutexCall& call) {
  Point();
  const int operation = call.operation & FUTEX_CMD_MASK;
  const int count = static_cast<int>(call.value);
  const int count2 = static_cast<int>(reinterpret_cast<intptr_t>(call.time));
  switch (operation) {
    case FUTEX_WAIT:
    case FUTEX_WAIT_BITSET: {
      const uint32_t bits = operation == FUTEX_WAIT ? FUTEX_BITSET_MATCH_ANY : call.value3;
      if (call.time == nullptr) return Wait(call.word, call.value, nullptr, bits);
      if (!Valid(*call.time) || call.time->tv_sec < 0) return -EINVAL;
      const bool realtime = (call.operation & FUTEX_CLOCK_REALTIME) != 0;
      const uint64_t deadline =
          operation == FUTEX_WAIT
              ? DeadlineAfter(*call.time)
              : DeadlineOf(realtime ? CLOCK_REALTIME : CLOCK_MONOTONIC, *call.time);
      return Wait(call.word, call.value, &deadline, bits);
    }
    case FUTEX_WAKE:
      return WakeSome(call.word, count, FUTEX_BITSET_MATCH_ANY);
    case FUTEX_WAKE_BITSET:
      return WakeSome(call.word, count, call.value3);
    case FUTEX_CMP_REQUEUE:
      if (ReadAsTheKernel(call.word) != call.value3) return -EAGAIN;
      [[fallthrough]];
    case FUTEX_REQUEUE:
      return Move(call.word, count, call.word2, count2);
    default:
      Unsupported("futex operation %d", operation);
  }
}

long Membarrier(int command) {
  constexpr int kSupported = MEMBARRIER_CMD_GLOBAL | MEMBARRIER_CMD_GLOBAL_EXPEDITED |
                             MEMBARRIER_CMD_REGISTER_GLOBAL_EXPEDITED |
                             MEMBARRIER_CMD_PRIVATE_EXPEDITED |
                             MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED;
  constexpr int kFences =
      MEMBARRIER_CMD_GLOBAL | MEMBARRIER_CMD_GLOBAL_EXPEDITED | MEMBARRIER_CMD_PRIVATE_EXPEDITED;
  if (command == MEMBARRIER_CMD_QUERY) return kSupported;
  if ((command & kSupported) == 0) return -EINVAL;
  if ((command & kFences) == 0) return 0;  // A registration.
  Point();
  FenceEverywhere();
  return 0;
}

// The kernel's thread ids, of which the main thread's would be the process's.
long ThreadNumber() { return 1000 + Self().id; }

}  // namespace
}  // namespace hammerlock::explore::internal

using namespace hammerlock::explore;
using namespace hammerlock::explore::internal;

extern "C" {

long syscall(long number, ...) noexcept {
  long a[6];
  va_list arguments;
  va_start(arguments, number);
  for (long& argument : a) argument = va_arg(arguments, long);
  va_end(arguments);
  const auto pointer = [&a](int i) { return reinterpret_cast<void*>(a[i]); };
  if (Watching()) {
    switch (number) {
      case SYS_futex:
        return Result(
            Futex({static_cast<const uint32_t*>(pointer(0)), static_cast<int>(a[1]),
                   static_cast<uint32_t>(a[2]), static_cast<const timespec*>(pointer(3)),
                   static_cast<const uint32_t*>(pointer(4)), static_cast<uint32_t>(a[5])}));
      case SYS_membarrier:
        return Result(Membarrier(static_cast<int>(a[0])));
      case SYS_gettid:
        return ThreadNumber();
      case SYS_sched_yield:
        return sched_yield();
      case SYS_nanosleep:
        return nanosleep(static_cast<const timespec*>(pointer(0)),
                         static_cast<timespec*>(pointer(1)));
      case SYS_clock_nanosleep:
        return Result(-clock_nanosleep(static_cast<clockid_t>(a[0]), static_cast<int>(a[1]),
                                       static_cast<const timespec*>(pointer(2)), nullptr));
      case SYS_clock_gettime:
        return clock_gettime(static_cast<clockid_t>(a[0]), static_cast<timespec*>(pointer(1)));
      case SYS_getrandom:
        return getrandom(pointer(0), static_cast<size_t>(a[1]), static_cast<unsigned>(a[2]));
      case SYS_getcpu:
        return getcpu(static_cast<unsigned*>(pointer(0)), static_cast<unsigned*>(pointer(1)));
      case SYS_clone:
      case SYS_clone3:
        Unsupported("the system call clone");
      case SYS_tkill:
      case SYS_tgkill:
        Unsupported("signals between threads (the system calls tkill and tgkill)");
      default:
        break;
    }
  }
  return HAMMERLOCK_REAL(syscall)(number, a[0], a[1], a[2], a[3], a[4], a[5]);
}

pid_t gettid() noexcept {
  if (!Watching()) return HAMMERLOCK_REAL(gettid)();
  return static_cast<pid_t>(ThreadNumber());
}

}  // extern "C"
