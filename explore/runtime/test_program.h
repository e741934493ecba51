// SPDX-License-Identifier: Apache-2.0
//
// A program of many small scenarios for the explorer: `program` explores all of them and says
// whether each shows what it must, `program NAME` explores one, `program --list` prints them.
#pragma once

#undef NDEBUG
#include <assert.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

namespace hammerlock::explore::test_program {

struct Scenario {
  const char* name;
  // "passes": no execution fails. "sometimes": some execution fails its assertion, which shows
  // that the opposite of what it asserts can happen. Others name the failure that must be found:
  // "misuse", "deadlock", "livelock", "race", "uaf", "unsupported". "endless": some execution is
  // inconclusive (as it may be where a livelock is expected too), none fails.
  const char* expectation;
  void (*run)();
  bool race = true;        // Whether data races are failures.
  uint64_t max_steps = 0;  // 0: the runtime's own.
};

// Explores those whose name is `only`, or all if it is null. Returns an exit code.
// (explore_all_test.cc)
int ExploreAll(const Scenario* scenarios, size_t count, const char* only);

inline int Main(const Scenario* scenarios, size_t count, int argc, char** argv) {
  if (argc > 2) {
    fprintf(stderr, "usage: %s [NAME | --list]\n", argv[0]);
    return 64;
  }
  if (argc == 1 || strcmp(argv[1], "--list") != 0) {
    return ExploreAll(scenarios, count, argc == 1 ? nullptr : argv[1]);
  }
  for (size_t i = 0; i < count; ++i) {
    printf("%s %s\n", scenarios[i].name, scenarios[i].expectation);
  }
  return 0;
}

inline int64_t Nanoseconds(const timespec& t) { return int64_t{t.tv_sec} * 1000000000 + t.tv_nsec; }
inline int64_t ClockNow(clockid_t clock) {
  timespec now;
  assert(clock_gettime(clock, &now) == 0);
  return Nanoseconds(now);
}
inline timespec After(clockid_t clock, int64_t nanoseconds) {
  const int64_t sum = ClockNow(clock) + nanoseconds;
  return {sum / 1000000000, sum % 1000000000};
}
inline timespec Soon() { return After(CLOCK_REALTIME, 1000000); }
inline constexpr timespec kInvalid = {0, 1000000000};

// A POSIX thread that runs a callable; joined by Join or at the end of its scope.
template <class Body>
class Thread {
 public:
  explicit Thread(Body body) : body_(body) {
    assert(pthread_create(&handle_, nullptr, Run, this) == 0);
  }
  ~Thread() { Join(); }
  void Join() {
    if (joined_) return;
    joined_ = true;
    assert(pthread_join(handle_, nullptr) == 0);
  }
  pthread_t handle() const { return handle_; }

 private:
  static void* Run(void* self) {
    static_cast<Thread*>(self)->body_();
    return nullptr;
  }

  Body body_;
  pthread_t handle_;
  bool joined_ = false;
};

}  // namespace hammerlock::explore::test_program
