// SPDX-License-Identifier: Apache-2.0
//
// A machine for the tests of the weak memory: it executes the instructions of assemble.h, thread
// after thread in random turns, on memory of the host.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "emulate/memory/weak_memory.h"

namespace hammerlock::emulate {

class Interpreter : public Guest, public Deviations {
 public:
  struct Thread {
    std::vector<Instruction> code;
    std::array<uint64_t, 32> x = {};
    size_t at = 0;
  };

  // REQUIRES: `memory` outlives this object, and is aligned to 8 bytes.
  Interpreter(uint8_t* memory, size_t bytes) : memory_(memory), bytes_(bytes) {}

  // Runs the threads to their ends, from where and with the registers that they have.
  void Run(std::vector<Thread>& threads, const MemoryOptions& options);

  const std::vector<Deviation>& deviations() const { return noted_; }
  void Forbid(std::vector<Event> events) { forbidden_ = std::move(events); }

  uint64_t X(int number) override { return running_->x[number]; }
  void SetX(int number, uint64_t value) override { running_->x[number] = value; }
  uint64_t pc() override { return running_->at * 4; }
  uint8_t* Bytes(uint64_t address, unsigned size) override;
  bool Forbidden(const Event& event) override;
  void Note(const Deviation& deviation) override { noted_.push_back(deviation); }

 private:
  void Execute(const Instruction& instruction);

  uint8_t* const memory_;
  const size_t bytes_;
  Thread* running_ = nullptr;
  std::vector<Deviation> noted_;
  std::vector<Event> forbidden_;
};

}  // namespace hammerlock::emulate
