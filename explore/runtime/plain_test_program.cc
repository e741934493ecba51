// SPDX-License-Identifier: Apache-2.0
//
// Plain accesses: races, also with half of what is atomic, races that are meant (race=0), memory
// that was freed.
#include <pthread.h>
#include <stdlib.h>

#include <atomic>

#include "explore/runtime/test_program.h"

// As the compiler calls it for std::atomic<__int128>, given an instruction of that size.
extern "C" void __tsan_atomic128_store(volatile unsigned __int128* a, unsigned __int128 value,
                                       int order);

namespace hammerlock::explore::test_program {
namespace {

int global;
volatile int flag;

// What racing programs of old have in common: threads that increment and threads that look.
template <class Counter>
void Increment(Counter& counter) {
  const int seen = counter;
  counter = seen + 1;
}

void LosesAnUpdate() {
  global = 0;
  {
    Thread a([] { Increment(global); });
    Thread b([] { Increment(global); });
  }
  assert(global == 2);
}

void LosesAnUpdateOnAStack() {
  int local = 0;
  {
    Thread a([&] { Increment(local); });
    Increment(local);
  }
  assert(local == 2);
}

void NeverLosesBothUpdates() {
  volatile int local = 0;
  {
    Thread a([&] { Increment(local); });
    Thread b([&] { Increment(local); });
  }
  assert(local == 1 || local == 2);
}

// Peterson's algorithm is right where memory is sequentially consistent.
struct Peterson {
  volatile int wants[2] = {};
  volatile int turn = 0;
  volatile int inside = 0;

  template <bool kWaits>
  void Enter(int self) {
    wants[self] = 1;
    turn = 1 - self;
    if (kWaits && wants[1 - self] != 0 && turn == 1 - self) return;  // Would have to wait.
    inside = inside + 1;
    assert(inside == 1);
    inside = inside - 1;
    wants[self] = 0;
  }
};

template <bool kWaits>
void EnterTwice() {
  Peterson lock;
  Thread a([&] { lock.Enter<kWaits>(0); });
  Thread b([&] { lock.Enter<kWaits>(1); });
}

// A flag is seen once it is set; the loop ends, although nothing in it is atomic.
void WaitsForAFlag() {
  flag = 0;
  global = 0;
  Thread a([] {
    global = 7;
    flag = 1;
  });
  while (flag == 0) sched_yield();
  assert(global == 7);
}

// Half of 16 bytes that were stored at once; the flag is set afterwards.
template <int kHalf, std::memory_order kStore, std::memory_order kLoad>
void ReadsHalfOfAPair() {
  union alignas(16) Pair {
    unsigned __int128 whole = 0;
    volatile uint64_t halves[2];
  } pair;
  std::atomic<bool> stored = false;
  Thread a([&] {
    constexpr auto kBoth = static_cast<unsigned __int128>(7) << 64 | 7;
    __tsan_atomic128_store(&pair.whole, kBoth, static_cast<int>(std::memory_order_relaxed));
    stored.store(true, kStore);
  });
  while (!stored.load(kLoad)) sched_yield();
  assert(pair.halves[kHalf] == 7);
}

// What a flag publishes is not stale, plain or not.
void PublishesAtomics() {
  flag = 0;
  std::atomic<int> value{0};
  Thread a([&] {
    value.store(7, std::memory_order_relaxed);
    flag = 1;
  });
  if (flag == 1) assert(value.load(std::memory_order_relaxed) == 7);
}

// A plain store to what is atomic elsewhere, by way of a free list's link for instance.
void StoresPlainlyToAnAtomic() {
  std::atomic<int> link{0};
  std::atomic<int> value{0};
  Thread a([&] {
    value.store(7, std::memory_order_relaxed);
    *reinterpret_cast<volatile int*>(&link) = 1;
  });
  if (link.load(std::memory_order_acquire) == 1) {
    assert(value.load(std::memory_order_relaxed) == 7);
  }
}

// A lock is one step, whatever it reads.
void LocksAtOnce() {
  pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
  int inside = 0;
  const auto enter = [&] {
    pthread_mutex_lock(&mutex);
    assert(++inside == 1);
    --inside;
    pthread_mutex_unlock(&mutex);
  };
  Thread a(enter);
  Thread b(enter);
}

void WritesAfterFreeing() {
  int* const block = static_cast<int*>(malloc(sizeof(int)));
  free(block);
  *static_cast<volatile int*>(block) = 1;
}

// Nobody else exists yet: the access is wrong all the same.
void ReadsAfterFreeing() {
  int* const block = static_cast<int*>(malloc(sizeof(int)));
  *block = 1;
  free(block);
  const int seen = *static_cast<volatile int*>(block);
  Thread a([seen] { assert(seen != 12345); });
}

void LoadsAfterFreeing() {
  auto* const block = new std::atomic<int>(1);
  delete block;
  block->load(std::memory_order_relaxed);
}

void AddsAfterFreeing() {
  auto* const block = new std::atomic<int>(1);
  delete block;
  block->fetch_add(1, std::memory_order_relaxed);
}

void ReadsAgainAfterAllocating() {
  for (int i = 0; i < 3; ++i) {
    int* const block = static_cast<int*>(malloc(sizeof(int)));
    *block = i;
    assert(*static_cast<volatile int*>(block) == i);
    free(block);
  }
}

constexpr bool kMeant = false;
constexpr auto kRelaxed = std::memory_order_relaxed;
constexpr auto kRelease = std::memory_order_release;
constexpr auto kAcquire = std::memory_order_acquire;
constexpr Scenario kScenarios[] = {
    {"racing_increments", "race", LosesAnUpdate},
    {"meant_increments_lose_an_update", "sometimes", LosesAnUpdate, kMeant},
    {"meant_increments_on_a_stack", "sometimes", LosesAnUpdateOnAStack, kMeant},
    {"meant_increments_never_lose_both", "passes", NeverLosesBothUpdates, kMeant},
    {"petersons_lock_excludes", "passes", EnterTwice<true>, kMeant},
    {"no_lock_excludes_nobody", "sometimes", EnterTwice<false>, kMeant},
    {"meant_flag_is_seen", "passes", WaitsForAFlag, kMeant},
    {"flag_races", "race", WaitsForAFlag},
    {"lower_half_of_16_bytes", "race", ReadsHalfOfAPair<0, kRelaxed, kRelaxed>},
    {"upper_half_of_16_bytes", "race", ReadsHalfOfAPair<1, kRelaxed, kRelaxed>},
    {"upper_half_in_order", "passes", ReadsHalfOfAPair<1, kRelease, kAcquire>},
    {"meant_flag_publishes", "passes", PublishesAtomics, kMeant},
    {"meant_store_to_an_atomic_publishes", "passes", StoresPlainlyToAnAtomic, kMeant},
    {"meant_locks_exclude", "passes", LocksAtOnce, kMeant},
    {"write_after_free", "uaf", WritesAfterFreeing},
    {"read_after_free_before_threads", "uaf", ReadsAfterFreeing},
    {"load_after_free_before_threads", "uaf", LoadsAfterFreeing},
    {"add_after_free_before_threads", "uaf", AddsAfterFreeing},
    {"memory_used_again", "passes", ReadsAgainAfterAllocating},
};

}  // namespace
}  // namespace hammerlock::explore::test_program

int main(int argc, char** argv) {
  using namespace hammerlock::explore::test_program;
  return Main(kScenarios, sizeof(kScenarios) / sizeof(*kScenarios), argc, argv);
}
