// SPDX-License-Identifier: Apache-2.0
#include <fnmatch.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "scenario/engine.h"
#include "scenario/output_file.h"

namespace hammerlock {
namespace {

std::string Environment(const char* name) {
  const char* value = std::getenv(name);
  return value ? value : "";
}

int Complain(int code, std::string_view sentence) {
  std::fprintf(stderr, "hammerlock: %.*s\n", static_cast<int>(sentence.size()), sentence.data());
  return code;
}

constexpr uint64_t kMostJobs = 256;

struct Settings {
  Plan plan;
  std::string filter;
  std::string replay;
  std::string report;
  std::string stop = "first";
  std::string mode = "search";
  uint64_t jobs = 1;
  bool list = false;
  bool help = false;
};

void AddFlags(Settings& s, Flags& flags) {
  flags.Add("seed", "where all randomness comes from", &s.plan.seed);
  flags.Add("executions", "about how many executions of each scenario; 0: no bound",
            &s.plan.executions);
  flags.Add("seconds",
            "about how long each scenario runs; 0: no bound but the one of --executions, or one "
            "second if there is none",
            &s.plan.seconds);
  flags.Add("filter", "the scenarios to run: names or patterns with * and ?, separated by commas",
            &s.filter);
  flags.Add("replay", "the replay= that a failing run printed", &s.replay);
  flags.Add("report", "a file for the results, as JSON", &s.report);
  flags.Add("stop", "whether the first failure ends a scenario", &s.stop, {"first", "never"});
  flags.Add("mode", "what is done with a scenario", &s.mode, {"search"});
  flags.Add("jobs", "processes that run a scenario at once, with seeds seed, seed+1, ...", &s.jobs);
  flags.Add("list", "print the scenarios and do nothing", &s.list);
  flags.Add("help", "print this", &s.help);
}

// Bazel numbers the runs of --runs_per_test; each should see other schedules and programs.
void SeedFromBazel(Plan& plan) {
  uint64_t seed;
  if (absl::SimpleAtoi(Environment("TEST_RANDOM_SEED"), &seed) && seed != 0) plan.seed = seed;
}

bool Matches(const std::string& name, std::string_view filter) {
  for (const std::string_view pattern : absl::StrSplit(filter, absl::ByAnyChar(",:"))) {
    if (fnmatch(std::string(pattern).c_str(), name.c_str(), 0) == 0) return true;
  }
  return false;
}

std::vector<Scenario*> Filtered(const std::vector<Scenario*>& from, std::string_view filter) {
  std::vector<Scenario*> matching;
  for (Scenario* s : from) {
    if (filter.empty() || Matches(s->name(), filter)) matching.push_back(s);
  }
  return matching;
}

std::string Names(const std::vector<Scenario*>& scenarios) {
  return absl::StrJoin(scenarios, ", ",
                       [](std::string* out, Scenario* s) { out->append(s->name()); });
}

// Keeps what falls to this shard, and tells Bazel that sharding is understood.
std::vector<Scenario*> Sharded(const std::vector<Scenario*>& from) {
  int total, index;
  if (!absl::SimpleAtoi(Environment("TEST_TOTAL_SHARDS"), &total) || total < 2 ||
      !absl::SimpleAtoi(Environment("TEST_SHARD_INDEX"), &index)) {
    return from;
  }
  if (std::FILE* status = std::fopen(Environment("TEST_SHARD_STATUS_FILE").c_str(), "w")) {
    std::fclose(status);
  }
  std::vector<Scenario*> mine;
  for (size_t i = 0; i < from.size(); ++i) {
    if (static_cast<int>(i % total) == index) mine.push_back(from[i]);
  }
  return mine;
}

// How a user repeats a failure, in one line.
std::string ReplayCommand(const char* program, const Engine& engine, const Result& r) {
  const std::string target = Environment("HAMMERLOCK_TARGET");
  const std::string start = target.empty() ? program : absl::StrCat("bazel run ", target, " --");
  std::string flags;
  for (const std::string& flag : engine.ReplayFlags()) absl::StrAppend(&flags, " ", flag);
  return absl::StrCat(start, " --seed=", r.seed, flags, " --replay=", r.replay);
}

// A line that overwrites itself on a terminal; nothing in a log.
class ProgressLine {
 public:
  explicit ProgressLine(std::string_view scenario) : scenario_(scenario) {}
  ~ProgressLine() {
    if (shown_) std::fprintf(stderr, "\r\033[K");
  }
  void Tick(uint64_t executions) {
    if (!on_terminal_) return;
    shown_ = true;
    std::fprintf(stderr, "\r\033[K%.*s: %llu executions", static_cast<int>(scenario_.size()),
                 scenario_.data(), static_cast<unsigned long long>(executions));
  }

