// SPDX-License-Identifier: Apache-2.0
//
// ByteChoices: a fuzzer's input read as choices, and choices written as an input.
//
// A choice among n takes as many bytes as n - 1 has, the least significant first; the choice is
// their number modulo n. A choice among one takes none. Past the end of the input every choice
// is 0. So every input decodes, a byte is a decision, and what is short is simple.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "scenario/choices.h"

namespace hammerlock::fuzz {

using Bytes = std::vector<uint8_t>;

// How many bytes a choice in [0, n) takes.
constexpr int BytesOfChoice(unsigned n) {
  int bytes = 0;
  for (unsigned most = n - 1; most > 0; most >>= 8) ++bytes;
  return bytes;
}

class ByteChoices : public Choices {
 public:
  // REQUIRES: the bytes outlive this object.
  explicit ByteChoices(std::span<const uint8_t> bytes) : bytes_(bytes) {}

  unsigned Choose(unsigned n) override {
    uint64_t number = 0;
    for (int i = 0; i < BytesOfChoice(n) && next_ < bytes_.size(); ++i) {
      number |= uint64_t{bytes_[next_++]} << (8 * i);
    }
    return static_cast<unsigned>(number % n);
  }

  // How many bytes have been read.
  size_t used() const { return next_; }

 private:
  std::span<const uint8_t> bytes_;
  size_t next_ = 0;
};

// Writes down what another source chooses, so that ByteChoices chooses the same.
class WritingChoices : public Choices {
 public:
  // REQUIRES: `source` outlives this object.
  explicit WritingChoices(Choices& source) : source_(source) {}

  unsigned Choose(unsigned n) override {
    const unsigned choice = source_.Choose(n);
    for (int i = 0; i < BytesOfChoice(n); ++i) {
      bytes_.push_back(static_cast<uint8_t>(choice >> (8 * i)));
    }
    return choice;
  }

  const Bytes& bytes() const { return bytes_; }

 private:
  Choices& source_;
  Bytes bytes_;
};

}  // namespace hammerlock::fuzz
