// SPDX-License-Identifier: Apache-2.0
//
// malloc and its kin for the program under test: blocks of the region, all of them given back
// when the execution ends. The addresses repeat from one execution to the next.
//
// Whether freed blocks are used again, last in first out as real allocators do (which is what shows
// ABA), or never (which is what shows each use after free), is a choice of the execution.
#include <errno.h>
#include <link.h>
#include <malloc.h>
#include <stdint.h>
#include <string.h>

#include "explore/runtime/cell.h"
#include "explore/runtime/choose.h"
#include "explore/runtime/execution.h"
#include "explore/runtime/pool.h"
#include "explore/runtime/race.h"
#include "explore/runtime/recording.h"
#include "explore/runtime/region.h"
#include "explore/runtime/runtime.h"

extern "C" {
void* __libc_malloc(size_t);
void __libc_free(void*);
void* __libc_calloc(size_t, size_t);
void* __libc_realloc(void*, size_t);
void* __libc_memalign(size_t, size_t);
}

namespace hammerlock::explore {

bool g_tracks_leaks = false;

namespace {

constexpr uint64_t kAllocated = 0x616c6c6f63617465u;
constexpr uint64_t kFreed = 0x6672656564626c6bu;
constexpr size_t kUnit = 16;
constexpr size_t kClasses = 65;  // Up to 1 KB; larger blocks share the last list.
constexpr uint8_t kFill = 0xa5;  // So that reading what was not written repeats as well.

// Before each block.
struct alignas(kUnit) Header {
  uint64_t state;
  size_t size;
  Header* next_free;
  Header* next_block;  // Of all, where leaks are looked for.
};

char* next = nullptr;
// A list of an earlier execution is empty.
struct FreeList {
  Header* first;
  uint32_t epoch;
};
FreeList free_blocks[kClasses];
Header* all_blocks = nullptr;
enum class Reuse : uint8_t { kUndecided, kLastInFirstOut, kNever };
Reuse reuse = Reuse::kUndecided;

// Pointers that are dealt with when the execution has ended.
struct Pointer {
  Pointer* next;
  void* at;
};
Pointer* harness_blocks = nullptr;  // Allocated by the harness within the execution.
Pointer* freed_outside = nullptr;   // Blocks of the real heap that the program freed.

// The code of the C library and of its loader: what they allocate for themselves outlives
// executions.
struct Library {
  uintptr_t begin;
  uintptr_t end;

