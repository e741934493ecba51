// SPDX-License-Identifier: Apache-2.0
//
// The machine that the Arm engine makes of QEMU: one CPU that takes the guest's threads in turn, an
// instruction at a time, with the weak memory between them. As long as the program has one thread,
// QEMU runs it at its full speed, and nothing here is asked but at system calls.
//
// Deterministic: every choice comes from the seed.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "emulate/a64/instruction.h"
#include "emulate/guest/cpu.h"
#include "emulate/guest/options.h"
#include "emulate/guest/threads.h"
#include "emulate/memory/dice.h"
#include "emulate/memory/weak_memory.h"

namespace hammerlock::emulate {

// The system call by which a program calls the engine; scenario/hammerlock.h makes it.
inline constexpr uint64_t kEngineCall = 0x68616d6d;

// What a system call returns that fails with `number`, one of errno.h: Linux has the same ones for
// aarch64 and x86_64.
constexpr uint64_t Error(int number) { return static_cast<uint64_t>(-int64_t{number}); }

// An instruction at its place.
struct Place {
  Instruction instruction;
  uint64_t pc;
};

class Machine : public Guest, public Deviations {
 public:
  explicit Machine(const GuestOptions& options);

  // Whether threads are there, so that each instruction comes here.
  bool active() const { return active_; }
  // Before each instruction while active. May not return: it goes on elsewhere.
  void Step(const Place& place);
  // Before a system call, or a change of the thread pointer, of a thread that runs alone.
  void StepAlone(const Place& place);
  // Before the kernel gets to see a system call: those that are not carried out here.
  void SystemCallPasses(int64_t number, const uint64_t (&arguments)[6]);
  // In a child process, right after a fork.
  void Forked();
  // The process ends.
  void Finish();

  // Guest.
  uint64_t X(int number) override {
    return elsewhere_ != nullptr ? elsewhere_->x[number] : cpu_.X(number);
  }
  void SetX(int number, uint64_t value) override {
    (elsewhere_ != nullptr ? elsewhere_->x[number] : cpu_.X(number)) = value;
  }
  uint64_t pc() override { return cpu_.pc(); }
  uint8_t* Bytes(uint64_t address, unsigned size) override;

  // Deviations.
  bool Forbidden(const Event& event) override;
  void Note(const Deviation& deviation) override;

 private:
  // machine.cc
  void Attach();
  void Reseed(uint64_t seed);
  void Activate();
  void RunAlone();
  void RunTogether();
  GuestThread& Current() { return threads_.current(); }
  // Whether another thread takes over here.
  void MaySwitch();
  // The running thread's next scheduling point.
  Event NextPoint();
  // One that can run takes over, as the dice say; it may be the running one.
  void HandOver(const Event& point, unsigned salt);
  [[noreturn]] void SwitchTo(int number);
  // The running thread cannot go on: another one does.
  [[noreturn]] void RunAnother();
  // The same; the instruction, a system call, is behind it once it is ready again.
  [[noreturn]] void Wait(State state);
  // The instruction has been carried out.
  [[noreturn]] void Skip();
  [[noreturn]] void Return(uint64_t value);
  bool Advance();  // The clock, to the next deadline. False: there is none.
  void WakeDue();
  void Ready(int number, uint64_t result);
  std::string WhereThreadsAre();
  [[noreturn]] void Deadlock();
  [[noreturn]] void Fail(const std::string& why, int code);

  // system_calls.cc
  void SystemCall();
  void Clone();
  void Exit();
  bool Block(int64_t number);  // Parks the thread if the call would block.

  // futex.cc
  void Futex();
  int Wake(uint64_t address, int most, uint32_t bitset);
  void Requeue(int wake, int move, uint64_t to);

  // engine_calls.cc
  [[noreturn]] void EngineCall();
  void Yield();
  std::string StringAt(uint64_t address);

  // clock.cc
  void BeginTime();
  void PauseTime();
  void ResumeTime();
  Time Monotonic();
  Time Realtime();
  std::optional<Time> TimeAt(uint64_t address);
  void PutTime(uint64_t address, Time time);

  template <class T>
  T* At(uint64_t address) {
    return reinterpret_cast<T*>(guest_base + address);
  }
  bool IsThere(uint64_t address, unsigned size, int access);

  GuestOptions options_;
  Dice dice_;
  Cpu cpu_;
  Registers64* elsewhere_ = nullptr;  // Of a thread that does not run, if it is that one's turn.
  bool active_ = false;               // Each instruction comes here.
  bool alone_ = true;                 // There has been no other thread yet.
  bool granted_ = false;  // The running thread has just been chosen: it executes one instruction.
  bool unfinished_ = false;  // WeakMemory::After is due.
  Threads threads_;
  std::unique_ptr<WeakMemory> memory_;
  int next_id_ = 0;
  uint64_t steps_ = 0;
  uint64_t last_progress_ = 0;  // The step of the last system call or meeting.
  uint64_t switches_ = 0;
  std::map<uint32_t, uint64_t> fallbacks_;  // Instructions that are not modelled.
  // While threads are there, time passes by instructions; else as it does outside.
  Time monotonic_start_ = 0;
  Time realtime_start_ = 0;
  Time time_ = 0;
  Time paused_at_ = 0;           // By the clock outside; 0: it is not.
  uint64_t thread_pointer_ = 0;  // The main thread's, as it was set.
  uint64_t drawn_ = 0;           // Random numbers given to the guest.
  int meeting_ = 0;              // Threads that wait at the rendezvous.
  std::vector<Deviation> trail_;
  // What page_get_flags said, until a mapping changes.
  struct KnownPage {
    uint64_t page = ~uint64_t{0};
    int flags = 0;
  };
  static constexpr size_t kKnownPages = 256;
  std::array<KnownPage, kKnownPages> pages_;
  std::string failure_;
  std::vector<std::string> outcomes_;
};

}  // namespace hammerlock::emulate
