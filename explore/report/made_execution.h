// SPDX-License-Identifier: Apache-2.0
//
// Events as the runtime makes them, for tests.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "explore/report/story.h"

namespace hammerlock::explore {

inline constexpr uint8_t kRelaxed = 0, kAcquire = 2, kRelease = 3, kSeqCst = 5;
inline constexpr uintptr_t kData = 0x404060, kFlag = 0x404068, kMutex = 0x404080;

// The event number i, from 0, stands in line i + 1 of a file.
class MadeExecution {
 public:
  MadeExecution& Add(Event::Kind kind, int thread, uintptr_t address = 0, uint64_t value = 0,
                     uint8_t order = 0) {
    Event e = {};
    e.kind = kind;
    e.thread = e.from_thread = static_cast<uint8_t>(thread);
    e.address = address;
    e.value = e.read = value;
    e.order = order;
    e.size = 4;
    e.step = e.from_step = ++step_;
    e.pc = e.stack[0] = reinterpret_cast<const void*>(uintptr_t{step_});
    events_.push_back(e);
    return *this;
  }
  MadeExecution& Write(int thread, uintptr_t address, uint64_t value, uint8_t order) {
    return Add(Event::kStore, thread, address, value, order);
  }
  MadeExecution& Fence(int thread, uint8_t order) {
    return Add(Event::kFence, thread, 0, 0, order);
  }
  // `from`: the index of a store, -1 for the initial value.
  MadeExecution& Read(int thread, uintptr_t address, int from, uint8_t order, uint8_t newer = 0) {
    return Add(Event::kLoad, thread, address, ValueOf(from), order).From(from, newer);
  }
  MadeExecution& Modify(int thread, uintptr_t address, int from, uint64_t value, uint8_t order) {
    return Add(Event::kModify, thread, address, value, order).From(from, 0);
  }
  MadeExecution& Plain(int thread, uintptr_t address, bool write) {
    return Add(write ? Event::kPlainWrite : Event::kPlainRead, thread, address);
  }
  MadeExecution& From(int from, uint8_t newer) {
    Event& e = events_.back();
    e.read = ValueOf(from);
    e.from_step = from < 0 ? 0 : events_[from].step;
    e.from_thread = from < 0 ? 0 : events_[from].thread;
    e.newer = newer;
    return *this;
  }
  MadeExecution& What(const char* what, uint64_t value = 0) {
    events_.back().what = what;
    events_.back().value = value;
    return *this;
  }

  Event& last() { return events_.back(); }
  Event& operator[](size_t i) { return events_[i]; }
  void SetFile(std::string file) { file_ = std::move(file); }

  // A story whose variables have no names but those that its symbols give.
  Story Tell(const std::map<uintptr_t, std::string>& data = {}) const {
    return Story(events_, {}, [this, &data](const std::vector<uintptr_t>& code, const auto&) {
      Symbols symbols;
      for (uintptr_t pc : code) symbols.code[pc] = {{"f", file_, static_cast<int>(pc), 0}};
      symbols.data = data;
      return symbols;
    });
  }

 private:
  uint64_t ValueOf(int event) const { return event < 0 ? 0 : events_[event].value; }

  std::vector<Event> events_;
  std::string file_ = "some/folder/mp.cc";
  uint32_t step_ = 0;
};

}  // namespace hammerlock::explore
