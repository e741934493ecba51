// SPDX-License-Identifier: Apache-2.0
//
// All the ways in which a program can come to its end. Its argument says which.
#include <assert.h>
#include <dlfcn.h>
#include <err.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <map>
#include <mutex>
#include <new>
#include <stdexcept>
#include <thread>

#include "hammerlock.h"

extern "C" void __stack_chk_fail();

std::atomic<bool> never{false};

namespace {

int executed = 0;
int* volatile nowhere = nullptr;

struct Way {
  const char* name;
  void (*take)();
};

void AssertionFails() { assert(executed == 2); }
void Throws() { throw std::runtime_error("the reason"); }
void ThrowsInThread() {
  std::thread([] { throw 7; }).join();
}
void Overflows(int n) {
  char page[4096];
  memset(page, n, sizeof(page));
  if (page[n % 4096] == static_cast<char>(n)) Overflows(n + 1);
  asm volatile("" ::"r"(page) : "memory");
}
void Deadlocks() {
  std::mutex a, b;
  std::thread other([&] {
    const std::lock_guard<std::mutex> first(b);
    const std::lock_guard<std::mutex> second(a);
  });
  {
    const std::lock_guard<std::mutex> first(a);
    const std::lock_guard<std::mutex> second(b);
  }
  other.join();
}
void BuffersLoads() {
  static std::atomic<int> x, y;
  x = y = 0;
  int r0, r1;
  std::thread first([&] {
    r0 = x.load(std::memory_order_relaxed);
    y.store(1, std::memory_order_relaxed);
  });
  std::thread second([&] {
    r1 = y.load(std::memory_order_relaxed);
    x.store(1, std::memory_order_relaxed);
  });
  first.join();
  second.join();
  if (r0 == 1 && r1 == 1) exit(11);
}

void Races() {
  std::thread other([] { executed = 5; });
  executed = 6;
  other.join();
}
std::map<int, int> shared = {{1, 1}, {2, 2}, {3, 3}};
void RacesInMap() {
  std::thread other([] { shared.emplace(5, 5); });
  shared.emplace(4, 4);
  other.join();
}
// Whatever it does to the standard streams and to descriptors is its own business.
void LeavesFilesOpen() {
  FILE* const file = tmpfile();
  const int copy = dup(fileno(file));
  if (file == nullptr || copy < 0 || copy > 60) exit(1);
  if (fputs("lost", file) < 0 || dup2(copy, STDOUT_FILENO) < 0) exit(2);
  puts("not for standard output");
  fclose(stdin);
}
// Each of them is found as it was by the next execution.
void ChangesItsProcess() {
  sigset_t all, before;
  sigfillset(&all);
  if (pthread_sigmask(SIG_SETMASK, &all, &before) != 0 || sigismember(&before, SIGUSR1)) exit(1);
  if (umask(0777) == 0777) exit(2);
  char directory[4096];
  if (getcwd(directory, sizeof(directory)) == nullptr || strcmp(directory, "/") == 0) exit(3);
  if (chdir("/") != 0) exit(4);
}
// As was usual before there were atomics.
volatile int ready = 0;
int payload = 0;
void WaitsForVolatile() {
  std::thread other([] {
    payload = 42;
    ready = 1;
  });
  while (ready == 0) {
  }
  if (payload != 42) exit(1);
  other.join();
}
void LosesUpdate() {
  std::thread other([] { ++payload; });
  ++payload;
  other.join();
  if (payload != 2) exit(10);
}
void PublishesRelaxed() {
  static std::atomic<int> value, flag;
  value.store(0, std::memory_order_relaxed);
  flag.store(0, std::memory_order_relaxed);
  std::thread writer([] {
    value.store(42, std::memory_order_relaxed);
    flag.store(1, std::memory_order_relaxed);
  });
  if (flag.load(std::memory_order_relaxed) == 1 && value.load(std::memory_order_relaxed) != 42) {
    hammerlock_fail("the flag is there, the value is not");
  }
  writer.join();
}
void FailsWeakly() {
  std::atomic<int> a{1};
  std::thread other([] {});
  int expected = 1;
  if (!a.compare_exchange_weak(expected, 2)) hammerlock_fail("a weak exchange failed");
  other.join();
}
void ForgetsMemory() { nowhere = static_cast<int*>(malloc(100)); }
void ComputesForEver() {
  std::thread other([] {});
  while (executed != -1) asm volatile("" ::: "memory");
  other.join();
}
// Whoever reads y as 1 before it is there makes x 1 thereafter, and then y may never be.
void PromisesInVain() {
  std::atomic<int> x{0}, y{0};
  std::thread other([&] {
    if (x.load(std::memory_order_relaxed) == 0) y.store(1, std::memory_order_relaxed);
  });
  (void)y.load(std::memory_order_relaxed);
  x.store(1, std::memory_order_relaxed);
  other.join();
}
void CountsForEver() {
  std::atomic<unsigned> count{0};
  for (;;) count.fetch_add(1);
}
void SpinsForEver() {
  while (!never.load()) {
  }
}

const Way kWays[] = {
    {"return", [] {}},
    {"exit0", [] { exit(0); }},
    {"exit0_in_thread", [] { std::thread([] { exit(0); }).join(); }},
    {"_exit0", [] { _exit(0); }},
    {"pthread_exit", [] { pthread_exit(nullptr); }},
    {"atexit", [] { atexit([] { _exit(5); }); }},
    {"at_quick_exit", [] { at_quick_exit([] { _exit(6); }), quick_exit(0); }},
    {"thread_local",
     [] {
       static thread_local struct Last {
         int unused = 0;
         ~Last() { hammerlock_fail("a thread_local ends"); }
       } last;
       ++last.unused;
     }},
    {"exit3", [] { exit(3); }},
    {"_exit4", [] { _exit(4); }},
    {"errx", [] { errx(9, "told by errx"); }},
    {"assert", AssertionFails},
    {"abort", [] { abort(); }},
    {"raise", [] { raise(SIGTERM); }},
    {"throw", Throws},
    {"throw_in_thread", ThrowsInThread},
    {"noexcept", []() noexcept { Throws(); }},
    {"terminate", [] { std::thread t([] {}); }},
    {"segv", [] { *nowhere = 1; }},
    {"segv_in_thread", [] { std::thread([] { *nowhere = 1; }).join(); }},
    {"overflow", [] { Overflows(1); }},
    {"smash", [] { __stack_chk_fail(); }},
    {"deadlock", Deadlocks},
    {"race", Races},
    {"volatile", WaitsForVolatile},
    {"lost_update", LosesUpdate},
    {"race_in_map", RacesInMap},
    {"files", LeavesFilesOpen},
    {"process", ChangesItsProcess},
    {"dlopen", [] { dlopen("libm.so.6", RTLD_NOW); }},
    {"fail", [] { hammerlock_fail("told by the program"); }},
    {"choose",
     [] {
       if (hammerlock_choose(100000) > 70000) exit(8);
     }},
    {"relaxed", PublishesRelaxed},
    {"buffered", BuffersLoads},
    {"promised", PromisesInVain},
    {"weak", FailsWeakly},
    {"leak", ForgetsMemory},
    {"spin", SpinsForEver},
    {"count", CountsForEver},
    {"compute", ComputesForEver},
    {"fork", [] { (void)!fork(); }},
    {"handler",
     [] {
       signal(SIGUSR1, [](int) { executed = 100; });
       raise(SIGUSR1);
       if (executed != 100) exit(1);
     }},
};

}  // namespace

int main(int argc, char** argv) {
  if (++executed != 1) return 99;
  if (argc == 2 && strcmp(argv[1], "--list") == 0) {
    for (const Way& way : kWays) puts(way.name);
    return 0;
  }
  for (const Way& way : kWays) {
    if (argc == 2 && strcmp(argv[1], way.name) == 0) return way.take(), 0;
  }
  return 98;
}
