// SPDX-License-Identifier: Apache-2.0
//
// Threads and what a thread has of its own, as POSIX and C11 programs use them. Shared variables
// are plain wherever the function under test must order them: if it does not, that is a race.
#include <errno.h>
#include <limits.h>
#include <sched.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <sys/sysinfo.h>
#include <threads.h>
#include <unistd.h>

#include <atomic>

#include "explore/runtime/test_program.h"

namespace hammerlock::explore::test_program {
namespace {

// Threads -----------------------------------------------------------------------------------------

void* Plus1(void* argument) { return static_cast<char*>(argument) + 1; }

void ThreadsReturnAndAreJoinedOnce() {
  int zero = 0;
  pthread_t thread;
  assert(pthread_create(&thread, nullptr, Plus1, &zero) == 0);
  void* result = nullptr;
  assert(pthread_join(thread, &result) == 0);
  assert(result == reinterpret_cast<char*>(&zero) + 1);
  assert(pthread_join(thread, nullptr) == EINVAL);
  assert(pthread_detach(thread) == EINVAL);
  assert(pthread_join(pthread_self(), nullptr) == EDEADLK);
  assert(pthread_join(thread + 1000, nullptr) == ESRCH);
}

void JoinOrders() {
  int x = 0;
  Thread a([&] { x = 1; });
  a.Join();
  assert(x == 1);
}

void DetachedThreadsOutliveTheirCreator() {
  static std::atomic<int> done{0};
  pthread_attr_t attributes;
  assert(pthread_attr_init(&attributes) == 0);
  assert(pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED) == 0);
  assert(pthread_attr_setstacksize(&attributes, 1 << 20) == 0);
  const auto body = [](void*) -> void* {
    done.fetch_add(1);
    return nullptr;
  };
  pthread_t a, b;
  assert(pthread_create(&a, &attributes, body, nullptr) == 0);
  assert(pthread_attr_destroy(&attributes) == 0);
  assert(pthread_join(a, nullptr) == EINVAL);
  assert(pthread_create(&b, nullptr, body, nullptr) == 0);
  assert(pthread_detach(b) == 0);
  assert(pthread_detach(b) == EINVAL);
  while (done.load() != 2) sched_yield();
}

void JoinsWithDeadlines() {
  std::atomic<bool> go{false};
  Thread a([&] {
    while (!go.load()) sched_yield();
  });
  pthread_t handle = a.handle();
  assert(pthread_tryjoin_np(handle, nullptr) == EBUSY);
  timespec at = Soon();
  assert(pthread_timedjoin_np(handle, nullptr, &at) == ETIMEDOUT);
  at = After(CLOCK_MONOTONIC, 1000);
  assert(pthread_clockjoin_np(handle, nullptr, CLOCK_MONOTONIC, &at) == ETIMEDOUT);
  go.store(true);
}

int TryJoin() {
  pthread_t thread;
  assert(pthread_create(&thread, nullptr, Plus1, nullptr) == 0);
  return pthread_tryjoin_np(thread, nullptr);
}
void TryJoinSometimesSucceeds() { assert(TryJoin() == EBUSY); }
void TryJoinSometimesFails() { assert(TryJoin() == 0); }

struct NotesItsEnd {
  explicit NotesItsEnd(int* ended) : ended(ended) {}
  ~NotesItsEnd() { ++*ended; }
  int* const ended;
};

void ExitUnwindsTheStack() {
  int ended = 0;
  pthread_t thread;
  const auto body = [](void* argument) -> void* {
    const NotesItsEnd outer(static_cast<int*>(argument));
    try {
      const NotesItsEnd inner(static_cast<int*>(argument));
      pthread_exit(argument);
    } catch (...) {
      ++*static_cast<int*>(argument);
      throw;
    }
  };
  assert(pthread_create(&thread, nullptr, body, &ended) == 0);
  void* result = nullptr;
  assert(pthread_join(thread, &result) == 0);
  assert(result == &ended && ended == 3);
}

void CleanupsRunInReverse() {
  int order = 0;
  pthread_t thread;
  const auto body = [](void* argument) -> void* {
    pthread_cleanup_push([](void* o) { *static_cast<int*>(o) = *static_cast<int*>(o) * 10 + 1; },
                         argument);
    pthread_cleanup_push([](void* o) { *static_cast<int*>(o) = *static_cast<int*>(o) * 10 + 2; },
                         argument);
    pthread_exit(nullptr);
    pthread_cleanup_pop(0);
    pthread_cleanup_pop(0);
    return nullptr;
  };
  assert(pthread_create(&thread, nullptr, body, &order) == 0);
  assert(pthread_join(thread, nullptr) == 0);
  assert(order == 21);
}

void IdentitiesAndNames() {
  const pthread_t main = pthread_self();
  char name[16] = "?";
  Thread a([&] {
    assert(!pthread_equal(pthread_self(), main));
    assert(pthread_setname_np(pthread_self(), "worker") == 0);
    assert(pthread_setname_np(pthread_self(), "a name that is too long") == ERANGE);
    assert(pthread_getname_np(pthread_self(), name, sizeof(name)) == 0);
    assert(gettid() == syscall(SYS_gettid));
  });
  assert(pthread_equal(a.handle(), pthread_self()) == 0);
  a.Join();
  assert(strcmp(name, "worker") == 0);
  assert(pthread_getname_np(main, name, 0) == ERANGE);
}

void AttributesOfRunningThreads() {
  Thread a([] {
    pthread_attr_t attributes;
    assert(pthread_getattr_np(pthread_self(), &attributes) == 0);
    void* low = nullptr;
    size_t size = 0;
    assert(pthread_attr_getstack(&attributes, &low, &size) == 0);
    char here;
    assert(&here >= low && &here < static_cast<char*>(low) + size);
    assert(pthread_attr_destroy(&attributes) == 0);
    int policy = -1;
    sched_param parameters{};
    assert(pthread_getschedparam(pthread_self(), &policy, &parameters) == 0);
    assert(policy == SCHED_OTHER);
    assert(pthread_setschedparam(pthread_self(), policy, &parameters) == 0);
    assert(pthread_setschedprio(pthread_self(), 0) == 0);
    clockid_t clock;
    assert(pthread_getcpuclockid(pthread_self(), &clock) == 0);
    int old = -1;
    assert(pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &old) == 0);
    assert(old == PTHREAD_CANCEL_ENABLE);
    assert(pthread_setcanceltype(PTHREAD_CANCEL_DEFERRED, &old) == 0);
    pthread_testcancel();
  });
}

