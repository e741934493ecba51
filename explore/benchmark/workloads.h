// SPDX-License-Identifier: Apache-2.0
//
// The programs that are measured: the eight on which shared figures of other tools exist, and one
// whose length and number of threads are free. They are ordinary code on std::atomic and
// std::thread, compiled with the explorer's instrumentation; each execution makes its objects on
// main's stack, creates its threads and joins them.
#pragma once

#include <cstddef>

namespace hammerlock::explore::benchmark {

// A program to be given to Execute.
using Program = void (*)(void* argument);

struct Workload {
  const char* name;
  Program correct;
  Program weakened;  // Its twin with a memory order too weak somewhere.
};

inline constexpr size_t kWorkloads = 8;
extern const Workload kWorkload[kWorkloads];

// The argument of Mixture.
struct Extent {
  int threads;     // That run at once, main not counted; at most kMaxMixers.
  int operations;  // Of each thread, on a few shared locations: each is one step.
};
inline constexpr int kMaxMixers = 128;

// Threads that load, store and add, relaxed and synchronising, on a few shared atomics.
void Mixture(void* extent);

}  // namespace hammerlock::explore::benchmark
