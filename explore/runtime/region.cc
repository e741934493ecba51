// SPDX-License-Identifier: Apache-2.0
#include "explore/runtime/region.h"

#include <sys/mman.h>

#include "explore/runtime/scheduler.h"

namespace hammerlock::explore {
namespace {

constexpr size_t kGuard = 16384;  // A multiple of every page size in use.
static_assert(kMainStackSize + kMaxThreads * kStackSize <= kStacksSize);

uintptr_t StackBottom(int thread) {
  return StackTop(thread) - (thread == 0 ? kMainStackSize : kStackSize);
}

}  // namespace

int g_guarded_stacks = 0;

void GuardStack() {
  mprotect(reinterpret_cast<void*>(StackBottom(g_guarded_stacks++)), kGuard, PROT_NONE);
}

bool InStackGuard(uintptr_t address, int* thread) {
  for (int t = 0; t < kMaxThreads; ++t) {
    if (address - StackBottom(t) < kGuard) {
      *thread = t;
      return true;
    }
  }
  return false;
}

void ReserveRegion() {
  void* const p = mmap(reinterpret_cast<void*>(kRegionBase), kRegionSize, PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED_NOREPLACE, -1, 0);
  if (p != reinterpret_cast<void*>(kRegionBase)) {
    Unsupported("cannot reserve %zu MB of address space at %#zx", kRegionSize >> 20, kRegionBase);
  }
}

}  // namespace hammerlock::explore