 private:
  const std::string_view scenario_;
  const bool on_terminal_ = isatty(STDERR_FILENO) == 1;
  bool shown_ = false;
};

void PrintResult(const char* program, const Engine& engine, const Result& r) {
  std::string text = OutcomeTableText(r);
  if (!r.why.empty()) absl::StrAppend(&text, r.why, r.why.back() == '\n' ? "" : "\n");
  text += r.steps;
  if (r.verdict == Verdict::kFail && !r.replay.empty()) {
    absl::StrAppend(&text, "replay: ", ReplayCommand(program, engine, r), "\n");
    if (!engine.ReplayCaveat().empty()) absl::StrAppend(&text, "(", engine.ReplayCaveat(), ")\n");
  }
  if (!text.empty()) text = absl::StrCat(r.scenario, ", ", r.file, ":", r.line, "\n", text);
  absl::StrAppend(&text, LastLine(r), "\n");
  std::fputs(text.c_str(), stderr);
}

// What one of several jobs does.
Plan PlanOf(const Plan& whole, int job, int jobs) {
  Plan plan = whole;
  plan.seed += job;
  const auto k = static_cast<uint64_t>(job), n = static_cast<uint64_t>(jobs);
  plan.executions = whole.executions / n + (k < whole.executions % n ? 1 : 0);
  return plan;
}

Result RunOne(Engine& engine, Scenario& scenario, const Plan& plan, uint64_t most_jobs,
              bool* interrupted) {
  Result blank;
  blank.scenario = scenario.name();
  blank.file = scenario.file();
  blank.line = scenario.line();
  blank.tally = scenario.Described();
  ProgressLine line(scenario.name());
  Isolation isolation;
  isolation.tick = [&](uint64_t executions) { line.Tick(executions); };
  isolation.stop_at_first = plan.stop_at_first;
  // A replay is one execution, and no job has less than one.
  if (!plan.trace) {
    isolation.jobs =
        static_cast<int>(plan.executions == 0 ? most_jobs : std::min(most_jobs, plan.executions));
  }
  std::vector<Result> results = RunIsolated(
      blank, isolation,
      [&](int job, Progress& progress) {
        return engine.Run(scenario, PlanOf(plan, job, isolation.jobs), progress);
      },
      interrupted);
  for (size_t job = 0; job < results.size(); ++job) {
    results[job].scenario = blank.scenario;
    results[job].file = blank.file;
    results[job].line = blank.line;
    results[job].seed = plan.seed + job;
  }
  return Together(results);
}

// Writes what Bazel and the user asked for. Returns the exit code, `code` if all went well.
int WriteFiles(const std::vector<Result>& results, std::optional<OutputFile> report, int code) {
  if (report) {
    const absl::Status status = std::move(*report).Commit(ReportJson(results));
    if (!status.ok()) {
      Complain(0, status.message());
      if (code == kExitPass) code = kExitInconclusive;
    }
  }
  const std::string xml = Environment("XML_OUTPUT_FILE");
  if (!xml.empty()) {
    absl::StatusOr<OutputFile> file = OutputFile::Open(xml);
    const std::string suite = Environment("TEST_TARGET");
    absl::Status status =
        file.ok() ? std::move(*file).Commit(JUnitXml(suite.empty() ? "hammerlock" : suite, results))
                  : file.status();
    if (!status.ok()) Complain(0, status.message());
  }
  return code;
}

}  // namespace

int Main(int argc, char** argv, Engine& engine) {
  Settings settings;
  SeedFromBazel(settings.plan);
  Flags flags;
  AddFlags(settings, flags);
  engine.AddFlags(flags);
  absl::Status status = flags.ParseEnvironment(Environment("HAMMERLOCK_OPTIONS"));
  if (status.ok()) status = flags.ParseCommandLine(argc, argv);
  if (status.ok()) status = engine.Prepare();
  if (!status.ok()) return Complain(kExitUsage, status.message());
  if (settings.jobs < 1 || settings.jobs > kMostJobs) {
    return Complain(kExitUsage, absl::StrCat("--jobs=", settings.jobs, ": give 1 to ", kMostJobs));
  }
  Plan& plan = settings.plan;
  plan.stop_at_first = settings.stop == "first";

  std::vector<Scenario*> all;
  for (const auto& s : Scenarios()) all.push_back(s.get());
  if (settings.help) {
    std::printf("%s [--flag=value ...]: runs the scenarios of this program.\n%s", argv[0],
                flags.Help().c_str());
    return kExitPass;
  }
  if (settings.list) {
    for (const Scenario* s : all) {
      std::printf("%s %s:%d\n", s->name().c_str(), s->file().c_str(), s->line());
    }
    return kExitPass;
  }
  if (all.empty()) {
    return Complain(kExitInconclusive,
                    "this program declares no scenario, so nothing was tested: see "
                    "scenario/litmus.h, linearizable.h and free_form.h");
  }

  std::vector<Scenario*> selected = Filtered(all, settings.filter);
  if (selected.empty()) {
    return Complain(kExitUsage, absl::StrCat("--filter=", settings.filter,
                                             " matches no scenario; there are: ", Names(all)));
  }
  if (!settings.replay.empty()) {
    const absl::StatusOr<Replay> replay = ParseReplay(settings.replay);
    if (!replay.ok()) return Complain(kExitUsage, replay.status().message());
    selected.clear();
    for (Scenario* s : all) {
      if (s->name() == replay->scenario) selected = {s};
    }
    if (selected.empty()) {
      return Complain(kExitUsage,
                      absl::StrCat("the replay is of scenario ", replay->scenario,
                                   ", which this program does not have; it has: ", Names(all)));
    }
    absl::StatusOr<Trace> trace = selected[0]->Parse(replay->program);
    if (!trace.ok()) {
      return Complain(kExitUsage, absl::StrCat("the replay does not fit ", replay->scenario, ": ",
                                               trace.status().message()));
    }
    plan.trace = *std::move(trace);
    plan.choices = replay->choices;
    if (!engine.ReplayCaveat().empty()) Complain(0, engine.ReplayCaveat());
  } else {
    // Bazel hands one --test_filter and one number of shards to every test there is: a test
    // that they leave nothing of has nothing to say.
    selected = Sharded(Filtered(selected, Environment("TESTBRIDGE_TEST_ONLY")));
    if (selected.empty()) {
      WriteFiles({}, std::nullopt, kExitPass);
      return Complain(kExitPass, "the test filter and the shard leave no scenario to run");
    }
  }
  if (plan.executions == 0 && plan.seconds == 0) plan.seconds = 1;

  std::optional<OutputFile> report;
  if (!settings.report.empty()) {
    absl::StatusOr<OutputFile> file = OutputFile::Open(settings.report);
    if (!file.ok()) return Complain(kExitUsage, file.status().message());
    report.emplace(*std::move(file));
  }

  CatchInterruptions();
  std::fprintf(stderr, "hammerlock: seed=%llu\n", static_cast<unsigned long long>(plan.seed));
  std::vector<Result> results;
  bool interrupted = false;
  for (size_t i = 0; i < selected.size() && !interrupted; ++i) {
    results.push_back(RunOne(engine, *selected[i], plan, settings.jobs, &interrupted));
    PrintResult(argv[0], engine, results.back());
  }
  const Result summary = Summary(results);
  const int code = WriteFiles(results, std::move(report), ExitCode(summary.verdict));
  if (results.size() > 1) std::fprintf(stderr, "%s\n", LastLine(summary).c_str());
  return code;
}

}  // namespace hammerlock
