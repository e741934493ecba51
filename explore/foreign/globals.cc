// SPDX-License-Identifier: Apache-2.0
#include "explore/foreign/globals.h"

#include <link.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "explore/runtime/scheduler.h"

// Where the runtime's own globals lie: it is compiled with these sections (own_sections.h).
extern "C" {
__attribute__((weak, visibility("hidden"))) extern char __start_hammerlock_data[];
__attribute__((weak, visibility("hidden"))) extern char __stop_hammerlock_data[];
__attribute__((weak, visibility("hidden"))) extern char __start_hammerlock_bss[];
__attribute__((weak, visibility("hidden"))) extern char __stop_hammerlock_bss[];
}

namespace hammerlock::explore {
namespace {

struct Range {
  char* begin;
  char* end;
  char* kept;
  bool watched;  // Write-protected: nobody has written to it yet.
};
constexpr int kMaxRanges = 4096;
Range ranges[kMaxRanges];
int range_count = 0;

// What is larger is left to the undo log.
constexpr size_t kLargest = size_t{4} << 20;
// Compared and put back piece by piece.
constexpr size_t kPiece = 1024;

void Add(uintptr_t begin, uintptr_t end) {
  if (begin >= end || end - begin > kLargest) return;
  if (range_count == kMaxRanges) Unsupported("it has more than %d pieces of globals", kMaxRanges);
  ranges[range_count++] = {reinterpret_cast<char*>(begin), reinterpret_cast<char*>(end), nullptr,
                           false};
}

// Takes [begin, end) out of all ranges.
void Exclude(uintptr_t begin, uintptr_t end) {
  if (begin >= end) return;
  const int before = range_count;
  for (int i = 0; i < before; ++i) {
    const uintptr_t from = reinterpret_cast<uintptr_t>(ranges[i].begin);
    const uintptr_t to = reinterpret_cast<uintptr_t>(ranges[i].end);
    if (end <= from || to <= begin) continue;
    ranges[i] = {};
    Add(from, begin);
    Add(end, to);
  }
}

bool IsNamed(const char* path, const char* start) {
  const char* const slash = strrchr(path, '/');
  return strncmp(slash != nullptr ? slash + 1 : path, start, strlen(start)) == 0;
}

// The C library and its loader keep streams, locks and memory that outlive an execution.
bool IsSystem(const char* path) {
  constexpr const char* kSystem[] = {"libc.so",       "ld-linux", "libgcc_s.so", "libm.so",
                                     "libpthread.so", "libdl.so", "linux-vdso"};
  for (const char* name : kSystem) {
    if (IsNamed(path, name)) return true;
  }
  return false;
}

// Addresses of functions that are looked up at their first call: once is enough.
void ExcludeLazyBindings(const dl_phdr_info& object, const ElfW(Phdr) & dynamic) {
  uintptr_t got = 0;
  size_t relocations = 0;
  const auto* entry = reinterpret_cast<const ElfW(Dyn)*>(object.dlpi_addr + dynamic.p_vaddr);
  for (; entry->d_tag != DT_NULL; ++entry) {
    if (entry->d_tag == DT_PLTGOT) got = entry->d_un.d_ptr;
    if (entry->d_tag == DT_PLTRELSZ) relocations = entry->d_un.d_val / sizeof(ElfW(Rela));
  }
  if (got != 0) Exclude(got, got + (3 + relocations) * sizeof(void*));
}

// Where the ranges of libstdc++ begin and end.
int first_watchable = 0;
int last_watchable = 0;

// Splits the ranges from `first` on at the borders of pages.
void SplitIntoPages(int first, uintptr_t page) {
  const int last = range_count;
  for (int i = first; i < last; ++i) {
    uintptr_t at = reinterpret_cast<uintptr_t>(ranges[i].begin);
    const uintptr_t end = reinterpret_cast<uintptr_t>(ranges[i].end);
    ranges[i] = {};
    while (at < end) {
      const uintptr_t next = (at / page + 1) * page;
      Add(at, next < end ? next : end);
      at = next;
    }
  }
}

// libstdc++ has much state that hardly any program touches: comparing all of it would take longer
// than a small execution. Its whole pages are therefore write-protected, and compared from the
// first write on. The program's own memory is not: the kernel writes to it, too.
struct sigaction other_handler;

void StopWatching(Range& range) {
  range.watched = false;
  mprotect(range.begin, range.end - range.begin, PROT_READ | PROT_WRITE);
}

void OnFault(int number, siginfo_t* info, void* context) {
  char* const at = static_cast<char*>(info->si_addr);
  for (int i = first_watchable; i < last_watchable; ++i) {
    Range& range = ranges[i];
    if (range.watched && at >= range.begin && at < range.end) return StopWatching(range);
  }
  other_handler.sa_sigaction(number, info, context);
}

void WatchForWrites(uintptr_t page) {
  if (first_watchable == last_watchable) return;
  sigaction(SIGSEGV, nullptr, &other_handler);
  if ((other_handler.sa_flags & SA_SIGINFO) == 0) return;  // A static initialiser's.
  struct sigaction action = other_handler;
  action.sa_sigaction = OnFault;
  sigaction(SIGSEGV, &action, nullptr);
  for (int i = first_watchable; i < last_watchable; ++i) {
    Range& range = ranges[i];
    const uintptr_t begin = reinterpret_cast<uintptr_t>(range.begin);
    if (begin % page != 0 || range.end - range.begin != static_cast<ptrdiff_t>(page)) continue;
    range.watched = mprotect(range.begin, page, PROT_READ) == 0;
  }
}

int AddObject(dl_phdr_info* object, size_t, void* page_size) {
  if (IsSystem(object->dlpi_name)) return 0;
  const uintptr_t page = *static_cast<const uintptr_t*>(page_size);
  const int first = range_count;
  for (int i = 0; i < object->dlpi_phnum; ++i) {
    const ElfW(Phdr)& part = object->dlpi_phdr[i];
    if (part.p_type != PT_LOAD || (part.p_flags & PF_W) == 0) continue;
    const uintptr_t begin = object->dlpi_addr + part.p_vaddr;
    // Apart, so that a large one of them does not leave the other to the undo log.
    Add(begin, begin + part.p_filesz);
    Add(begin + part.p_filesz, begin + part.p_memsz);
  }
  for (int i = 0; i < object->dlpi_phnum; ++i) {
    const ElfW(Phdr)& part = object->dlpi_phdr[i];
    const uintptr_t begin = object->dlpi_addr + part.p_vaddr;
    if (part.p_type == PT_GNU_RELRO) {
      Exclude(begin & ~(page - 1), (begin + part.p_memsz + page - 1) & ~(page - 1));
    }
    if (part.p_type == PT_DYNAMIC) ExcludeLazyBindings(*object, part);
  }
  if (IsNamed(object->dlpi_name, "libstdc++.so")) {
    first_watchable = range_count;
    SplitIntoPages(first, page);
    last_watchable = range_count;
  }
  return 0;
}

}  // namespace

void KeepMemory(void* begin, size_t size) {
  const uintptr_t at = reinterpret_cast<uintptr_t>(begin);
  Add(at, at + size);
}

void KeepGlobals() {
  uintptr_t page = static_cast<uintptr_t>(sysconf(_SC_PAGESIZE));
  dl_iterate_phdr(AddObject, &page);
  const auto address = [](char* p) { return reinterpret_cast<uintptr_t>(p); };
  Exclude(address(__start_hammerlock_data), address(__stop_hammerlock_data));
  Exclude(address(__start_hammerlock_bss), address(__stop_hammerlock_bss));
  size_t bytes = 0;
  for (int i = 0; i < range_count; ++i) bytes += ranges[i].end - ranges[i].begin;
  if (bytes == 0) return;
  char* kept = static_cast<char*>(
      mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
  if (kept == MAP_FAILED) Unsupported("no memory for a copy of the globals (%zu bytes)", bytes);
  for (int i = 0; i < range_count; ++i) {
    Range& range = ranges[i];
    const size_t size = range.end - range.begin;
    memcpy(kept, range.begin, size);
    range.kept = kept;
    kept += size;
  }
  WatchForWrites(page);
}

void RestoreGlobals() {
  for (int i = 0; i < range_count; ++i) {
    const Range& range = ranges[i];
    if (range.watched || range.begin == range.end) continue;
    const size_t size = range.end - range.begin;
    for (size_t at = 0; at < size; at += kPiece) {
      const size_t piece = size - at < kPiece ? size - at : kPiece;
      if (memcmp(range.begin + at, range.kept + at, piece) == 0) continue;
      memcpy(range.begin + at, range.kept + at, piece);
    }
  }
}

void StopWatchingGlobals() {
  for (int i = first_watchable; i < last_watchable; ++i) {
    if (ranges[i].watched) StopWatching(ranges[i]);
  }
}

}  // namespace hammerlock::explore
