// SPDX-License-Identifier: Apache-2.0
#include "scenario/isolate.h"

#include <poll.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <new>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"

namespace hammerlock {

void Progress::SetReplay(std::string_view replay) {
  const uint32_t next = 1 - which_.load(std::memory_order_relaxed);  // only this thread writes
  const size_t size = std::min(replay.size(), kMaxReplay);
  std::memcpy(text_[next], replay.data(), size);
  size_[next].store(size, std::memory_order_relaxed);  // published by which_
  which_.store(next, std::memory_order_release);       // pairs with the acquire in replay()
}

std::string Progress::replay() const {
  const uint32_t which = which_.load(std::memory_order_acquire);  // pairs with SetReplay()
  return {text_[which], size_[which].load(std::memory_order_relaxed)};
}

namespace {

volatile sig_atomic_t got_signal = 0;
void NoteSignal(int signal) { got_signal = signal; }

void WriteAll(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t n = write(fd, bytes.data(), bytes.size());
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return;  // The parent is gone, or will find the result cut short.
    bytes.remove_prefix(n);
  }
}

}  // namespace

void Progress::Abandon(const Result& result) const {
  WriteAll(result_fd_, Serialize(result));
  // Other threads still run, and may hold any lock: nothing is cleaned up.
  _exit(kExitFail);
}

namespace {

[[noreturn]] void Die(const char* what) {
  std::perror(what);
  std::exit(kExitInconclusive);
}

// Reads what the child writes until it ends, calling tick about once a second.
std::string ReadResult(int fd, pid_t child, const Progress& progress, const Isolation& isolation) {
  std::string bytes;
  char buffer[1 << 16];
  for (;;) {
    if (got_signal != 0) kill(child, SIGKILL);
    pollfd poll_fd = {fd, POLLIN, 0};
    const int ready = poll(&poll_fd, 1, 1000);
    if (ready == 0 && isolation.tick) isolation.tick(progress);
    if (ready <= 0) continue;
    const ssize_t n = read(fd, buffer, sizeof(buffer));
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return bytes;
    bytes.append(buffer, n);
  }
}

// Of a child that sent no result, or that ended badly after it had.
void Judge(int status, bool complete, Result& result) {
  if (got_signal != 0) {
    result.verdict = Verdict::kInconclusive;
    result.why = absl::StrCat("interrupted: ", strsignal(got_signal));
  } else if (WIFSIGNALED(status)) {
    result.verdict = Verdict::kFail;
    result.why = absl::StrCat("the process died: ", strsignal(WTERMSIG(status)));
  } else if (!complete) {
    result.verdict = Verdict::kFail;
    result.why = WEXITSTATUS(status) == kExitFail
                     ? "a sanitizer ended the process; its report stands above"
                     : absl::StrCat("the code under test ended the process with exit code ",
                                    WEXITSTATUS(status));
  } else if (WEXITSTATUS(status) != 0 && result.verdict != Verdict::kFail) {
    result.verdict = Verdict::kFail;
    result.why = absl::StrCat("at its end the process exited with ", WEXITSTATUS(status),
                              ": a sanitizer's report (a leak?) stands above");
  }
}

}  // namespace

void CatchInterruptions() {
  got_signal = 0;
  struct sigaction action = {};
  action.sa_handler = NoteSignal;
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
}

Result RunIsolated(const Result& blank, const Isolation& isolation,
                   const std::function<Result(Progress&)>& run, bool* interrupted) {
  void* shared =
      mmap(nullptr, sizeof(Progress), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  int fds[2];
  if (shared == MAP_FAILED || pipe(fds) != 0) Die("hammerlock: no memory or no pipe for a child");
  Progress& progress = *::new (shared) Progress;

  std::fflush(nullptr);
  const pid_t parent = getpid();
  const pid_t child = fork();
  if (child < 0) Die("hammerlock: cannot start a child process");
  if (child == 0) {
    // A parent that is killed takes the child with it.
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) _exit(kExitInconclusive);
    signal(SIGINT, SIG_DFL);
    signal(SIGTERM, SIG_DFL);
    close(fds[0]);
    progress.result_fd_ = fds[1];
    const Result result = run(progress);
    WriteAll(fds[1], Serialize(result));
    close(fds[1]);
    // Not _exit: sanitizers report leaks and set their exit code on the way out.
    std::exit(0);
  }
  close(fds[1]);

  const std::string bytes = ReadResult(fds[0], child, progress, isolation);
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
    if (got_signal != 0) kill(child, SIGKILL);
  }
  close(fds[0]);

  absl::StatusOr<Result> sent = Deserialize(bytes);
  Result result = sent.ok() ? *std::move(sent) : blank;
  if (!sent.ok()) {
    const uint64_t executions = progress.executions.load(std::memory_order_relaxed);
    result.tally.Pass(executions);
    result.replay = progress.replay();
  }
  Judge(status, sent.ok(), result);
  if (!sent.ok() && result.verdict == Verdict::kFail) result.tally.Fail(result.why);
  *interrupted = got_signal != 0;
  munmap(shared, sizeof(Progress));
  return result;
}

}  // namespace hammerlock
