// SPDX-License-Identifier: Apache-2.0
//
// What an execution cannot contain: processes, signals between threads, timers that send them,
// cancellation, channels through the kernel, on which a thread would block all threads, and
// libraries that are loaded on the way.
// Each says so and ends the run, rather than to pass silently.
#include <dlfcn.h>
#include <mqueue.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <stdarg.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/timerfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "explore/runtime/posix_internal.h"

using namespace hammerlock::explore;

// A function with these parameters that is the real one outside of the program under test.
#define HAMMERLOCK_UNSUPPORTED(result, name, parameters, arguments) \
  extern "C" result name parameters {                               \
    if (Watching()) Unsupported("a call of %s", #name);             \
    return HAMMERLOCK_REAL(name) arguments;                         \
  }

// Processes.
HAMMERLOCK_UNSUPPORTED(pid_t, fork, () noexcept, ())
HAMMERLOCK_UNSUPPORTED(pid_t, _Fork, () noexcept, ())
HAMMERLOCK_UNSUPPORTED(int, posix_spawn,
                       (pid_t * process, const char* path,
                        const posix_spawn_file_actions_t* actions,
                        const posix_spawnattr_t* attributes, char* const arguments[],
                        char* const environment[]),
                       (process, path, actions, attributes, arguments, environment))
HAMMERLOCK_UNSUPPORTED(int, posix_spawnp,
                       (pid_t * process, const char* file,
                        const posix_spawn_file_actions_t* actions,
                        const posix_spawnattr_t* attributes, char* const arguments[],
                        char* const environment[]),
                       (process, file, actions, attributes, arguments, environment))
HAMMERLOCK_UNSUPPORTED(int, system, (const char* command), (command))

// The real vfork cannot be called from here: its child would return through this frame.
extern "C" pid_t vfork() noexcept {
  if (Watching()) Unsupported("a call of %s", "vfork");
  return HAMMERLOCK_REAL(fork)();
}

// Cancellation and signals.
HAMMERLOCK_UNSUPPORTED(int, pthread_cancel, (pthread_t thread), (thread))
HAMMERLOCK_UNSUPPORTED(int, pthread_kill, (pthread_t thread, int number) noexcept, (thread, number))
HAMMERLOCK_UNSUPPORTED(int, pthread_sigqueue,
                       (pthread_t thread, int number, const sigval value) noexcept,
                       (thread, number, value))
HAMMERLOCK_UNSUPPORTED(int, sigqueue, (pid_t process, int number, const sigval value) noexcept,
                       (process, number, value))
HAMMERLOCK_UNSUPPORTED(int, sigwait, (const sigset_t* set, int* number), (set, number))
HAMMERLOCK_UNSUPPORTED(int, sigwaitinfo, (const sigset_t* set, siginfo_t* info), (set, info))
HAMMERLOCK_UNSUPPORTED(int, sigtimedwait,
                       (const sigset_t* set, siginfo_t* info, const timespec* time),
                       (set, info, time))
HAMMERLOCK_UNSUPPORTED(int, sigsuspend, (const sigset_t* mask), (mask))
HAMMERLOCK_UNSUPPORTED(int, pause, (), ())

// Timers.
HAMMERLOCK_UNSUPPORTED(unsigned, alarm, (unsigned seconds) noexcept, (seconds))
HAMMERLOCK_UNSUPPORTED(int, setitimer,
                       (__itimer_which_t which, const itimerval* value, itimerval* old) noexcept,
                       (which, value, old))
HAMMERLOCK_UNSUPPORTED(int, timer_create, (clockid_t clock, sigevent* event, timer_t* id) noexcept,
                       (clock, event, id))
HAMMERLOCK_UNSUPPORTED(int, timerfd_create, (clockid_t clock, int flags) noexcept, (clock, flags))

// Channels.
HAMMERLOCK_UNSUPPORTED(int, pipe, (int ends[2]) noexcept, (ends))
HAMMERLOCK_UNSUPPORTED(int, pipe2, (int ends[2], int flags) noexcept, (ends, flags))
HAMMERLOCK_UNSUPPORTED(int, socket, (int domain, int type, int protocol) noexcept,
                       (domain, type, protocol))
HAMMERLOCK_UNSUPPORTED(int, socketpair, (int domain, int type, int protocol, int ends[2]) noexcept,
                       (domain, type, protocol, ends))
HAMMERLOCK_UNSUPPORTED(int, eventfd, (unsigned value, int flags) noexcept, (value, flags))
HAMMERLOCK_UNSUPPORTED(int, signalfd, (int descriptor, const sigset_t* mask, int flags) noexcept,
                       (descriptor, mask, flags))
HAMMERLOCK_UNSUPPORTED(int, epoll_create, (int size) noexcept, (size))
HAMMERLOCK_UNSUPPORTED(int, epoll_create1, (int flags) noexcept, (flags))
HAMMERLOCK_UNSUPPORTED(int, semget, (key_t key, int count, int flags) noexcept, (key, count, flags))
HAMMERLOCK_UNSUPPORTED(int, msgget, (key_t key, int flags) noexcept, (key, flags))

// A library that an execution loads would stay, with what its initialisers allocated gone.
extern "C" void* dlopen(const char* file, int flags) noexcept {
  if (Watching() && file != nullptr && (flags & RTLD_NOLOAD) == 0) {
    Unsupported("a call of dlopen after main has begun: link %s, or load it before", file);
  }
  return HAMMERLOCK_REAL(dlopen)(file, flags);
}

extern "C" mqd_t mq_open(const char* name, int flags, ...) noexcept {
  if (Watching()) Unsupported("a call of %s", "mq_open");
  va_list arguments;
  va_start(arguments, flags);
  const mode_t mode = va_arg(arguments, mode_t);
  mq_attr* const attributes = va_arg(arguments, mq_attr*);
  va_end(arguments);
  return HAMMERLOCK_REAL(mq_open)(name, flags, mode, attributes);
}
