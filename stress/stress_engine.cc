// SPDX-License-Identifier: Apache-2.0
#include "stress/stress_engine.h"

#include <malloc.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <tuple>
#include <type_traits>
#include <utility>

#include "absl/strings/str_cat.h"
#include "scenario/budget.h"
#include "scenario/hammerlock.h"
#include "stress/sanitizer_reports.h"
#include "stress/stacks.h"

namespace hammerlock::stress {
namespace {

// Records what a scenario chooses, and tells the parent process, who needs it if this one dies.
class ToldChoices : public Choices {
 public:
  ToldChoices(const Scenario& scenario, Choices& source, Progress& progress)
      : scenario_(scenario), recording_(source), progress_(progress) {}

  unsigned Choose(unsigned n) override {
    const unsigned choice = recording_.Choose(n);
    if (running_) Tell();
    return choice;
  }

  // Making the batch is over: from now on each choice is told at once.
  void Running() {
    running_ = true;
    Tell();
  }

  const Trace& trace() const { return recording_.trace(); }

 private:
  void Tell() {
    progress_.SetReplay(ReplayString(scenario_.name(), scenario_.Print(recording_.trace())));
  }

  const Scenario& scenario_;
  RecordingChoices recording_;
  Progress& progress_;
  bool running_ = false;
};

// What the flags fix of how batches are run; the rest is mixed.
struct Wanted {
  uint64_t batch = 0;  // 0: as the scenario suggests.
  std::optional<size_t> stride;
  std::optional<unsigned> skew;
  std::optional<Noise> noise;
  std::optional<Affinity> affinity;
};

// One scenario, run until its budget is spent or it fails.
class ScenarioRun {
 public:
  ScenarioRun(Scenario& scenario, uint64_t seed, const Wanted& wanted, Progress& progress)
      : scenario_(scenario),
        random_(seed),
        workers_(random_.Next()),
        wanted_(wanted),
        batch_(wanted.batch != 0 ? wanted.batch : scenario.stride()),
        progress_(progress) {}

  // Runs batches, of the program of `trace` if there is one, and adds to `tally`. Returns the
  // trace of the first failure.
  std::optional<Trace> Search(const Budget& budget, bool stop_at_first,
                              const std::optional<Trace>& trace, Tally& tally) {
    std::optional<Trace> failed;
    // At least one batch: a run that exercised nothing must not pass.
    do {
      std::unique_ptr<Choices> source;
      if (trace) {
        source = std::make_unique<TraceChoices>(*trace);
      } else {
        source = std::make_unique<SeededChoices>(random_.Next());
      }
      ToldChoices choices(scenario_, *source, progress_);
      const Manner manner = NextManner();
      // Meeting often is slow: fewer executions then, so that every manner gets its share of time.
      const size_t worth = std::min<size_t>(batch_, manner.stride * 256);
      const size_t size = budget.AtMost(worth, tally.executions());
      const std::unique_ptr<Batch> batch = scenario_.Make(choices, size);
      choices.Running();
      if (batch->threads() > kMaxThreads) {
        tally.Inconclusive(absl::StrCat("an execution has ", batch->threads(),
                                        " threads, and real threads are run up to ", kMaxThreads));
        return failed;
      }
      const uint64_t failures = tally.failures();
      const int reports = SanitizerReports();
      workers_.Run(*batch, size, manner, tally);
      if (SanitizerReports() != reports) {
        tally.Blame("a sanitizer reported an error; its report stands above");
        reported_ = true;
      }
      if (tally.failures() != failures && !failed) failed = choices.trace();
      progress_.executions.fetch_add(size, std::memory_order_relaxed);  // a count, no more
    } while (budget.Left(tally.executions()) && !(failed && stop_at_first) && !progress_.Enough());
    return failed;
  }

  // The smallest program found that fails as `trace` does, and how it fails.
  std::pair<Trace, Failure> Shrink(Trace trace, Failure failure) {
    // Real threads fail now and then: a smaller program gets as many tries as time allows.
    constexpr double kSecondsInAll = 10;
    constexpr double kSecondsEach = 0.25;
    const Budget in_all(0, kSecondsInAll);
    for (bool smaller = true; smaller;) {
      smaller = false;
      for (const Trace& candidate : scenario_.Smaller(trace)) {
        if (!in_all.Left(0)) return {trace, failure};
        Tally tally;
        if (Search(Budget(0, kSecondsEach), true, candidate, tally)) {
          trace = candidate;
          failure = *tally.first_failure();
          smaller = true;
          break;
        }
      }
    }
    return {trace, failure};
  }

  // What the watchdog looks at.
  uint64_t Heartbeat() const {
    return progress_.executions.load(std::memory_order_relaxed) + workers_.Heartbeat();
  }

  bool reported() const { return reported_; }

 private:
  // Every way to run a batch has schedules that it alone is good at, so they take turns.
  Manner NextManner() {
    const auto one_of = [this](auto... values) {
      const std::common_type_t<decltype(values)...> all[] = {values...};
      return all[random_.Below(sizeof...(values))];
    };
    const size_t any_stride = one_of(size_t{1}, size_t{4}, size_t{32}, size_t{256}, batch_);
    const unsigned any_skew = one_of(0u, 1u << random_.Below(8));
    const Noise any_noise = one_of(Noise::kNone, Noise::kNone, Noise::kYield, Noise::kPreempt);
    // Left free, threads that wait for each other may well share a core for long.
    const Affinity any_affinity =
        one_of(Affinity::kDifferent, Affinity::kDifferent, Affinity::kDifferent,
               Affinity::kDifferent, Affinity::kFree, Affinity::kSame);
    Manner manner;
    manner.stride = std::max<size_t>(1, wanted_.stride.value_or(any_stride));
    manner.skew = wanted_.skew.value_or(any_skew);
    manner.noise = wanted_.noise.value_or(any_noise);
    manner.affinity = wanted_.affinity.value_or(any_affinity);
    if (scenario_.stride() == 1) {
      // A body starts its own threads, which inherit its place, and is heckled instead.
      manner.noise = Noise::kNone;
      manner.affinity = wanted_.affinity.value_or(Affinity::kFree);
    }
    return manner;
  }

