// SPDX-License-Identifier: Apache-2.0
//
// Runs a scenario in a child process, so that whatever it does to itself (crash, hang, exit,
// a sanitizer's abort) ends it alone, and ends in a verdict.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "scenario/result.h"

namespace hammerlock {

// What the child tells while it runs; lies in memory shared with the parent.
class Progress {
 public:
  static constexpr size_t kMaxReplay = 8192;

  // For the child: what it is about to run, in the form of ReplayString.
  void SetReplay(std::string_view replay);
  std::string replay() const;

  // For the child: ends it here, from any thread, with this result.
  [[noreturn]] void Abandon(const Result& result) const;

  std::atomic<uint64_t> executions{0};

  // For the child: whether another has found what they all look for, so that it need not go on.
  bool Enough() const { return enough_.load(std::memory_order_relaxed); }  // a hint

 private:
  friend class Child;

  std::atomic<bool> enough_{false};
  int result_fd_ = -1;  // The child's end of the pipe.
  // Written before `size_`, which publishes it; a reader in a parent whose child has died
  // reads a consistent one of two.
  char text_[2][kMaxReplay];
  std::atomic<uint32_t> size_[2];
  std::atomic<uint32_t> which_{0};
};

struct Isolation {
  // Called about once a second while a child runs, with the executions of all; may be empty.
  std::function<void(uint64_t executions)> tick;
  // Children that run at once.
  int jobs = 1;
  // Whether the others are told that it is enough once one has failed.
  bool stop_at_first = true;
};

// From now on SIGINT and SIGTERM do not end this process: they end the child that runs, or the
// next one, and RunIsolated says so.
void CatchInterruptions();

// Runs `run` in each child, told its number from 0, and returns their results in that order. A
// child that died gives a result with the verdict kFail (a signal, a sanitizer's exit code) or
// kInconclusive (an interruption was caught: then `*interrupted` is set), and the executions and
// the replay that it last told; the other fields are `blank`'s. Standard error is shared.
//
// REQUIRES: the calling process has one thread.
std::vector<Result> RunIsolated(const Result& blank, const Isolation& isolation,
                                const std::function<Result(int job, Progress&)>& run,
                                bool* interrupted);

}  // namespace hammerlock
