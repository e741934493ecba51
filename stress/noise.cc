// SPDX-License-Identifier: Apache-2.0
#include "stress/noise.h"

#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <utility>
#include <vector>

#include "stress/rendezvous.h"
#include "stress/threads.h"

namespace hammerlock::stress {
namespace {

// Of the real-time signals: the C library takes the first ones, the watchdog the next.
int PreemptSignal() { return SIGRTMIN + 4; }

struct Armed {
  bool running = false;
  timer_t timer;
  Random random{0};
};
thread_local Armed armed;

void Arm(Armed& a) {
  itimerspec when = {};
  when.it_value.tv_nsec = 3'000 + a.random.Below(60'000);
  timer_settime(a.timer, 0, &when, nullptr);
}

unsigned Nanoseconds() {
  timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return static_cast<unsigned>(now.tv_nsec);
}

// Up to some microseconds: a few operations of the other threads.
void Dawdle(unsigned roll) {
  if (roll % 4 == 0) {
    sched_yield();
  } else {
    for (unsigned n = roll % 200; n > 0; --n) CpuRelax();
  }
}

void OnSignal(int) {
  const int saved_errno = errno;
  Armed& a = armed;
  // A thread without a timer was heckled; how long it dawdles is the clock's choice.
  Dawdle(static_cast<unsigned>(a.running ? a.random.Next() : Nanoseconds()));
  if (a.running) Arm(a);
  errno = saved_errno;
}

void InstallHandler() {
  struct sigaction action = {};
  action.sa_handler = OnSignal;
  action.sa_flags = SA_RESTART;
  sigaction(PreemptSignal(), &action, nullptr);
}

}  // namespace

Preempter::Preempter(uint64_t seed) {
  armed.random = Random(seed);
  InstallHandler();
  sigevent event = {};
  event.sigev_notify = SIGEV_THREAD_ID;
  event.sigev_signo = PreemptSignal();
  event._sigev_un._tid = static_cast<pid_t>(syscall(SYS_gettid));
  // Without timers (an emulator may have none) this noise is silence.
  works_ = timer_create(CLOCK_MONOTONIC, &event, &timer_) == 0;
  if (works_) armed.timer = timer_;
}

Preempter::~Preempter() {
  Stop();
  if (works_) timer_delete(timer_);
}

void Preempter::Start() {
  if (!works_ || armed.running) return;
  armed.running = true;
  Arm(armed);
}

void Preempter::Stop() {
  if (!armed.running) return;
  armed.running = false;
  const itimerspec never = {};
  timer_settime(timer_, 0, &never, nullptr);
}

Heckler::Heckler(uint64_t seed, std::function<uint64_t()> heartbeat)
    : heartbeat_(std::move(heartbeat)) {
  InstallHandler();
  thread_ = std::thread([this, seed] { Heckle(seed); });
}

Heckler::~Heckler() {
  stop_.store(true, std::memory_order_relaxed);  // only a flag: nothing is published by it
  thread_.join();
}

void Heckler::Heckle(uint64_t seed) {
  pthread_setname_np(pthread_self(), "heckler");
  constexpr int kPatience = 100;  // Rounds without progress before it falls silent.
  Random random(seed);
  uint64_t last_beat = heartbeat_();
  for (int silent = 0; !stop_.load(std::memory_order_relaxed);) {  // only a flag
    const timespec pause = {0, silent < kPatience ? 20'000 + random.Below(200'000) : 20'000'000};
    nanosleep(&pause, nullptr);
    const uint64_t beat = heartbeat_();
    silent = beat == last_beat ? silent + 1 : 0;
    last_beat = beat;
    if (silent >= kPatience) continue;
    const std::vector<pid_t> threads = OtherThreads();
    if (threads.empty()) continue;
    const pid_t target = threads[random.Below(threads.size())];
    syscall(SYS_tgkill, getpid(), target, PreemptSignal());  // Fails if it has just ended: fine.
  }
}

}  // namespace hammerlock::stress