void ProcessorsAreTheSameEverywhere() {
  const int count = get_nprocs();
  assert(count == get_nprocs_conf() && count == sysconf(_SC_NPROCESSORS_ONLN));
  assert(sched_getcpu() < count);
  unsigned processor = 99, node = 99;
  assert(getcpu(&processor, &node) == 0 && static_cast<int>(processor) < count && node == 0);
  cpu_set_t set;
  assert(sched_getaffinity(0, sizeof(set), &set) == 0 && CPU_COUNT(&set) == count);
  assert(sched_setaffinity(0, sizeof(set), &set) == 0);
  assert(pthread_getaffinity_np(pthread_self(), sizeof(set), &set) == 0);
  assert(CPU_COUNT(&set) == count);
  assert(pthread_setaffinity_np(pthread_self(), sizeof(set), &set) == 0);
  assert(sysconf(_SC_PAGESIZE) >= 4096);
}

// Once --------------------------------------------------------------------------------------------

int times;  // That it was done in this execution.

void OnceIsDoneOnceBeforeAnybodyGoesOn() {
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  assert(times == 0);  // Put back after each execution, as `once` is.
  const auto ensure = [] {
    assert(pthread_once(&once, [] {
             sched_yield();
             ++times;
           }) == 0);
    assert(times == 1);
  };
  Thread a(ensure), b(ensure);
  ensure();
}

void OnceThatThrowsIsDoneAgain() {
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  int attempts = 0, caught = 0;
  static int* counter;
  counter = &attempts;
  pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
  const auto ensure = [&] {
    try {
      pthread_once(&once, [] {
        if ((*counter)++ == 0) throw 1;
      });
    } catch (int) {
      pthread_mutex_lock(&mutex);
      ++caught;
      pthread_mutex_unlock(&mutex);
    }
  };
  {
    Thread a(ensure), b(ensure);
  }
  assert(attempts == 2 && caught == 1);
}

void OnceWithinItself() {
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  static void (*const again)() = [] { pthread_once(&once, [] {}); };
  pthread_once(&once, again);
}

struct Slow {
  Slow() {
    sched_yield();
    value = ++times;
  }
  int value;
};
int SlowValue() {
  static Slow slow;
  return slow.value;
}
void StaticsAreInitialisedOnce() {
  const auto use = [] { assert(SlowValue() == 1); };
  Thread a(use), b(use);
  use();
  use();
}