  Scenario& scenario_;
  Random random_;
  Workers workers_;
  const Wanted wanted_;
  const size_t batch_;
  Progress& progress_;
  bool reported_ = false;
};

}  // namespace

void StressEngine::AddFlags(Flags& flags) {
  flags.Add("batch", "fresh executions made at a time; 0: as the scenario suggests", &batch_);
  flags.Add("stride", "executions between two meetings of the threads; 0: mixed", &stride_);
  flags.Add("skew", "threads set off after up to this many spins each; 0: mixed", &skew_);
  flags.Add("noise", "what disturbs the threads", &noise_, {"mixed", "none", "yield", "preempt"});
  flags.Add("affinity", "the cores that the threads run on", &affinity_,
            {"mixed", "free", "same", "different"});
  flags.Add("deadlock_seconds", "every thread asleep for so long is a deadlock",
            &hang_.deadlock_seconds);
  flags.Add("livelock_seconds", "so much processor time without progress is a livelock",
            &hang_.livelock_cpu_seconds);
}

absl::Status StressEngine::Prepare() {
  // Batches are made and freed all the time: their memory is to stay with the process.
  mallopt(M_MMAP_THRESHOLD, 256 << 20);
  mallopt(M_TRIM_THRESHOLD, 512 << 20);
  return absl::OkStatus();
}

std::string_view StressEngine::ReplayCaveat() const {
  return "real threads: a replay repeats the program and its arguments, not the timing; it is run "
         "again and again until it fails";
}

Result StressEngine::Run(Scenario& scenario, const Plan& plan, Progress& progress) {
  PrintStackOnFatalSignal();
  Wanted wanted;
  wanted.batch = batch_;
  if (stride_ != 0) wanted.stride = stride_;
  if (skew_ != 0) wanted.skew = static_cast<unsigned>(std::min<uint64_t>(skew_, 1u << 30));
  if (noise_ == "none") wanted.noise = Noise::kNone;
  if (noise_ == "yield") wanted.noise = Noise::kYield;
  if (noise_ == "preempt") wanted.noise = Noise::kPreempt;
  if (affinity_ == "free") wanted.affinity = Affinity::kFree;
  if (affinity_ == "same") wanted.affinity = Affinity::kSame;
  if (affinity_ == "different") wanted.affinity = Affinity::kDifferent;
  // In the Arm engine threads take turns after each instruction, as the seed says, and it is the
  // engine that tells a deadlock: to disturb or to watch them would only take time.
  const bool in_arm_engine = HAMMERLOCK_ARM(HAMMERLOCK_ARM_PRESENT, 0) != 0;
  if (in_arm_engine) {
    (void)HAMMERLOCK_ARM(HAMMERLOCK_ARM_SEED, plan.seed);
    wanted.stride = wanted.stride.value_or(1);
    wanted.skew = wanted.skew.value_or(0);
    wanted.noise = Noise::kNone;
    wanted.affinity = Affinity::kFree;
  }
  ScenarioRun run(scenario, plan.seed, wanted, progress);
  const Budget budget(plan.executions, plan.seconds);
  std::optional<Watchdog> watchdog;
  if (!in_arm_engine) {
    watchdog.emplace(
        hang_, [&] { return run.Heartbeat(); },
        [&](const std::string& what) {
          Result hung;
          hung.verdict = Verdict::kFail;
          hung.tally.Pass(progress.executions.load(std::memory_order_relaxed));  // a count, no more
          hung.tally.Fail(what);
          hung.seconds = budget.spent();
          hung.replay = progress.replay();
          hung.why = what;
          progress.Abandon(hung);
        });
  }

  // Threads that a free-form body starts are not ours to time: they are disturbed from outside.
  std::optional<Heckler> heckler;
  if (!in_arm_engine && scenario.stride() == 1 && (noise_ == "mixed" || noise_ == "preempt")) {
    heckler.emplace(plan.seed, [&] { return run.Heartbeat(); });
  }

  Result result;
  result.tally = scenario.Described();
  std::optional<Trace> failed = run.Search(budget, plan.stop_at_first, plan.trace, result.tally);
  result.seconds = budget.spent();
  result.verdict = VerdictOf(result.tally);
  if (failed) {
    Failure failure = *result.tally.first_failure();
    // The same race is reported once a process, so that a smaller program cannot be judged.
    if (!run.reported()) std::tie(*failed, failure) = run.Shrink(*failed, failure);
    result.replay = ReplayString(scenario.name(), scenario.Print(*failed));
    result.why = absl::StrCat(failure.why, "\n", scenario.Explain(*failed));
  } else if (result.verdict == Verdict::kInconclusive) {
    result.why = result.tally.why_inconclusive();
  } else if (plan.trace) {
    result.why = "the replay did not fail this time: give it more --seconds";
  }
  return result;
}

}  // namespace hammerlock::stress
