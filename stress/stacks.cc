// SPDX-License-Identifier: Apache-2.0
#include "stress/stacks.h"

#include <dlfcn.h>
#include <execinfo.h>
#include <semaphore.h>
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <fstream>

#include "absl/debugging/failure_signal_handler.h"
#include "absl/debugging/symbolize.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "stress/threads.h"

namespace hammerlock::stress {
namespace {

constexpr int kMaxFrames = 48;

// What the handler of one thread fills in while the asking thread waits for `taken`.
struct Capture {
  sem_t taken;
  void* frames[kMaxFrames];
  int depth = 0;
};
Capture capture;

int CaptureSignal() { return SIGRTMIN + 3; }

// The C library is built without frame pointers, and hangs end in it: backtrace() reads unwind
// tables. It may block on the loader's lock if the thread was interrupted there; the asking
// thread then gives up on this one.
void OnCapture(int) {
  const int saved_errno = errno;
  capture.depth = backtrace(capture.frames, kMaxFrames);
  sem_post(&capture.taken);
  errno = saved_errno;
}

std::string Symbolized() {
  std::string text;
  constexpr int kHandlerFrames = 2;  // OnCapture, and the kernel's way into it.
  for (int i = kHandlerFrames; i < capture.depth; ++i) {
    char* const pc = static_cast<char*>(capture.frames[i]);
    // A return address belongs to the call before it.
    char* const inside = i == kHandlerFrames ? pc : pc - 1;
    char name[512];
    Dl_info module;
    absl::StrAppendFormat(&text, "    #%-2d ", i - kHandlerFrames);
    if (absl::Symbolize(inside, name, sizeof(name))) {
      absl::StrAppend(&text, name);
    } else if (dladdr(inside, &module) != 0 && module.dli_fname != nullptr) {
      absl::StrAppendFormat(&text, "%s+0x%x", module.dli_fname,
                            pc - static_cast<char*>(module.dli_fbase));
    } else {
      absl::StrAppendFormat(&text, "%p", pc);
    }
    text += '\n';
  }
  return text;
}

std::string StackOf(pid_t thread) {
  // A late answer of the thread asked before must not count for this one.
  while (sem_trywait(&capture.taken) == 0) {
  }
  if (syscall(SYS_tgkill, getpid(), thread, CaptureSignal()) != 0) return "    (has just ended)\n";
  timespec deadline;
  clock_gettime(CLOCK_REALTIME, &deadline);
  deadline.tv_sec += 1;
  while (sem_timedwait(&capture.taken, &deadline) != 0) {
    if (errno != EINTR) return "    (takes no signal, so that there is no stack)\n";
  }
  return Symbolized();
}

std::string FirstLine(const std::string& file) {
  std::ifstream in(file);
  std::string line;
  std::getline(in, line);
  return line;
}

}  // namespace

std::string AllStacks() {
  sem_init(&capture.taken, 0, 0);
  // The first call loads the unwinder, which no handler may do.
  void* here[1];
  backtrace(here, 1);
  struct sigaction action = {};
  action.sa_handler = OnCapture;
  action.sa_flags = SA_RESTART;
  sigaction(CaptureSignal(), &action, nullptr);

  std::string text;
  for (const pid_t thread : OtherThreads()) {
    const std::string name = FirstLine(absl::StrCat("/proc/self/task/", thread, "/comm"));
    absl::StrAppend(&text, "  thread ", thread, " (", name, ")\n", StackOf(thread));
  }
  if (text.empty()) text = "(no stacks: there is no other thread, or /proc cannot be read)\n";
  return text;
}

void PrintStackOnFatalSignal() {
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__) && \
    !__has_feature(address_sanitizer) && !__has_feature(thread_sanitizer)
  absl::FailureSignalHandlerOptions options;
  options.call_previous_handler = false;
  options.alarm_on_failure_secs = 5;
  absl::InstallFailureSignalHandler(options);
#endif
}

}  // namespace hammerlock::stress
