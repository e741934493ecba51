// SPDX-License-Identifier: Apache-2.0
//
// The guest's threads. One of them has the CPU; the registers of the others lie here.
#pragma once

#include <cstdint>
#include <deque>
#include <vector>

#include "emulate/guest/cpu.h"

namespace hammerlock::emulate {

// Nanoseconds of the virtual clock.
using Time = uint64_t;
inline constexpr Time kNever = ~Time{0};

enum class State : uint8_t {
  kReady,
  kFutex,   // Waits at `futex`.
  kSleeps,  // Until `deadline`.
  kMeets,   // At a rendezvous.
  kPolls,   // Repeats its system call until it does not block.
  kDead,
};

struct GuestThread {
  Registers64 registers;
  State state = State::kReady;
  int id = 0;                  // As gettid says.
  uint64_t clear_at_exit = 0;  // CLONE_CHILD_CLEARTID; 0: none.
  uint64_t futex = 0;
  uint32_t bitset = 0;
  Time deadline = kNever;  // Of its waiting.
  uint64_t points = 0;     // Scheduling points it has passed.
};

class Threads {
 public:
  // Only the main thread is there, and runs.
  void Reset(int id) {
    all_.clear();
    GuestThread& main = all_.emplace_back();
    main.id = id;
    current_ = 0;
    alive_ = 1;
  }
  GuestThread& Add() {
    ++alive_;
    return all_.emplace_back();
  }
  void End(GuestThread& thread) {
    thread.state = State::kDead;
    --alive_;
  }

  GuestThread& current() { return all_[static_cast<size_t>(current_)]; }
  int current_number() const { return current_; }
  void Take(int number) { current_ = number; }
  int alive() const { return alive_; }
  int size() const { return static_cast<int>(all_.size()); }
  GuestThread& at(int number) { return all_[static_cast<size_t>(number)]; }
  GuestThread* WithId(int id) {
    for (GuestThread& thread : all_) {
      if (thread.id == id && thread.state != State::kDead) return &thread;
    }
    return nullptr;
  }

  // Whether the running thread goes on alone until it makes a system call: the others wait, and
  // none of them for a time or for the world outside.
  bool OnlyOneCanRun() const {
    int ready = 0;
    for (const GuestThread& thread : all_) {
      if (thread.state == State::kDead) continue;
      ready += thread.state == State::kReady;
      if (thread.deadline != kNever || thread.state == State::kPolls) return false;
    }
    return ready == 1;
  }

  // The numbers of those that can run.
  const std::vector<int>& Ready() {
    ready_.clear();
    for (int i = 0; i < size(); ++i) {
      if (all_[static_cast<size_t>(i)].state == State::kReady) ready_.push_back(i);
    }
    return ready_;
  }

 private:
  std::deque<GuestThread> all_;
  std::vector<int> ready_;
  int current_ = 0;
  int alive_ = 0;
};

}  // namespace hammerlock::emulate
