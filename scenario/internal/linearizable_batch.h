// SPDX-License-Identifier: Apache-2.0
//
// Fresh executions of one program: subjects, and what its calls return.
//
// Thread safety: as a Batch's.
//
// Invariants:
//   1. While threads run, they allocate nothing, take no lock, and write to nothing that they
//      share but the subject and their own count of completed calls.
//   2. A thread's count is published by a release after each call and read by an acquire before
//      the others' next one: a call follows what happens before it, by the language's own
//      relation, and the recording orders nothing else. In particular no read-modify-write and
//      no fence stands between two calls.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <string>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/types/span.h"
#include "scenario/choices.h"
#include "scenario/execution.h"
#include "scenario/history.h"
#include "scenario/linearizable_scenario.h"
#include "scenario/program.h"
#include "scenario/scenario.h"
#include "scenario/tally.h"

namespace hammerlock::internal {

class LinearizableBatch : public Batch {
 public:
  LinearizableBatch(const LinearizableScenario& scenario, Program program, Choices& choices,
                    size_t size);
  ~LinearizableBatch() override;

  int threads() const override { return static_cast<int>(program_.threads.size()); }
  void Run(int thread, Range range) override;
  void Finish(Range range, Tally& tally) override;

 private:
  using Counter = std::atomic<uint32_t>;  // A thread's completed calls.

  // What a sequence of calls returned, in all executions, one after the other.
  struct Record {
    size_t calls = 0;                // In each execution.
    std::vector<Value> results;      // executions x calls
    std::vector<uint32_t> seen;      // executions x calls x threads: the others' counts
    std::vector<uint32_t> returned;  // executions: how many calls did

    // Where the engine knows what happens before what, it is asked instead of the others' counts,
    // whose reading would order the threads under test.
    std::vector<int> returned_at;  // executions x calls: its thread's time
    int engine_thread = -1;        // Whose time it is.
  };

  struct Failure {
    size_t execution;
    std::string why;
  };

  // A history that has been judged, by an execution that had it.
  struct Judged {
    size_t hash;
    size_t execution;
    Linearizability verdict;
  };
  struct HashOfJudged {
    size_t operator()(const Judged& j) const { return j.hash; }
  };
  struct SameHistory {
    const LinearizableBatch* batch;
    bool operator()(const Judged& a, const Judged& b) const;
  };

  std::byte* Slot(size_t execution) const { return slots_ + execution * slot_size_; }
  Counter* Counters(size_t execution) const {
    return reinterpret_cast<Counter*>(Slot(execution) + counters_offset_);
  }

  static Record MakeRecord(size_t calls, size_t size, size_t threads);

  // Who calls: a thread's number, or one of these.
  static constexpr int kBefore = -1;
  static constexpr int kAfter = -2;

  // Makes the calls of one sequence, until one throws.
  template <bool kCounts>
  void RunCalls(int who, const std::vector<Call>& calls, size_t execution, Record& record,
                FailuresHere& failures);
  Value Invoke(const Call& call, void* subject) const;
  void SeeWhatIsKnown(int who, size_t execution, uint32_t* seen);
  void NoteReturn(int who, size_t execution, uint32_t returned);
  // Tells the engine of a call, or of its return, where it writes them down.
  void Tell(bool returns, const Call& call, const Value* result) const;
  void NoteFailure(size_t execution, int who, std::string_view why);
  std::string NameOf(const Call& call) const;

  bool HasFailed(size_t execution, std::string& why);
  size_t HashOf(size_t execution) const;
  History HistoryOf(size_t execution) const;
  Judgement JudgementOf(size_t execution, bool with_reasons);

  const LinearizableScenario& scenario_;
  const Program program_;
  const bool counts_;  // Whether threads read each other's counts.
  size_t counters_offset_ = 0;
  size_t slot_size_ = 0;
  size_t size_ = 0;
  std::byte* slots_ = nullptr;  // Subject and counters of each execution, on lines of their own.

  Record before_;
  std::vector<Record> threads_;
  Record after_;

  Execution execution_;  // For what cannot be laid at one execution's door.
  std::mutex mu_;
  std::vector<Failure> failures_;
  absl::flat_hash_set<Judged, HashOfJudged, SameHistory> judged_;
};

}  // namespace hammerlock::internal
