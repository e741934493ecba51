// SPDX-License-Identifier: Apache-2.0
//
// The memory of Armv8-A, operationally: which values the loads of a multi-threaded program may
// read, and when its stores take effect. One thread of the host executes the guest's threads in
// turn, an instruction at a time, and asks here before and after each.
//
// Stores take effect in one order for all (multi-copy atomicity): each has a time stamp. A thread
// has views, points in that order, that say what each kind of access must be later than. Three
// things make memory weak:
// - a load reads a store that has been overwritten, as far as its view allows;
// - a store takes effect early: at a time before stores that were executed before it, unless a
//   load that has been made relied on its absence;
// - a load is deferred: it takes place when its register is used, or something orders it. A store
// of
//   that register waits for it.
//
// The guest's memory itself always holds the newest values. A load that is to read others has
// them patched in before the machine executes it, and put back afterwards.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <vector>

#include "emulate/a64/instruction.h"
#include "emulate/memory/deviation.h"
#include "emulate/memory/dice.h"
#include "emulate/memory/granules.h"
#include "emulate/memory/guest.h"
#include "emulate/memory/thread_state.h"

namespace hammerlock::emulate {

enum class Model : uint8_t {
  kArm,
  kTso,  // A load may overtake an earlier store, nothing else.
  kSc,
};

// How often, in 256 opportunities.
struct Rates {
  unsigned stale = 100;
  unsigned early = 90;
  unsigned deferred = 60;
  unsigned failed_exclusive = 3;
};

struct MemoryOptions {
  uint64_t seed = 1;
  Model model = Model::kArm;
  // Drawn anew every 256 events, around these: shapes that need many deviations of one kind, or
  // none of another, show more often.
  Rates rates;
  bool steady = false;           // The rates as they stand, always.
  unsigned stale_in_a_row = 16;  // By a thread, of a granule: then it reads what is newest.
  unsigned defer_for = 40;       // Instructions of the thread.
  int history = 16;              // Messages kept of a granule.
};

class WeakMemory {
 public:
  // What is to become of the instruction.
  enum class Step {
    kExecute,  // The machine executes it. Before anything else it calls After.
    kSkip,     // It has been carried out here.
  };

  // REQUIRES: the others outlive this object.
  WeakMemory(const MemoryOptions& options, Guest& guest, Deviations& deviations);

  // A thread begins, with all that has happened so far known to it; `thread` is any number that is
  // not in use. Threads that end need not say so.
  void Begin(int thread);
  // What the world outside is about to see or has changed (a system call, a wake-up): the thread's
  // accesses have all taken place, and it knows whatever there is.
  void Synchronise(int thread);
  // Whether the thread has loaded exclusively and not yet stored.
  bool InExclusive(int thread) const { return threads_[thread].monitor.set; }
  // All of memory is as it stands, and every thread knows.
  void Forget();

  // The thread is about to execute the instruction.
  Step Before(int thread, const Instruction& instruction);
  // The machine is done with the last instruction, for which Before said kExecute.
  void After(int thread);

 private:
  struct Patch {
    uint8_t* at;
    uint64_t newest;
  };
  // The part of an access that lies in one granule.
  struct Part {
    Granule* granule;
    ByteMask mask;
  };

  // What a read takes: up to which message, and the reader's view after it.
  struct Read {
    int cut;
    View view;
  };

  // Two time stamps with less between them have no room for a third.
  static constexpr View kRoom = 16;
  static constexpr size_t kMostRecent = 24;

  ThreadState& Of(int thread) { return threads_[thread]; }
  // What the thread does now, or did when its number was `number`.
  Event EventOf(int thread) { return EventOf(thread, Of(thread).events); }
  static Event EventOf(int thread, uint64_t number) {
    return {static_cast<uint16_t>(thread), number};
  }
  // Of the registers that form the address.
  static View AddressView(const ThreadState& state, const Instruction& instruction);
  // Whether an opportunity of so many in 256 is taken. The event is one of the running thread.
  bool Deviates(const Event& event, unsigned salt, unsigned of_256);
  const Rates& RatesNow();
  View NextTime();
  // Null if it is not modelled: not there, or not writable.
  Granule* GranuleAt(uint64_t address);
  bool IsModelled(uint64_t address, unsigned bytes);

  // loads.cc
  int OldestCut(int thread, Granule& granule, ByteMask mask, View before);
  View ViewOf(int thread, Granule& granule, ByteMask mask, int cut, View before, bool acquire);
  void Rely(int thread, Granule& granule, ByteMask mask, int cut, View before, View after);
  int ChooseCut(int thread, const Event& event, const Part& part, View before, uint64_t pc);
  Read ReadPart(int thread, const Event& event, const Part& part, View before, bool acquire,
                uint64_t pc);
  void PatchIn(Granule& granule, int cut);
  void Unpatch();
  Step Load(int thread, const Instruction& instruction, uint64_t address);
  bool Defer(int thread, const Instruction& instruction, uint64_t address, View before);
  void Resolve(int thread, int number);
  void ResolveAmong(int thread, uint32_t registers);
  void ResolveOverlapping(int thread, uint64_t address, unsigned bytes);

  // stores.cc
  View LowerBound(const ThreadState& state, const Instruction& instruction, View data);
  Step Store(int thread, const Instruction& instruction, uint64_t address);
  void StoreWaiting(int thread, int number);
  void FinishStore(int thread);
  static void Stored(ThreadState& state, View time, bool release);
  View Put(int thread, const Event& event, const Part& part, uint64_t value, View lower,
           View forward, bool modifies, uint64_t pc);
  View EarlyTime(const Event& event, const Part& part, View lower, View upper, bool modifies);
  bool FitsAt(const Part& part, View time, bool modifies);
  void Insert(int thread, const Part& part, uint64_t value, View time, View forward, bool modifies);

  // atomics.cc
  Step StoreExclusive(int thread, const Instruction& instruction, uint64_t address);
  Step Modify(int thread, const Instruction& instruction, uint64_t address);

  // weak_memory.cc
  uint64_t AddressOf(const Instruction& instruction);
  Step Access(int thread, const Instruction& instruction);
  void Compute(ThreadState& state, const Instruction& instruction);
  void Barrier(int thread, Fence fence);
  // Whether the instruction stores a register whose load is deferred, and may wait for it.
  static bool MayWait(const ThreadState& state, const Instruction& instruction);

  const MemoryOptions options_;
  Guest& guest_;
  Deviations& deviations_;
  const Dice dice_;
  Granules granules_;
  std::deque<ThreadState> threads_;
  View now_ = 0;              // The latest time stamp.
  std::vector<View> recent_;  // The latest ones that were given in order, and when early ones came.
  Rates rates_;               // Of this stretch.
  uint64_t stretch_ = ~uint64_t{0};
  std::vector<Patch> patches_;
  uint64_t accesses_ = 0;
};

}  // namespace hammerlock::emulate