  bool Has(uintptr_t address) const { return address - begin < end - begin; }
};
Library libc, loader;

bool FromLibc(const void* caller) {
  const uintptr_t c = reinterpret_cast<uintptr_t>(caller);
  return libc.Has(c) || loader.Has(c);
}

// Fills in the rest of a library that so far is one address in it.
int FindExtent(dl_phdr_info* object, size_t, void* library) {
  Library whole = {UINTPTR_MAX, 0};
  for (int i = 0; i < object->dlpi_phnum; ++i) {
    const ElfW(Phdr)& part = object->dlpi_phdr[i];
    if (part.p_type != PT_LOAD) continue;
    const uintptr_t begin = object->dlpi_addr + part.p_vaddr;
    if (begin < whole.begin) whole.begin = begin;
    if (begin + part.p_memsz > whole.end) whole.end = begin + part.p_memsz;
  }
  Library* const wanted = static_cast<Library*>(library);
  if (!whole.Has(wanted->begin)) return 0;
  *wanted = whole;
  return 1;
}

Library LibraryWith(const char* function) {
  // Not what & gives, which may be the program's own way to the function.
  const uintptr_t at = reinterpret_cast<uintptr_t>(RealFunction(function));
  Library library = {at, at};
  dl_iterate_phdr(FindExtent, &library);
  return library;
}

size_t ClassOf(size_t size) {
  const size_t units = (size + kUnit - 1) / kUnit;
  return units < kClasses - 1 ? units : kClasses - 1;
}

Header*& FreeBlocks(size_t size) {
  FreeList& list = free_blocks[ClassOf(size)];
  if (list.epoch != g_epoch) list = {nullptr, g_epoch};
  return list.first;
}

Header* HeaderOf(void* block) { return static_cast<Header*>(block) - 1; }

bool MayReuse() {
  if (reuse == Reuse::kUndecided) {
    reuse = g_chooser.Settle(g_chooser.Below(2), 2) == 0 ? Reuse::kLastInFirstOut : Reuse::kNever;
  }
  return reuse == Reuse::kLastInFirstOut;
}

void* Reused(size_t size, size_t alignment) {
  Header** at = &FreeBlocks(size);
  for (; *at != nullptr; at = &(*at)->next_free) {
    Header* const header = *at;
    if (header->size != size || reinterpret_cast<uintptr_t>(header + 1) % alignment != 0) continue;
    if (!MayReuse()) return nullptr;
    *at = header->next_free;
    header->state = kAllocated;
    Allocated(reinterpret_cast<uintptr_t>(header + 1), size);
    return header + 1;
  }
  return nullptr;
}

// Of whole units: most are few.
void FillNew(void* block, size_t size) {
  if (size > 8 * kUnit) {
    memset(block, kFill, size);
    return;
  }
  char* const at = static_cast<char*>(block);
  for (size_t i = 0; i < size; i += kUnit) __builtin_memset(at + i, kFill, kUnit);
}

void* Allocate(size_t size, size_t alignment) {
  size = size == 0 ? kUnit : (size + kUnit - 1) & ~(kUnit - 1);
  if (alignment < kUnit) alignment = kUnit;
  void* block = Reused(size, alignment);
  if (block == nullptr) {
    if (size > kHeapSize) return errno = ENOMEM, nullptr;
    const uintptr_t at =
        (reinterpret_cast<uintptr_t>(next) + sizeof(Header) + alignment - 1) & ~(alignment - 1);
    if (at + size > kHeapBase + kHeapSize) {
      Unsupported("an execution needs more than %zu MB of heap", kHeapSize >> 20);
    }
    block = reinterpret_cast<void*>(at);
    next = static_cast<char*>(block) + size;
    Header* const header = HeaderOf(block);
    header->state = kAllocated;
    header->size = size;
    if (g_tracks_leaks) {
      header->next_block = all_blocks;
      all_blocks = header;
    }
  }
  FillNew(block, size);
  RecordSync(Event::kAllocate, block, nullptr, 0, size);
  return block;
}

void Remember(Pointer*& list, void* at) {
  Pointer* const p = static_cast<Pointer*>(g_pool.Take(sizeof(Pointer)));
  *p = {list, at};
  list = p;
}

[[noreturn, gnu::cold, gnu::noinline]] void FailToFree(void* block, const Header& header,
                                                       const void* pc) {
  if (g_recording) RecordFree(block, header.size, pc);
  RecordCulprit(reinterpret_cast<uintptr_t>(block), -1);
  if (header.state == kFreed) {
    FailHere(FailureKind::kBadFree, "double free of %p (%zu bytes)", block, header.size);
  }
  FailHere(FailureKind::kBadFree, "free of %p, which is not the start of an allocated block",
           block);
}

inline void Free(void* block, const void* pc) {
  Header* const header = HeaderOf(block);
  if (reinterpret_cast<uintptr_t>(block) % kUnit != 0 || header->state != kAllocated) {
    FailToFree(block, *header, pc);
  }
  if (__builtin_expect(g_recording, false)) RecordFree(block, header->size, pc);
  Freed(reinterpret_cast<uintptr_t>(block), header->size, pc);
  header->state = kFreed;
  Header*& list = FreeBlocks(header->size);
  header->next_free = list;
  list = header;
}

void FreeOutside(void* block, const void* pc) {
  const uintptr_t at = reinterpret_cast<uintptr_t>(block);
  if (CellAt(at).freed) FailHere(FailureKind::kBadFree, "double free of %p", block);
  Freed(at, malloc_usable_size(block) & ~size_t{7}, pc);
  Remember(freed_outside, block);
}

void* Real(void* block) {
  if (g_executing && block != nullptr) Remember(harness_blocks, block);
  return block;
}

bool Ours(const void* caller) { return Watching() && !FromLibc(caller); }

void* AllocateFor(const void* caller, size_t size, size_t alignment) {
  return Ours(caller) ? Allocate(size, alignment) : Real(__libc_memalign(alignment, size));
}

}  // namespace

void PrepareHeap() {
  libc = LibraryWith("strdup");
  loader = LibraryWith("__tls_get_addr");
}

void ResetHeap() {
  next = reinterpret_cast<char*>(kHeapBase);
  all_blocks = nullptr;
  harness_blocks = freed_outside = nullptr;
  reuse = Reuse::kUndecided;
}

void SettleFrees() {
  for (const Pointer* p = freed_outside; p != nullptr; p = p->next) {
    for (const Pointer* h = harness_blocks; h != nullptr; h = h->next) {
      if (h->at != p->at) continue;
      __libc_free(p->at);
      break;
    }
  }
}

size_t LeakedBytes(size_t* blocks) {
  size_t bytes = 0;
  for (const Header* h = all_blocks; h != nullptr; h = h->next_block) {
    if (h->state != kAllocated) continue;
    bytes += h->size;
    ++*blocks;
  }
  return bytes;
}

}  // namespace hammerlock::explore

