// SPDX-License-Identifier: Apache-2.0
#include "emulate/memory/interpreter.h"

#include <algorithm>
#include <cstring>

namespace hammerlock::emulate {

uint8_t* Interpreter::Bytes(uint64_t address, unsigned size) {
  const auto begin = reinterpret_cast<uint64_t>(memory_);
  if (address < begin || address + size > begin + bytes_) return nullptr;
  return memory_ + (address - begin);
}

bool Interpreter::Forbidden(const Event& event) {
  return std::find(forbidden_.begin(), forbidden_.end(), event) != forbidden_.end();
}

// What the weak memory does not carry out itself.
void Interpreter::Execute(const Instruction& i) {
  const auto x = [&](unsigned number) { return number == 31 ? 0 : running_->x[number]; };
  const auto set = [&](unsigned number, uint64_t value) {
    if (number != 31) running_->x[number] = value;
  };
  const unsigned rd = i.word & 31, rn = i.word >> 5 & 31, rm = i.word >> 16 & 31;
  if (i.kind == Kind::kLoad || i.kind == Kind::kLoadExclusive || i.kind == Kind::kStore) {
    uint64_t address = running_->x[i.base] + static_cast<uint64_t>(i.offset);
    if (i.index != kNoRegister) address += x(i.index);
    for (unsigned e = 0; e < i.elements; ++e, address += uint64_t{1} << i.size) {
      const unsigned number = e == 0 ? i.first : i.second;
      uint64_t value = x(number);
      auto* const at = reinterpret_cast<uint8_t*>(address);
      if (i.Stores()) {
        std::memcpy(at, &value, size_t{1} << i.size);
      } else {
        value = 0;
        std::memcpy(&value, at, size_t{1} << i.size);
        set(number, value);
      }
    }
  } else if ((i.word & 0xffe0fc00) == 0xca000000) {
    set(rd, x(rn) ^ x(rm));
  } else if ((i.word & 0xffe0fc00) == 0x8b000000) {
    set(rd, x(rn) + x(rm));
  } else if ((i.word & 0xffe00000) == 0xd2800000) {
    set(rd, i.word >> 5 & 0xffff);
  }
}

void Interpreter::Run(std::vector<Thread>& threads, const MemoryOptions& options) {
  noted_.clear();
  WeakMemory memory(options, *this, *this);
  const Dice dice(~options.seed);
  for (size_t t = 0; t < threads.size(); ++t) memory.Begin(static_cast<int>(t));
  std::vector<size_t> ready;
  for (uint64_t step = 1;; ++step) {
    ready.clear();
    for (size_t t = 0; t < threads.size(); ++t) {
      if (threads[t].at < threads[t].code.size()) ready.push_back(t);
    }
    if (ready.empty()) break;
    const size_t t = ready[dice.Below({0, step}, 0, static_cast<unsigned>(ready.size()))];
    running_ = &threads[t];
    const Instruction& instruction = running_->code[running_->at];
    if (memory.Before(static_cast<int>(t), instruction) == WeakMemory::Step::kExecute) {
      Execute(instruction);
      memory.After(static_cast<int>(t));
    }
    ++running_->at;
  }
  for (size_t t = 0; t < threads.size(); ++t) {
    running_ = &threads[t];
    memory.Synchronise(static_cast<int>(t));
  }
}

}  // namespace hammerlock::emulate
