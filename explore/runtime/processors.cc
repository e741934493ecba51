// SPDX-License-Identifier: Apache-2.0
//
// How many processors there are, and on which of them a thread runs: the same on every machine,
// as programs size their arrays by it and a trace must fit.
#include <sched.h>
#include <sys/sysinfo.h>
#include <unistd.h>

#include "explore/runtime/posix_internal.h"

namespace hammerlock::explore::internal {
namespace {

constexpr int kProcessors = 4;

int ProcessorOfSelf() { return Self().id % kProcessors; }

}  // namespace
}  // namespace hammerlock::explore::internal

using namespace hammerlock::explore;
using namespace hammerlock::explore::internal;

extern "C" {

int get_nprocs() noexcept {
  if (!Watching()) return HAMMERLOCK_REAL(get_nprocs)();
  return kProcessors;
}

int get_nprocs_conf() noexcept {
  if (!Watching()) return HAMMERLOCK_REAL(get_nprocs_conf)();
  return kProcessors;
}

long sysconf(int name) noexcept {
  const bool asks_for_processors = name == _SC_NPROCESSORS_ONLN || name == _SC_NPROCESSORS_CONF;
  if (Watching() && asks_for_processors) return kProcessors;
  return HAMMERLOCK_REAL(sysconf)(name);
}

int sched_getcpu() noexcept {
  if (!Watching()) return HAMMERLOCK_REAL(sched_getcpu)();
  return ProcessorOfSelf();
}

int getcpu(unsigned* processor, unsigned* node) noexcept {
  if (!Watching()) return HAMMERLOCK_REAL(getcpu)(processor, node);
  if (processor != nullptr) *processor = static_cast<unsigned>(ProcessorOfSelf());
  if (node != nullptr) *node = 0;
  return 0;
}

int sched_getaffinity(pid_t process, size_t size, cpu_set_t* set) noexcept {
  if (!Watching()) return HAMMERLOCK_REAL(sched_getaffinity)(process, size, set);
  CheckWrite(set, size, HAMMERLOCK_CALLER);
  CPU_ZERO_S(size, set);
  for (int i = 0; i < kProcessors; ++i) CPU_SET_S(static_cast<size_t>(i), size, set);
  return 0;
}

int sched_setaffinity(pid_t process, size_t size, const cpu_set_t* set) noexcept {
  if (!Watching()) return HAMMERLOCK_REAL(sched_setaffinity)(process, size, set);
  return 0;
}

}  // extern "C"
