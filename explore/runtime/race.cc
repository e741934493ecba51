// SPDX-License-Identifier: Apache-2.0
#include "explore/runtime/race.h"

#include <link.h>

#include "explore/runtime/execution.h"
#include "explore/runtime/mutation.h"
#include "explore/runtime/pool.h"
#include "explore/runtime/report.h"

namespace hammerlock::explore {

bool g_solo = true;
Time g_now = 0;
bool g_race_checking = true;
bool g_plain_points = false;
uint8_t g_owner = kNobody;

namespace {

// The thread-local storage of each module.
struct Range {
  uintptr_t begin;
  size_t size;
};
Range system_thread[32];
int system_ranges = 0;

int AddSystemThread(dl_phdr_info* info, size_t, void*) {
  for (int i = 0; i < info->dlpi_phnum && info->dlpi_tls_data != nullptr; ++i) {
    if (info->dlpi_phdr[i].p_type != PT_TLS || system_ranges == 32) continue;
    system_thread[system_ranges++] = {reinterpret_cast<uintptr_t>(info->dlpi_tls_data),
                                      info->dlpi_phdr[i].p_memsz};
  }
  return 0;
}

// An access that a cell's two own records have no room for.
struct Access {
  Access* next;
  Time time;
  uint8_t thread;
  uint8_t mask;
  bool write;
};

Access* More(const Cell& cell) {
  return cell.more == 0 ? nullptr : static_cast<Access*>(g_pool.At(cell.more));
}

bool HappensBefore(uint8_t thread, Time time) { return time <= Self().clock.times()[thread]; }

void Race(uintptr_t address, uint8_t thread, bool earlier_write, bool write, const void* pc,
          const char* kind) {
  if (!g_race_checking) return;
  ReportRace(address, ThreadById(thread), earlier_write, write, kind, pc);
}

void UseAfterFree(const Cell& cell, uintptr_t address, bool write, const void* pc) {
  if (cell.freed) ReportUseAfterFree(address, write, pc);
}

// Whether one of two accesses to the same bytes is a write.
bool Conflict(bool earlier_write, bool write) {
  if (Mutated(Mutation::kReadsIgnorePlainWrites) && earlier_write && !write) return false;
  if (Mutated(Mutation::kWritesIgnorePlainWrites) && earlier_write && write) return false;
  if (Mutated(Mutation::kWritesIgnorePlainReads) && !earlier_write) return false;
  return earlier_write || write;
}

// The accesses kept aside that an access to `mask` conflicts with.
void CheckMore(const Cell& cell, uintptr_t address, uint8_t mask, bool write, const void* pc,
               const char* kind) {
  for (const Access* a = More(cell); a != nullptr; a = a->next) {
    if ((a->mask & mask) != 0 && Conflict(a->write, write) && !HappensBefore(a->thread, a->time)) {
      Race(address, a->thread, a->write, write, pc, kind);
    }
  }
}

// `kind` is what this access is.
void CheckPlain(const Cell& cell, uintptr_t address, uint8_t mask, bool write, const void* pc,
                const char* kind = "plain") {
  if ((cell.write_mask & mask) != 0 && Conflict(true, write) &&
      !HappensBefore(cell.write_thread, cell.write_time)) {
    Race(address, cell.write_thread, true, write, pc, kind);
  }
  if ((cell.read_mask & mask) != 0 && Conflict(false, write) &&
      !HappensBefore(cell.read_thread, cell.read_time)) {
    Race(address, cell.read_thread, false, write, pc, kind);
  }
  if (cell.more != 0) CheckMore(cell, address, mask, write, pc, kind);
}

void KeepAside(Cell& cell, uint8_t thread, Time time, uint8_t mask, bool write) {
  Access* const access = static_cast<Access*>(g_pool.Take(sizeof(Access)));
  *access = {More(cell), time, thread, mask, write};
  cell.more = g_pool.PlaceOf(access);
}

// The bytes that the record of the calling thread's present access has, in place of `earlier` ones
// of an access of the same kind. What this makes needless goes, the rest is kept aside.
uint8_t Replace(Cell& cell, uint8_t thread, Time time, uint8_t earlier, uint8_t mask, bool write) {
  if (HappensBefore(thread, time)) earlier &= ~mask;
  if (earlier == 0) return mask;
  if (thread == Self().id && time == g_now) return mask | earlier;
  if (!Mutated(write ? Mutation::kWritesReplaceWrites : Mutation::kReadsReplaceReads)) {
    KeepAside(cell, thread, time, earlier, write);
  }
  return mask;
}

// Drops the bytes of `mask` from the accesses kept aside that this thread's present access
// makes needless: its writes cover everything, its reads cover reads. What is left without bytes
// goes, so that there are never many.
void DropMore(Cell& cell, uint8_t mask, bool write) {
  Access* last = nullptr;
  for (Access* a = More(cell); a != nullptr; a = a->next) {
    const bool known = HappensBefore(a->thread, a->time) || Mutated(Mutation::kUnknownIsForgotten);
    if ((write || !a->write) && known) a->mask &= ~mask;
    if (a->mask != 0) {
      last = a;
    } else if (last != nullptr) {
      last->next = a->next;
    } else {
      cell.more = a->next == nullptr ? 0 : g_pool.PlaceOf(a->next);
    }
  }
}

}  // namespace

void PrepareRaces() { dl_iterate_phdr(AddSystemThread, nullptr); }

bool IsOfSystemThread(uintptr_t address) {
  for (int i = 0; i < system_ranges; ++i) {
    if (address - system_thread[i].begin < system_thread[i].size) return true;
  }
  return false;
}

namespace {

// After an access of the calling thread.
void SettleOwner(Cell& cell, uint8_t id) {
  if (cell.write_mask == 0) cell.write_thread = id;
  if (cell.read_mask == 0) cell.read_thread = id;
  const bool alone = cell.write_thread == id && cell.read_thread == id;
  cell.owner = alone && (cell.more | cell.locations) == 0 ? static_cast<uint8_t>(id + 1) : 0;
}

__attribute__((noinline)) void ReadShared(uintptr_t address, uint8_t mask, const void* pc) {
  Cell& cell = CellAt(address);
  const uint8_t id = static_cast<uint8_t>(Self().id);
  // What this thread has just read or written itself cannot have changed without a race.
  if (cell.read_time == g_now && cell.read_thread == id &&
      ((mask & ~cell.read_mask) == 0 || Mutated(Mutation::kSameTimeIgnoresBytes))) {
    return;
  }
  if (cell.write_time == g_now && cell.write_thread == id && (mask & ~cell.write_mask) == 0) return;
  if (Self().ignores_reads != 0 || (!InRegion(address) && IsOfSystemThread(address))) return;
  UseAfterFree(cell, address, false, pc);
  CheckPlain(cell, address, mask, false, pc);
  if (cell.locations != 0) CheckAgainstAtomics(cell, address, mask, false, pc);
  if (cell.more != 0) DropMore(cell, mask, false);
  RecordPlain(address, mask, false, pc);
  if (cell.read_mask != 0) {
    mask = Replace(cell, cell.read_thread, cell.read_time, cell.read_mask, mask, false);
  }
  cell.read_thread = id;
  cell.read_time = g_now;
  cell.read_mask = mask;
  SettleOwner(cell, id);
}

__attribute__((noinline)) void WriteShared(uintptr_t address, uint8_t mask, const void* pc) {
  Cell& cell = CellAt(address);
  const uint8_t id = static_cast<uint8_t>(Self().id);
  if (cell.write_time == g_now && cell.write_thread == id && (mask & ~cell.write_mask) == 0 &&
      (cell.read_mask == 0 &&
       (cell.locations == 0 || Mutated(Mutation::kSameTimeIgnoresLocations)))) {
    return;
  }
  if (!InRegion(address) && IsOfSystemThread(address)) return;
  SaveForUndo(cell, address);
  cell.written |= mask;
  UseAfterFree(cell, address, true, pc);
  if (g_solo || Self().ignores_writes != 0) return;
  CheckPlain(cell, address, mask, true, pc);
  if (cell.locations != 0) {
    CheckAgainstAtomics(cell, address, mask, true, pc);
    EndHistories(cell, mask);
  }
  if (cell.more != 0) DropMore(cell, mask, true);
  RecordPlain(address, mask, true, pc);
  if (HappensBefore(cell.read_thread, cell.read_time)) cell.read_mask &= ~mask;
  if (cell.write_mask != 0) {
    mask = Replace(cell, cell.write_thread, cell.write_time, cell.write_mask, mask, true);
  }
  cell.write_thread = id;
  cell.write_time = g_now;
  cell.write_mask = mask;
  SettleOwner(cell, id);
}

// Makes a new cell the calling thread's.
void Claim(Cell& cell) {
  cell = Cell{};
  cell.epoch = g_epoch;
  cell.owner = g_owner;
  cell.write_thread = cell.read_thread = static_cast<uint8_t>(g_owner - 1);
}

// Whether a cell that is not new holds nothing but accesses that happen before the present one,
// none of them to bytes that are not among these.
bool IsSettled(const Cell& cell, uint8_t mask) {
  return (cell.more | cell.locations) == 0 && !cell.freed &&
         (((cell.write_mask | cell.read_mask) & ~mask) == 0 ||
          Mutated(Mutation::kSettledIgnoresBytes)) &&
         (HappensBefore(cell.write_thread, cell.write_time) ||
          Mutated(Mutation::kSettledIgnoresWrites)) &&
         (HappensBefore(cell.read_thread, cell.read_time) ||
          Mutated(Mutation::kSettledIgnoresReads));
}

// Calls `f` for each granule that an access has bytes of: the address of the first, how many.
template <class F>
void ForGranules(uintptr_t address, size_t size, F f) {
  const uintptr_t end = address + size;
  for (uintptr_t next; address < end; address = next) {
    next = (address & ~uintptr_t{7}) + 8;
    if (next > end) next = end;
    f(address, static_cast<unsigned>(next - address));
  }
}

// An access of any size with race=0.
__attribute__((noinline)) void Unchecked(uintptr_t address, size_t size, bool write,
                                         const void* pc) {
  if (!InRegion(address) && IsOfSystemThread(address)) return;
  if (g_plain_points && !g_solo && !RunsAlone()) Point();
  ForGranules(address, size, [&](uintptr_t at, unsigned here) {
    const uint8_t mask = MaskOf(at, here);
    Cell& cell = CellAt(at);
    if (write) {
      SaveForUndo(cell, at);
      cell.written |= mask;
    }
    UseAfterFree(cell, at, write, pc);
    if (g_solo) return;
    RecordPlain(at, mask, write, pc);
    const uintptr_t granule = at & ~uintptr_t{7};
    if (write) {
      WritePlainly(cell, granule, mask);
    } else {
      ReadPlainly(cell, granule, mask);
    }
  });
}

}  // namespace

void PlainReadSlow(uintptr_t address, unsigned size, const void* pc) {
  if (!Watching()) return;
  if (g_solo) return AccessAlone(address, size, false, pc);
  if (!g_race_checking) return Unchecked(address, size, false, pc);
  if ((address & 7) + size > 8) return PlainRange(address, size, false, pc);
  const uint8_t mask = MaskOf(address, size);
  if (g_owner == kNobody || !InRegion(address)) return ReadShared(address, mask, pc);
  Cell& cell = RegionCell(address);
  if (cell.epoch != g_epoch) {
    Claim(cell);
  } else if (IsSettled(cell, mask)) {
    const uint8_t id = static_cast<uint8_t>(g_owner - 1);
    if (cell.write_mask == 0) cell.write_thread = id;
    cell.read_thread = id;
    cell.owner = cell.write_thread == id ? g_owner : 0;
  } else {
    return ReadShared(address, mask, pc);
  }
  cell.read_mask = mask;
  cell.read_time = g_now;
}

void PlainWriteSlow(uintptr_t address, unsigned size, const void* pc) {
  // Of a stack that one thread alone can have used so far nothing needs to be known.
  if (!Watching() || (g_solo && address - kRegionBase < kStacksSize)) return;
  if (g_fair) NoteWritten(address, size);
  if (!g_race_checking) return Unchecked(address, size, true, pc);
  if ((address & 7) + size > 8) return PlainRange(address, size, true, pc);
  const uint8_t mask = MaskOf(address, size);
  if (g_owner == kNobody || !InRegion(address)) return WriteShared(address, mask, pc);
  Cell& cell = RegionCell(address);
  if (cell.epoch != g_epoch) {
    Claim(cell);
  } else if (IsSettled(cell, mask)) {
    cell.write_thread = cell.read_thread = static_cast<uint8_t>(g_owner - 1);
    cell.read_mask = 0;
    cell.owner = g_owner;
  } else {
    return WriteShared(address, mask, pc);
  }
  cell.write_mask = mask;
  cell.write_time = g_now;
  cell.written |= mask;
}

void AccessAlone(uintptr_t address, unsigned size, bool write, const void* pc) {
  if (!InHeap(reinterpret_cast<void*>(address))) return;
  const uintptr_t ends[] = {address, address + size - 1};
  for (const uintptr_t at : ends) {
    const Cell& cell = RegionCell(at);
    if (cell.epoch == g_epoch) UseAfterFree(cell, at, write, pc);
  }
}

__attribute__((noinline)) void PlainRange(uintptr_t address, size_t size, bool write,
                                          const void* pc) {
  if (!Watching() || (g_solo && address - kRegionBase < kStacksSize)) return;
  if (!g_race_checking) return Unchecked(address, size, write, pc);
  ForGranules(address, size, [&](uintptr_t at, unsigned here) {
    if (write) {
      PlainWrite(at, here, pc);
    } else {
      PlainRead(at, here, pc);
    }
  });
}

void BeforeAtomicReadSlow(Cell& cell, uintptr_t address, uint8_t mask, const void* pc) {
  UseAfterFree(cell, address, false, pc);
  if (InHeap(reinterpret_cast<void*>(address)) && (mask & ~cell.written) != 0) {
    ReportUninitialised(address, pc);
  }
}

void BeforeAtomicWriteSlow(Cell& cell, uintptr_t address, const void* pc) {
  UseAfterFree(cell, address, true, pc);
}

void AfterAtomicSlow(Cell& cell, uintptr_t address, uint8_t mask, bool write, const void* pc) {
  if (Mutated(write ? Mutation::kAtomicWritesIgnorePlain : Mutation::kAtomicReadsIgnorePlain))
    return;
  CheckPlain(cell, address, mask, write, pc, "atomic");
}

void Freed(uintptr_t address, size_t size, const void* pc) {
  for (uintptr_t a = address; a < address + size; a += 8) {
    Cell& cell = CellAt(a);
    if (cell.owner != g_owner && !g_solo && (cell.write_mask | cell.read_mask | cell.more) != 0) {
      CheckPlain(cell, a, 0xff, true, pc);
    }
    if (cell.locations != 0 && !g_solo) CheckAgainstAtomics(cell, a, 0xff, true, pc);
    cell.owner = 0;
    cell.freed = true;
  }
}

void Allocated(uintptr_t address, size_t size) {
  for (uintptr_t a = address; a < address + size; a += 8) {
    Cell& cell = CellAt(a);
    cell = Cell{};
    cell.epoch = g_epoch;
  }
}

}  // namespace hammerlock::explore
