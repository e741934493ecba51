// SPDX-License-Identifier: Apache-2.0
#include "scenario/isolate.h"

#include <fcntl.h>
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
#include <memory>
#include <new>
#include <string>
#include <utility>
#include <vector>

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
                     ? "a sanitizer, or the emulator, ended the process; its report stands above"
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

// One process, from its start to its result.
class Child {
 public:
  Child(int job, const std::function<Result(int, Progress&)>& run) {
    void* shared =
        mmap(nullptr, sizeof(Progress), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    int fds[2];
    if (shared == MAP_FAILED || pipe2(fds, O_CLOEXEC) != 0) {
      Die("hammerlock: no memory or no pipe for a child");
    }
    progress_ = ::new (shared) Progress;
    std::fflush(nullptr);
    const pid_t parent = getpid();
    pid_ = fork();
    if (pid_ < 0) Die("hammerlock: cannot start a child process");
    if (pid_ == 0) {
      // A parent that is killed takes the child with it.
      prctl(PR_SET_PDEATHSIG, SIGKILL);
      if (getppid() != parent) _exit(kExitInconclusive);
      signal(SIGINT, SIG_DFL);
      signal(SIGTERM, SIG_DFL);
      close(fds[0]);
      progress_->result_fd_ = fds[1];
      const Result result = run(job, *progress_);
      WriteAll(fds[1], Serialize(result));
      close(fds[1]);
      // Not _exit: sanitizers report leaks and set their exit code on the way out.
      std::exit(0);
    }
    close(fds[1]);
    fd_ = fds[0];
  }
  ~Child() { munmap(progress_, sizeof(Progress)); }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  bool running() const { return fd_ >= 0; }
  int fd() const { return fd_; }
  uint64_t executions() const {
    return progress_->executions.load(std::memory_order_relaxed);  // a count, no more
  }
  void Kill() { kill(pid_, SIGKILL); }
  void TellEnough() { progress_->enough_.store(true, std::memory_order_relaxed); }  // a hint

  // Reads what it has written; at its end takes leave of it.
  void Read() {
    char buffer[1 << 16];
    const ssize_t n = read(fd_, buffer, sizeof(buffer));
    if (n < 0 && errno == EINTR) return;
    if (n > 0) {
      bytes_.append(buffer, n);
      return;
    }
    close(fd_);
    fd_ = -1;
    while (waitpid(pid_, &status_, 0) < 0 && errno == EINTR) {
      if (got_signal != 0) Kill();
    }
  }

  // REQUIRES: it has ended.
  Result Found(const Result& blank) const {
    absl::StatusOr<Result> sent = Deserialize(bytes_);
    Result result = sent.ok() ? *std::move(sent) : blank;
    if (!sent.ok()) {
      result.tally.Pass(executions());
      result.replay = progress_->replay();
    }
    Judge(status_, sent.ok(), result);
    if (!sent.ok() && result.verdict == Verdict::kFail) result.tally.Fail(result.why);
    return result;
  }

 private:
  Progress* progress_ = nullptr;
  pid_t pid_ = -1;
  int fd_ = -1;
  int status_ = 0;
  std::string bytes_;
};

std::vector<Result> RunIsolated(const Result& blank, const Isolation& isolation,
                                const std::function<Result(int, Progress&)>& run,
                                bool* interrupted) {
  std::vector<std::unique_ptr<Child>> children;
  for (int job = 0; job < isolation.jobs; ++job) {
    children.push_back(std::make_unique<Child>(job, run));
  }
  std::vector<Result> results(children.size(), blank);
  for (size_t running = children.size(); running > 0;) {
    std::vector<pollfd> polled;
    uint64_t executions = 0;
    for (const auto& child : children) {
      polled.push_back({child->running() ? child->fd() : -1, POLLIN, 0});
      executions += child->executions();
      if (got_signal != 0 && child->running()) child->Kill();
    }
    const int ready = poll(polled.data(), polled.size(), 1000);
    if (ready == 0 && isolation.tick) isolation.tick(executions);
    for (size_t i = 0; i < children.size() && ready > 0; ++i) {
      if (polled[i].revents == 0) continue;
      children[i]->Read();
      if (children[i]->running()) continue;
      --running;
      results[i] = children[i]->Found(blank);
      if (results[i].verdict != Verdict::kFail || !isolation.stop_at_first) continue;
      for (const auto& other : children) other->TellEnough();
    }
  }
  *interrupted = got_signal != 0;
  return results;
}

}  // namespace hammerlock
