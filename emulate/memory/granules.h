// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <vector>

#include "emulate/memory/granule.h"

namespace hammerlock::emulate {

// The granules that were ever accessed: a hash table by address, with linear probing.
class Granules {
 public:
  Granules() : slots_(kFirstSize) {}

  // Null if it has not been added.
  Granule* Find(uint64_t address) {
    for (size_t i = Home(address);; i = (i + 1) & (slots_.size() - 1)) {
      if (slots_[i] == nullptr || slots_[i]->address == address) return slots_[i];
    }
  }

  // REQUIRES: it has not been added.
  Granule& Add(uint64_t address) {
    if (used_ * 2 >= slots_.size()) Grow();
    if (used_ == storage_.size()) storage_.emplace_back();
    Granule& granule = storage_[used_++];
    granule.address = address;
    granule.messages.clear();  // Their memory stays for the next.
    granule.known.clear();
    granule.base = Message();
    Put(&granule);
    return granule;
  }

  void Clear() {
    for (size_t i = 0; i < used_; ++i) {
      for (size_t s = Home(storage_[i].address);; s = (s + 1) & (slots_.size() - 1)) {
        if (slots_[s] == &storage_[i]) {
          cleared_.push_back(s);
          break;
        }
      }
    }
    for (const size_t s : cleared_) slots_[s] = nullptr;
    cleared_.clear();
    used_ = 0;
  }

  template <class F>
  void ForEach(F f) {
    for (size_t i = 0; i < used_; ++i) f(storage_[i]);
  }

  size_t size() const { return used_; }

 private:
  static constexpr size_t kFirstSize = 1024;

  size_t Home(uint64_t address) const {
    return (address >> 3) * 0x9e3779b97f4a7c15 >> 32 & (slots_.size() - 1);
  }
  void Put(Granule* granule) {
    size_t i = Home(granule->address);
    while (slots_[i] != nullptr) i = (i + 1) & (slots_.size() - 1);
    slots_[i] = granule;
  }
  void Grow() {
    slots_.assign(slots_.size() * 2, nullptr);
    for (size_t i = 0; i < used_; ++i) Put(&storage_[i]);
  }

  std::vector<Granule*> slots_;  // A power of two.
  std::deque<Granule> storage_;  // The first used_ of them are in the table.
  std::vector<size_t> cleared_;
  size_t used_ = 0;
};

}  // namespace hammerlock::emulate
