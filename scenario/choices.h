// SPDX-License-Identifier: Apache-2.0
//
// Choices: the only source of nondeterminism that a scenario may use.
//
// Behind Choose(n) stands whatever drives the execution: a seeded generator (stress), an
// engine's search, libFuzzer's bytes, or a recorded trace (replay). What was chosen, written
// down, is a trace; the same trace gives the same program and arguments again.
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace hammerlock {

// The choices of one execution in the order in which they were made.
using Trace = std::vector<unsigned>;

// Thread safety: none; one thread chooses.
class Choices {
 public:
  virtual ~Choices() = default;

  // A number in [0, n). REQUIRES: n > 0.
  virtual unsigned Choose(unsigned n) = 0;
};

// splitmix64 (Steele, Lea, Flood, "Fast splittable pseudorandom number generators", OOPSLA
// 2014): small state, any seed is a good seed.
class Random {
 public:
  explicit Random(uint64_t seed) : state_(seed) {}

  uint64_t Next() {
    uint64_t z = (state_ += 0x9e3779b97f4a7c15u);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
  }

  // A number in [0, n). REQUIRES: n > 0.
  unsigned Below(unsigned n) {
    // Multiply-shift on the upper half: its bias is at most n / 2^32.
    return static_cast<unsigned>(((Next() >> 32) * n) >> 32);
  }

 private:
  uint64_t state_;
};

// All choices from one seed.
class SeededChoices : public Choices {
 public:
  explicit SeededChoices(uint64_t seed) : random_(seed) {}
  unsigned Choose(unsigned n) override { return random_.Below(n); }

 private:
  Random random_;
};

// Repeats a trace. Past its end, and where the trace holds a number that is too large (it
// belongs to another build), the choice is 0.
class TraceChoices : public Choices {
 public:
  explicit TraceChoices(Trace trace) : trace_(std::move(trace)) {}

  unsigned Choose(unsigned n) override {
    if (next_ == trace_.size()) return exhausted_ = true, 0;
    const unsigned choice = trace_[next_++];
    if (choice >= n) return diverged_ = true, 0;
    return choice;
  }

  // Whether the trace did not fit: it ended early, held a choice that was not on offer, or
  // has choices left over. Call it when the execution is over.
  bool Diverged() const { return diverged_ || exhausted_ || next_ != trace_.size(); }

 private:
  Trace trace_;
  size_t next_ = 0;
  bool exhausted_ = false;
  bool diverged_ = false;
};

// Writes down what another source chooses.
class RecordingChoices : public Choices {
 public:
  // REQUIRES: `source` outlives this object.
  explicit RecordingChoices(Choices& source) : source_(source) {}

  unsigned Choose(unsigned n) override {
    trace_.push_back(source_.Choose(n));
    return trace_.back();
  }

  const Trace& trace() const { return trace_; }

 private:
  Choices& source_;
  Trace trace_;
};

}  // namespace hammerlock