// Of its own --------------------------------------------------------------------------------------

struct Counted {
  Counted() { ++alive; }
  ~Counted() { --alive; }
  int value = 7;
  static inline std::atomic<int> alive{0};
};
thread_local Counted counted;
thread_local int number = 5;
thread_local char large[1000];
alignas(64) thread_local int aligned = 1;
constexpr int kManyVariables = 20;
template <int n>
thread_local int many = n;

template <int n>
void CheckMany(int added) {
  if constexpr (n > 0) {
    assert(many<n> == n);
    many<n> += added;
    assert(many<n> == n + added);
    CheckMany<n - 1>(added);
  }
}

void ThreadLocalsAreEachThreadsOwn() {
  std::atomic<int*> published{nullptr};
  const auto use = [&](int mine) {
    assert(number == 5 && counted.value == 7 && large[999] == 0 && aligned == 1);
    assert(reinterpret_cast<uintptr_t>(&aligned) % 64 == 0);
    CheckMany<kManyVariables>(mine);
    number = counted.value = mine;
    large[999] = static_cast<char>(mine);
    int* const other = published.exchange(&number);
    assert(other != &number);
    errno = mine;
    sched_yield();
    assert(number == mine && counted.value == mine && large[999] == mine && errno == mine);
  };
  {
    Thread a([&] { use(1); });
    Thread b([&] { use(2); });
    a.Join();
    b.Join();
    assert(Counted::alive.load() == 0);
    use(3);
  }
}

void ThreadLocalOutlivedByItsAddress() {
  std::atomic<int*> published{nullptr};
  Thread a([&] { published.store(&number); });
  a.Join();
  assert(*published.load() == 5);
}

int destroyed;  // How many values the keys' destructors have seen; under joins only.

void KeysAreEachThreadsOwn() {
  static pthread_key_t key, other;
  assert(pthread_key_create(&key, [](void* value) { destroyed += *static_cast<int*>(value); }) ==
         0);
  assert(pthread_key_create(&other, nullptr) == 0);
  assert(key != other && pthread_getspecific(key) == nullptr);
  const auto use = [](int mine) {
    assert(pthread_getspecific(key) == nullptr);
    assert(pthread_setspecific(key, &mine) == 0 && pthread_setspecific(other, &mine) == 0);
    sched_yield();
    assert(pthread_getspecific(key) == &mine);
    static thread_local int kept;
    kept = mine;
    pthread_setspecific(key, &kept);
  };
  Thread a([&] { use(1); });
  a.Join();
  assert(destroyed == 1);
  Thread b([&] { use(2); });
  b.Join();
  assert(destroyed == 3);
  assert(pthread_key_delete(other) == 0 && pthread_key_delete(other) == EINVAL);
  assert(pthread_setspecific(other, &key) == EINVAL);
  pthread_key_t reused;
  pthread_setspecific(key, &key);
  assert(pthread_key_delete(key) == 0);
  assert(pthread_key_create(&reused, nullptr) == 0);
  assert(pthread_getspecific(reused) == nullptr);
}

void KeyDestructorsThatSetAgainAreRepeated() {
  static pthread_key_t key;
  pthread_key_create(&key, [](void* value) {
    ++destroyed;
    pthread_setspecific(key, value);
  });
  Thread a([] { pthread_setspecific(key, &key); });
  a.Join();
  assert(destroyed == PTHREAD_DESTRUCTOR_ITERATIONS);
}

// C11 ---------------------------------------------------------------------------------------------

void C11Threads() {
  thrd_t thread;
  assert(thrd_create(&thread, [](void*) { return -3; }, nullptr) == thrd_success);
  int result = 0;
  assert(thrd_join(thread, &result) == thrd_success && result == -3);
  assert(thrd_create(&thread, [](void*) -> int { thrd_exit(4); }, nullptr) == thrd_success);
  assert(!thrd_equal(thread, thrd_current()));
  assert(thrd_join(thread, &result) == thrd_success && result == 4);
  assert(thrd_create(&thread, [](void*) { return 0; }, nullptr) == thrd_success);
  assert(thrd_detach(thread) == thrd_success);
  assert(thrd_join(thread, nullptr) == thrd_error);
  const timespec short_time = {0, 1000};
  assert(thrd_sleep(&short_time, nullptr) == 0);
  thrd_yield();
}

struct C11Monitor {
  mtx_t mutex;
  cnd_t condition;
  int value = 0;
};

