// SPDX-License-Identifier: Apache-2.0
#include "scenario/internal/linearizable_batch.h"

#include <algorithm>
#include <exception>
#include <new>
#include <utility>

#include "absl/hash/hash.h"
#include "absl/strings/str_cat.h"
#include "scenario/internal/unobserved.h"

namespace hammerlock::internal {
namespace {

constexpr size_t kCacheLine = 64;

size_t RoundUp(size_t n, size_t multiple) { return (n + multiple - 1) / multiple * multiple; }

size_t Alignment(const LinearizableScenario& scenario) {
  return std::max(scenario.subject().alignment, kCacheLine);
}

}  // namespace

LinearizableBatch::LinearizableBatch(const LinearizableScenario& scenario, Program program,
                                     Choices& choices, size_t size)
    : scenario_(scenario),
      program_(std::move(program)),
      counts_(scenario.happens_before() && program_.threads.size() > 1),
      counters_offset_(RoundUp(scenario.subject().size, kCacheLine)),
      slot_size_(RoundUp(counters_offset_ + program_.threads.size() * sizeof(Counter),
                         Alignment(scenario))),
      size_(size),
      execution_(&choices),
      judged_(0, HashOfJudged(), SameHistory{this}) {
  const size_t threads = program_.threads.size();
  before_ = MakeRecord(program_.before.size(), size, 0);
  for (const auto& calls : program_.threads) {
    threads_.push_back(MakeRecord(calls.size(), size, counts_ ? threads : 0));
  }
  after_ = MakeRecord(program_.after.size(), size, 0);

  slots_ = static_cast<std::byte*>(
      ::operator new(size * slot_size_, std::align_val_t(Alignment(scenario))));
  FailuresHere failures;
  for (size_t i = 0; i < size; ++i) {
    scenario.subject().construct(Slot(i));
    for (size_t t = 0; t < threads; ++t) ::new (&Counters(i)[t]) Counter(0);
    RunCalls<false>(kBefore, program_.before, i, before_, failures);
  }
}

LinearizableBatch::~LinearizableBatch() {
  for (size_t i = 0; i < size_; ++i) scenario_.subject().destroy(Slot(i));
  ::operator delete(slots_, std::align_val_t(Alignment(scenario_)));
}

LinearizableBatch::Record LinearizableBatch::MakeRecord(size_t calls, size_t size, size_t threads) {
  Record record;
  record.calls = calls;
  record.results.resize(size * calls);
  record.seen.resize(size * calls * threads);
  record.returned.resize(size);
  if (hammerlock_engine_known_time) record.returned_at.resize(size * calls);
  return record;
}

void LinearizableBatch::Run(int thread, Range range) {
  FailuresHere failures;
  Record& record = threads_[thread];
  const std::vector<Call>& calls = program_.threads[thread];
  for (size_t i = range.begin; i < range.end; ++i) {
    if (counts_) {
      RunCalls<true>(thread, calls, i, record, failures);
    } else {
      RunCalls<false>(thread, calls, i, record, failures);
    }
  }
}

template <bool kCounts>
void LinearizableBatch::RunCalls(int who, const std::vector<Call>& calls, size_t execution,
                                 Record& record, FailuresHere& failures) {
  void* const subject = Slot(execution);
  Counter* const counters = Counters(execution);
  const int threads = this->threads();
  Value* const results = record.results.data() + execution * calls.size();
  [[maybe_unused]] uint32_t* seen = nullptr;
  if constexpr (kCounts) seen = record.seen.data() + execution * calls.size() * threads;
  uint32_t returned = 0;
  try {
    for (const Call& call : calls) {
      if constexpr (kCounts) {
        if (hammerlock_engine_known_time) {
          SeeWhatIsKnown(who, execution, seen);
        } else {
          for (int t = 0; t < threads; ++t) {
            // pairs with the release below
            if (t != who) seen[t] = counters[t].load(std::memory_order_acquire);
          }
        }
        seen += threads;
      }
      Tell(false, call, nullptr);
      results[returned] = Invoke(call, subject);
      Tell(true, call, &results[returned]);
      ++returned;
      if constexpr (kCounts) {
        if (hammerlock_engine_known_time) {
          NoteReturn(who, execution, returned);
        } else {
          // pairs with the acquire above
          counters[who].store(returned, std::memory_order_release);
        }
      }
    }
  } catch (const std::exception& e) {
    failures.Fail(absl::StrCat(NameOf(calls[returned]), " threw an exception: ", e.what()));
  } catch (...) {
    failures.Fail(absl::StrCat(NameOf(calls[returned]), " threw what is no std::exception"));
  }
  record.returned[execution] = returned;
  if (failures.failed()) NoteFailure(execution, who, failures.Take());
}

void LinearizableBatch::Tell(bool returns, const Call& call, const Value* result) const {
  if (!hammerlock_engine_recording || !hammerlock_engine_recording()) return;
  const Unobserved unobserved;
  const std::string& name = scenario_.names()[call.operation];
  hammerlock_engine_record(returns, Print(name, call.arguments, result).c_str());
}

void LinearizableBatch::SeeWhatIsKnown(int who, size_t execution, uint32_t* seen) {
  const Unobserved unobserved;
  for (int t = 0; t < threads(); ++t) {
    if (t == who) continue;
    const Record& other = threads_[t];
    const int* const returned_at = other.returned_at.data() + execution * other.calls;
    const int known =
        other.engine_thread < 0 ? 0 : hammerlock_engine_known_time(other.engine_thread);
    seen[t] = 0;
    while (seen[t] < other.returned[execution] && returned_at[seen[t]] <= known) ++seen[t];
  }
}

void LinearizableBatch::NoteReturn(int who, size_t execution, uint32_t returned) {
  const Unobserved unobserved;
  Record& record = threads_[who];
  record.engine_thread = hammerlock_engine_thread();
  record.returned_at[execution * record.calls + returned - 1] =
      hammerlock_engine_known_time(record.engine_thread);
  record.returned[execution] = returned;
}

Value LinearizableBatch::Invoke(const Call& call, void* subject) const {
  const auto& operation = scenario_.operations()[call.operation];
  return operation.call(operation.f.get(), subject, call.arguments.data());
}

std::string LinearizableBatch::NameOf(const Call& call) const {
  return Print(scenario_.names()[call.operation], call.arguments);
}

void LinearizableBatch::NoteFailure(size_t execution, int who, std::string_view why) {
  const std::string where = who == kBefore  ? "before the threads"
                            : who == kAfter ? "after the threads"
                                            : absl::StrCat("thread ", who);
  const Unobserved unobserved;
  std::lock_guard lock(mu_);
  failures_.push_back({execution, absl::StrCat(where, ": ", why)});
}

size_t LinearizableBatch::HashOf(size_t execution) const {
  size_t hash = 0;
  const auto add = [&](const Record& record) {
    const size_t seen = record.seen.empty() ? 0 : record.calls * threads_.size();
    hash = absl::HashOf(
        hash, absl::MakeConstSpan(record.results).subspan(execution * record.calls, record.calls),
        absl::MakeConstSpan(record.seen).subspan(execution * seen, seen));
  };
  add(before_);
  std::for_each(threads_.begin(), threads_.end(), add);
  add(after_);
  return hash;
}

bool LinearizableBatch::SameHistory::operator()(const Judged& a, const Judged& b) const {
  if (a.hash != b.hash) return false;
  const auto same = [&](const Record& record) {
    const auto equal = [&](const auto& all, size_t width) {
      const auto of_a = all.begin() + a.execution * width;
      return std::equal(of_a, of_a + width, all.begin() + b.execution * width);
    };
    return equal(record.results, record.calls) &&
           (record.seen.empty() || equal(record.seen, record.calls * batch->threads_.size()));
  };
  return same(batch->before_) &&
         std::all_of(batch->threads_.begin(), batch->threads_.end(), same) && same(batch->after_);
}

History LinearizableBatch::HistoryOf(size_t execution) const {
  // What stands before and after the threads is a column of its own.
  std::vector<std::string> names{"main"};
  for (int t = 0; t < threads(); ++t) names.push_back(absl::StrCat("thread ", t));
  History history(std::move(names));
  const auto add = [&](int column, const std::vector<Call>& calls, const Record& record, size_t k) {
    const size_t id = history.Add(column, calls[k]);
    if (k < record.returned[execution]) {
      history.Return(id, record.results[execution * record.calls + k]);
    }
    return id;
  };
  // A call that threw is the last one of its sequence; those after it were not made.
  const auto made = [&](const Record& record) {
    return std::min<size_t>(record.calls, record.returned[execution] + 1);
  };
  for (size_t k = 0; k < made(before_); ++k) add(0, program_.before, before_, k);
  if (before_.returned[execution] < before_.calls) return history;
  for (int t = 0; t < threads(); ++t) {
    const Record& record = threads_[t];
    for (size_t k = 0; k < made(record); ++k) {
      const size_t id = add(t + 1, program_.threads[t], record, k);
      history.Follow(id, 0, static_cast<uint32_t>(program_.before.size()));
      if (!counts_) continue;
      const uint32_t* seen = record.seen.data() + (execution * record.calls + k) * threads_.size();
      for (int u = 0; u < threads(); ++u) {
        if (u != t) history.Follow(id, u + 1, seen[u]);
      }
    }
  }
  for (size_t k = 0; k < made(after_); ++k) {
    history.FollowAll(add(0, program_.after, after_, k));
  }
  return history;
}

bool LinearizableBatch::HasFailed(size_t execution, std::string& why) {
  std::lock_guard lock(mu_);
  for (const Failure& failure : failures_) {
    if (failure.execution != execution) continue;
    why = failure.why;
    return true;
  }
  return false;
}

Judgement LinearizableBatch::JudgementOf(size_t execution, bool with_reasons) {
  Judged judged{HashOf(execution), execution, Linearizability::kUnknown};
  Judgement judgement;
  {
    std::lock_guard lock(mu_);
    const auto it = judged_.find(judged);
    if (it != judged_.end() && !(with_reasons && it->verdict == Linearizability::kIllegal)) {
      judgement.verdict = it->verdict;
      judgement.why_unknown = "the check of such a history has been given up already";
      return judgement;
    }
  }
  judgement = scenario_.Check(HistoryOf(execution));
  judged.verdict = judgement.verdict;
  std::lock_guard lock(mu_);
  judged_.insert(judged);
  return judgement;
}

void LinearizableBatch::Finish(Range range, Tally& tally) {
  {
    FailuresHere failures;
    std::string why;
    for (size_t i = range.begin; i < range.end; ++i) {
      if (!HasFailed(i, why)) RunCalls<false>(kAfter, program_.after, i, after_, failures);
    }
  }
  const Unobserved unobserved;
  for (size_t i = range.begin; i < range.end; ++i) {
    std::string why;
    if (HasFailed(i, why)) {
      const History history = HistoryOf(i);
      tally.Fail(absl::StrCat(why, "\n", history.Print(scenario_.names(), history.Sorted())));
      continue;
    }
    const bool first = !tally.first_failure();
    Judgement judgement = JudgementOf(i, first);
    switch (judgement.verdict) {
      case Linearizability::kOk:
        tally.Pass();
        break;
      case Linearizability::kIllegal:
        tally.Fail(
            first ? Explain(judgement, HistoryOf(i), scenario_.names(),
                            scenario_.happens_before() ? "linearizable" : "sequentially consistent")
                  : "");
        break;
      case Linearizability::kUnknown:
        tally.Inconclusive(std::move(judgement.why_unknown));
        break;
    }
  }
  if (range.begin < range.end) execution_.FinishCounted(tally);
}

}  // namespace hammerlock::internal
