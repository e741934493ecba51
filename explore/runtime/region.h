// SPDX-License-Identifier: Apache-2.0
//
// The region: one range of addresses, the same in every process, with the stacks of the
// program's threads and its heap. Fixed addresses make executions repeat exactly (containers
// that order by pointer), and cells findable without a search.
#pragma once

#include <cstddef>
#include <cstdint>

namespace hammerlock::explore {

inline constexpr uintptr_t kRegionBase = 0x100000000000;
inline constexpr size_t kMainStackSize = size_t{8} << 20;
inline constexpr size_t kStackSize = size_t{512} << 10;
inline constexpr size_t kStacksSize = size_t{160} << 20;  // Main's, and kMaxThreads others.
inline constexpr uintptr_t kHeapBase = kRegionBase + kStacksSize;
inline constexpr size_t kRegionSize = size_t{1} << 30;
inline constexpr size_t kHeapSize = kRegionSize - kStacksSize;

inline bool InHeap(const void* p) { return reinterpret_cast<uintptr_t>(p) - kHeapBase < kHeapSize; }
inline bool InRegion(uintptr_t address) { return address - kRegionBase < kRegionSize; }

// The top of a thread's stack. Below each lies a guard.
inline uintptr_t StackTop(int thread) {
  return kRegionBase + kMainStackSize + static_cast<size_t>(thread) * kStackSize;
}
// Makes the guard of the next stack.
void GuardStack();
extern int g_guarded_stacks;
// Where a thread's stack begins to be used. Tops lie at equal distances: all of them, and their
// cells, would compete for a few sets of the caches.
inline uintptr_t StackStart(int thread) {
  constexpr uintptr_t kPage = 4096, kLine = 64;
  while (g_guarded_stacks <= thread) GuardStack();
  return StackTop(thread) - static_cast<uintptr_t>(thread % 16) * (kPage + 7 * kLine);
}
// Whether the address lies in the guard below some thread's stack; then *thread is set.
bool InStackGuard(uintptr_t address, int* thread);

void ReserveRegion();

}  // namespace hammerlock::explore