void C11MutexesAndConditions() {
  static C11Monitor m;
  assert(mtx_init(&m.mutex, mtx_timed) == thrd_success);
  assert(cnd_init(&m.condition) == thrd_success);
  const auto wait = [](void*) {
    assert(mtx_lock(&m.mutex) == thrd_success);
    while (m.value == 0) assert(cnd_wait(&m.condition, &m.mutex) == thrd_success);
    assert(mtx_unlock(&m.mutex) == thrd_success);
    return 0;
  };
  thrd_t a, b;
  thrd_create(&a, wait, nullptr);
  thrd_create(&b, wait, nullptr);
  timespec at = After(CLOCK_REALTIME, 1000);
  assert(mtx_lock(&m.mutex) == thrd_success);
  while (cnd_timedwait(&m.condition, &m.mutex, &at) != thrd_timedout) {
  }
  m.value = 1;
  assert(cnd_signal(&m.condition) == thrd_success);
  assert(cnd_broadcast(&m.condition) == thrd_success);
  assert(mtx_trylock(&m.mutex) == thrd_busy);
  assert(mtx_timedlock(&m.mutex, &at) == thrd_timedout);
  assert(mtx_unlock(&m.mutex) == thrd_success);
  thrd_join(a, nullptr);
  thrd_join(b, nullptr);
  cnd_destroy(&m.condition);
  mtx_destroy(&m.mutex);
  mtx_t recursive;
  assert(mtx_init(&recursive, mtx_plain | mtx_recursive) == thrd_success);
  assert(mtx_lock(&recursive) == thrd_success && mtx_trylock(&recursive) == thrd_success);
}

void C11OnceAndSpecifics() {
  static once_flag once = ONCE_FLAG_INIT;
  static tss_t key;
  const auto use = [](void*) {
    call_once(&once, [] {
      assert(tss_create(&key, [](void* value) { ++*static_cast<int*>(value); }) == thrd_success);
      ++times;
    });
    assert(times == 1 && tss_get(key) == nullptr);
    assert(tss_set(key, &destroyed) == thrd_success && tss_get(key) == &destroyed);
    return 0;
  };
  thrd_t a;
  thrd_create(&a, use, nullptr);
  thrd_join(a, nullptr);
  assert(destroyed == 1);
  use(nullptr);
  tss_delete(key);
}

constexpr Scenario kScenarios[] = {
    {"threads_return_and_are_joined_once", "passes", ThreadsReturnAndAreJoinedOnce},
    {"join_orders", "passes", JoinOrders},
    {"detached_threads_outlive_their_creator", "passes", DetachedThreadsOutliveTheirCreator},
    {"joins_with_deadlines", "passes", JoinsWithDeadlines},
    {"try_join_sometimes_succeeds", "sometimes", TryJoinSometimesSucceeds},
    {"try_join_sometimes_fails", "sometimes", TryJoinSometimesFails},
    {"exit_unwinds_the_stack", "passes", ExitUnwindsTheStack},
    {"cleanups_run_in_reverse", "passes", CleanupsRunInReverse},
    {"identities_and_names", "passes", IdentitiesAndNames},
    {"attributes_of_running_threads", "passes", AttributesOfRunningThreads},
    {"processors_are_the_same_everywhere", "passes", ProcessorsAreTheSameEverywhere},
    {"once_is_done_once_before_anybody_goes_on", "passes", OnceIsDoneOnceBeforeAnybodyGoesOn},
    {"once_that_throws_is_done_again", "passes", OnceThatThrowsIsDoneAgain},
    {"once_within_itself", "deadlock", OnceWithinItself},
    {"statics_are_initialised_once", "passes", StaticsAreInitialisedOnce},
    {"thread_locals_are_each_threads_own", "passes", ThreadLocalsAreEachThreadsOwn},
    {"thread_local_outlived_by_its_address", "uaf", ThreadLocalOutlivedByItsAddress},
    {"keys_are_each_threads_own", "passes", KeysAreEachThreadsOwn},
    {"key_destructors_that_set_again_are_repeated", "passes",
     KeyDestructorsThatSetAgainAreRepeated},
    {"c11_threads", "passes", C11Threads},
    {"c11_mutexes_and_conditions", "passes", C11MutexesAndConditions},
    {"c11_once_and_specifics", "passes", C11OnceAndSpecifics},
};

}  // namespace
}  // namespace hammerlock::explore::test_program

int main(int argc, char** argv) {
  using namespace hammerlock::explore::test_program;
  return Main(kScenarios, sizeof(kScenarios) / sizeof(*kScenarios), argc, argv);
}