using namespace hammerlock::explore;

#define CALLER __builtin_return_address(0)

extern "C" {

void* malloc(size_t size) {
  return Ours(CALLER) ? Allocate(size, kUnit) : Real(__libc_malloc(size));
}

void free(void* block) {
  if (block == nullptr) return;
  if (!InHeap(block)) {
    if (Ours(CALLER)) return FreeOutside(block, CALLER);
    return __libc_free(block);
  }
  // The driver's view of an execution that is over: its memory goes by itself.
  if (g_executing) Free(block, CALLER);
}

void* calloc(size_t count, size_t size) {
  if (!Ours(CALLER)) return Real(__libc_calloc(count, size));
  size_t bytes;
  if (__builtin_mul_overflow(count, size, &bytes)) return errno = ENOMEM, nullptr;
  void* const block = Allocate(bytes, kUnit);
  if (block == nullptr) return nullptr;
  memset(block, 0, bytes);
  for (uintptr_t a = reinterpret_cast<uintptr_t>(block), end = a + bytes; a < end; a += 8) {
    CellAt(a).written = 0xff;
  }
  return block;
}

void* realloc(void* block, size_t size) {
  if (block == nullptr) return Ours(CALLER) ? Allocate(size, kUnit) : Real(__libc_malloc(size));
  if (!InHeap(block) && !Ours(CALLER)) return Real(__libc_realloc(block, size));
  const size_t old = InHeap(block) ? HeaderOf(block)->size : malloc_usable_size(block);
  void* const moved = Ours(CALLER) ? Allocate(size, kUnit) : Real(__libc_malloc(size));
  if (moved == nullptr) return nullptr;
  const size_t kept = old < size ? old : size;
  if (Watching()) {
    PlainRange(reinterpret_cast<uintptr_t>(block), kept, false, CALLER);
    PlainRange(reinterpret_cast<uintptr_t>(moved), kept, true, CALLER);
  }
  memcpy(moved, block, kept);
  if (InHeap(block)) {
    Free(block, CALLER);
  } else {
    FreeOutside(block, CALLER);
  }
  return moved;
}

void* memalign(size_t alignment, size_t size) { return AllocateFor(CALLER, size, alignment); }

void* aligned_alloc(size_t alignment, size_t size) { return AllocateFor(CALLER, size, alignment); }

int posix_memalign(void** into, size_t alignment, size_t size) {
  if (alignment % sizeof(void*) != 0 || (alignment & (alignment - 1)) != 0) return EINVAL;
  void* const block = AllocateFor(CALLER, size, alignment);
  if (block == nullptr) return ENOMEM;
  *into = block;
  return 0;
}

}  // extern "C"
