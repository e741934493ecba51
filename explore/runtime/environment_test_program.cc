// SPDX-License-Identifier: Apache-2.0
//
// What a program asks of the system: time, random numbers, and what must be refused.
#include <errno.h>
#include <linux/futex.h>
#include <poll.h>
#include <semaphore.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/random.h>
#include <sys/select.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>

#include <atomic>
#include <random>

#include "explore/runtime/test_program.h"

namespace hammerlock::explore::test_program {
namespace {

// Time --------------------------------------------------------------------------------------------

void SleepsTakeTheirTime() {
  const int64_t start = ClockNow(CLOCK_MONOTONIC);
  int64_t slept = 0;
  const auto elapsed = [&](int64_t at_least) {
    slept += at_least;
    const int64_t now = ClockNow(CLOCK_MONOTONIC) - start;
    assert(now >= slept && now < slept + 1000000);
  };
  timespec time = {2, 5};
  assert(nanosleep(&time, nullptr) == 0);
  elapsed(2000000005);
  assert(usleep(1500000) == 0);
  elapsed(1500000000);
  assert(sleep(3) == 0);
  elapsed(3000000000);
  assert(clock_nanosleep(CLOCK_REALTIME, 0, &time, nullptr) == 0);
  elapsed(2000000005);
  time = After(CLOCK_REALTIME, 5000000);
  assert(clock_nanosleep(CLOCK_REALTIME, TIMER_ABSTIME, &time, nullptr) == 0);
  elapsed(5000000);
  assert(poll(nullptr, 0, 7) == 0);
  elapsed(7000000);
  timeval interval = {0, 9000};
  assert(select(0, nullptr, nullptr, nullptr, &interval) == 0);
  elapsed(9000000);
  time.tv_nsec = 1000000000;
  assert(nanosleep(&time, nullptr) == -1 && errno == EINVAL);
  assert(clock_nanosleep(CLOCK_MONOTONIC, 0, &time, nullptr) == EINVAL);
}

void ClocksAgree() {
  const int64_t real = ClockNow(CLOCK_REALTIME);
  timeval of_day;
  assert(gettimeofday(&of_day, nullptr) == 0);
  timespec base;
  assert(timespec_get(&base, TIME_UTC) == TIME_UTC);
  time_t seconds = 0;
  assert(time(&seconds) == seconds);
  assert(of_day.tv_sec >= real / 1000000000 && of_day.tv_sec <= seconds);
  assert(Nanoseconds(base) > real && seconds - real / 1000000000 <= 1);
  assert(clock() <= ClockNow(CLOCK_PROCESS_CPUTIME_ID) / 1000 + 1);
  timespec by_syscall;
  assert(syscall(SYS_clock_gettime, CLOCK_REALTIME, &by_syscall) == 0);
  assert(Nanoseconds(by_syscall) > real);
}

void SleepersSometimesWakeLate() {
  std::atomic<int> steps{0};
  Thread a([&] {
    usleep(1);
    assert(steps.load() < 3);
  });
  for (int i = 0; i < 3; ++i) steps.fetch_add(1);
}
void SleepersSometimesWakeEarly() {
  std::atomic<int> steps{0};
  Thread a([&] {
    usleep(1);
    assert(steps.load() == 3);
  });
  for (int i = 0; i < 3; ++i) steps.fetch_add(1);
}

// Random numbers ----------------------------------------------------------------------------------

void SeedsRepeat() {
  const auto draw = [](auto seed, auto next) {
    seed(1);
    const auto first = next();
    const auto second = next();
    seed(2);
    const auto other = next();
    seed(1);
    assert(next() == first && next() == second && first != second && first != other);
  };
  draw(srand, rand);
  draw(srandom, random);
  draw(srand48, lrand48);
  draw(srand48, mrand48);
  draw(srand48, drand48);
  for (int i = 0; i < 20; ++i) {
    assert(rand() >= 0 && random() >= 0 && random() <= RAND_MAX);
    assert(drand48() >= 0 && drand48() < 1 && lrand48() >= 0);
  }
}

void EntropyIsDrawn() {
  uint64_t a = 0, b = 0, c = 0;
  assert(getrandom(&a, sizeof(a), 0) == sizeof(a));
  assert(getentropy(&b, sizeof(b)) == 0);
  assert(syscall(SYS_getrandom, &c, sizeof(c), 0) == sizeof(c));
  assert(a != b && b != c);
  char odd[3] = {};
  arc4random_buf(odd, sizeof(odd));
  assert(arc4random() != arc4random());
  assert(arc4random_uniform(10) < 10);
  std::random_device device;
  assert(device() != device());
}

void UnseededNumbersAreSometimesOdd() { assert(rand() % 2 == 0); }
void UnseededNumbersAreSometimesEven() { assert(rand() % 2 == 1); }

// Refused -----------------------------------------------------------------------------------------

void Forks() { fork(); }
void Cancels() { pthread_cancel(pthread_self()); }
void SendsASignal() { pthread_kill(pthread_self(), SIGUSR1); }
void WaitsForASignal() {
  sigset_t set;
  sigemptyset(&set);
  int number;
  sigwait(&set, &number);
}
void MakesAPipe() {
  int ends[2];
  assert(pipe(ends) == 0);
}
void MakesAnEventDescriptor() { eventfd(0, 0); }
void OpensANamedSemaphore() { sem_open("/hammerlock", 0); }
void WaitsForADescriptor() {
  pollfd none = {-1, 0, 0};
  poll(&none, 1, 1000);
}
void UsesAPriorityFutex() {
  std::atomic<uint32_t> word{0};
  syscall(SYS_futex, &word, FUTEX_LOCK_PI, 0, nullptr, nullptr, 0);
}

constexpr Scenario kScenarios[] = {
    {"sleeps_take_their_time", "passes", SleepsTakeTheirTime},
    {"clocks_agree", "passes", ClocksAgree},
    {"sleepers_sometimes_wake_late", "sometimes", SleepersSometimesWakeLate},
    {"sleepers_sometimes_wake_early", "sometimes", SleepersSometimesWakeEarly},
    {"seeds_repeat", "passes", SeedsRepeat},
    {"entropy_is_drawn", "passes", EntropyIsDrawn},
    {"unseeded_numbers_are_sometimes_odd", "sometimes", UnseededNumbersAreSometimesOdd},
    {"unseeded_numbers_are_sometimes_even", "sometimes", UnseededNumbersAreSometimesEven},
    {"forks", "unsupported", Forks},
    {"cancels", "unsupported", Cancels},
    {"sends_a_signal", "unsupported", SendsASignal},
    {"waits_for_a_signal", "unsupported", WaitsForASignal},
    {"makes_a_pipe", "unsupported", MakesAPipe},
    {"makes_an_event_descriptor", "unsupported", MakesAnEventDescriptor},
    {"opens_a_named_semaphore", "unsupported", OpensANamedSemaphore},
    {"waits_for_a_descriptor", "unsupported", WaitsForADescriptor},
    {"uses_a_priority_futex", "unsupported", UsesAPriorityFutex},
};

}  // namespace
}  // namespace hammerlock::explore::test_program

int main(int argc, char** argv) {
  using namespace hammerlock::explore::test_program;
  return Main(kScenarios, sizeof(kScenarios) / sizeof(*kScenarios), argc, argv);
}
