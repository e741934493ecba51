// SPDX-License-Identifier: Apache-2.0
//
// The executions run in processes of their own, so that the last line is printed whatever the
// program does. A replay runs in this one: that is where a debugger is.
#include "explore/foreign/session.h"

#include <errno.h>
#include <fnmatch.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "explore/foreign/elapsed.h"
#include "explore/foreign/findings.h"
#include "explore/foreign/options.h"
#include "explore/foreign/report.h"
#include "explore/foreign/symbolise.h"
#include "explore/foreign/worker.h"
#include "explore/runtime/runtime.h"

namespace hammerlock::explore {
namespace {

constexpr int kWrongUsage = 64;

ForeignOptions options;

// Shared with the workers.
volatile bool* stop = nullptr;
volatile sig_atomic_t interruptions = 0;

[[noreturn, gnu::format(printf, 2, 3)]] void Refuse(int code, const char* format, ...) {
  fputs("hammerlock: ", stderr);
  va_list arguments;
  va_start(arguments, format);
  vfprintf(stderr, format, arguments);
  va_end(arguments);
  fputc('\n', stderr);
  fflush(nullptr);
  _exit(code);
}

void OnInterruption(int) {
  interruptions = interruptions + 1;
  *stop = true;
}

// The trace of "1/NAME/~TRACE".
const char* TraceOf(const char* replay, const char* name) {
  const char* const slash = strchr(replay, '/');
  const char* const at = slash != nullptr ? strstr(slash + 1, "/~") : nullptr;
  if (at == nullptr) {
    Refuse(kWrongUsage,
           "\"%s\" is not a replay: it reads 1/PROGRAM/~CHOICES, as the last line of a failing run "
           "prints it",
           replay);
  }
  if (slash != replay + 1 || *replay != '1') {
    Refuse(kWrongUsage,
           "the replay is of version %.*s, and this program reads version 1: record it again with "
           "this build",
           static_cast<int>(slash - replay), replay);
  }
  const size_t size = static_cast<size_t>(at - slash - 1);
  if (size != strlen(name) || strncmp(slash + 1, name, size) != 0) {
    Refuse(kWrongUsage, "the replay is of the program %.*s, and this is %s", static_cast<int>(size),
           slash + 1, name);
  }
  return at + 2;
}

// Worker k of n: its share of the executions.
uint64_t ShareOf(uint64_t all, uint64_t k, uint64_t n) { return all / n + (k < all % n ? 1 : 0); }

pid_t StartWorker(uint64_t k, Findings* findings) {
  fflush(nullptr);
  const pid_t parent = getpid();
  const pid_t child = fork();
  if (child < 0) Refuse(67, "cannot start a process: %s", strerror(errno));
  if (child != 0) return child;
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent) _exit(67);
  // The parent says when it is enough.
  signal(SIGINT, SIG_IGN);
  signal(SIGTERM, SIG_DFL);
  const uint64_t share = ShareOf(options.executions, k, options.jobs);
  const bool pass_output = k == 0 && strcmp(options.output, "none") != 0;
  if (options.executions == 0 || share != 0) {
    Explore(options, options.seed + k, share, pass_output, stop, findings);
  } else {
    findings->finished = true;
  }
  fflush(nullptr);
  _exit(0);
}

uint64_t Executions(const Findings* findings, uint64_t n) {
  uint64_t sum = 0;
  for (uint64_t k = 0; k < n; ++k)
    sum += *static_cast<const volatile uint64_t*>(&findings[k].executions);
  return sum;
}

bool AnyFailure(const Findings* findings, uint64_t n) {
  for (uint64_t k = 0; k < n; ++k) {
    if (*static_cast<const volatile uint64_t*>(&findings[k].failures) != 0) return true;
  }
  return false;
}

// How a worker ended that did not come to its end by itself.
void DescribeDeath(int status, char* into, size_t size) {
  if (WIFSIGNALED(status)) {
    const char* const name = sigabbrev_np(WTERMSIG(status));
    snprintf(into, size, "the process that explores it was ended by SIG%s",
             name != nullptr ? name : "?");
  } else if (WIFEXITED(status) && WEXITSTATUS(status) == 67) {
    snprintf(into, size, "it could not be explored: see above");
  } else {
    snprintf(into, size, "the process that explores it ended with exit code %d",
             WIFEXITED(status) ? WEXITSTATUS(status) : -1);
  }
}

// Starts the workers and waits for them. `death` says how one of them died, if one did.
void RunWorkers(Findings* findings, char* death, size_t size) {
  pid_t workers[kMaxJobs];
  const uint64_t n = options.jobs;
  for (uint64_t k = 0; k < n; ++k) workers[k] = StartWorker(k, &findings[k]);
  const bool terminal = isatty(STDERR_FILENO) == 1;
  const bool stops_at_first = strcmp(options.stop, "first") == 0;
  bool shown = false;
  uint64_t running = n;
  const timespec begin = TimeNow();
  for (long pause = 1000000; running != 0;) {
    bool any = false;
    for (uint64_t k = 0; k < n; ++k) {
      int status = 0;
      if (workers[k] == 0 || waitpid(workers[k], &status, WNOHANG) != workers[k]) continue;
      workers[k] = 0;
      --running;
      any = true;
      if (findings[k].finished) continue;
      DescribeDeath(status, death, size);
      // The others would run for their whole time.
      if (stops_at_first) *stop = true;
    }
    if (stops_at_first && AnyFailure(findings, n)) *stop = true;
    if (interruptions > 1) {
      for (uint64_t k = 0; k < n; ++k) {
        if (workers[k] != 0) kill(workers[k], SIGKILL);
      }
    }
    if (any || running == 0) continue;
    const timespec wait = {0, pause};
    nanosleep(&wait, nullptr);
    if (pause < 50000000) pause *= 2;
    if (terminal && SecondsSince(begin) > 0.5) {
      shown = true;
      fprintf(stderr, "\r\033[K%s: %llu executions", ProgramName(),
              static_cast<unsigned long long>(Executions(findings, n)));
    }
  }
  if (shown) fputs("\r\033[K", stderr);
}

void Judge(const Findings& sum, const char* death, ForeignResult* result) {
  result->findings = &sum;
  char* const why = result->why;
  const size_t size = sizeof(result->why);
  const auto number = [](uint64_t n) { return static_cast<unsigned long long>(n); };
  if (sum.failures != 0) {
    result->verdict = ForeignVerdict::kFail;
    int used = snprintf(why, size, "%s", sum.why);
    if (!sum.repeats) {
      used += snprintf(why + used, size - used,
                       "\n(it did not fail again with the same choices: something in the program "
                       "comes from outside of the engine, a clock or a file for instance)");
    } else if (sum.choices_shrunk != sum.choices) {
      used += snprintf(why + used, size - used, "\n(shrunk from %llu to %llu deviations)",
                       number(sum.choices), number(sum.choices_shrunk));
    }
    if (sum.has_trace) {
      snprintf(result->replay, sizeof(result->replay), "1/%s/~%s", result->name, sum.trace.text);
    } else if (sum.repeats) {
      snprintf(why + used, size - used,
               "\n(its choices are too many to print; HAMMERLOCK_OPTIONS=seed=%llu finds it again)",
               number(sum.seed));
    }
  } else if (sum.misfit) {
    result->verdict = ForeignVerdict::kInconclusive;
    snprintf(why, size,
             "this trace was recorded with another build of the program, or with other arguments, "
             "input or options: it does not fit, and was not followed further");
  } else if (death[0] != '\0') {
    result->verdict = ForeignVerdict::kInconclusive;
    snprintf(why, size, "%s", death);
  } else if (sum.executions == 0) {
    result->verdict = ForeignVerdict::kInconclusive;
    snprintf(why, size, "no execution ran");
  } else if (!sum.instrumented) {
    result->verdict = ForeignVerdict::kNotInstrumented;
    snprintf(why, size,
             "no code of it was compiled with hammerlock-cc or hammerlock-c++, so nothing was "
             "explored: build all of it anew");
  } else if (sum.endless != 0) {
    result->verdict = ForeignVerdict::kInconclusive;
    snprintf(why, size,
             "%llu of %llu executions were cut off after %llu steps, as endless: max_steps= allows "
             "more",
             number(sum.endless), number(sum.executions), number(options.max_steps));
  } else {
    result->verdict = ForeignVerdict::kPass;
  }
}

}  // namespace

int RunSession(MainFunction* main, int argc, char** argv, char** environment) {
  KeepProgram(main, argc, argv, environment);
  char error[512];
  if (!ParseForeignOptions(getenv("HAMMERLOCK_OPTIONS"), &options, error, sizeof(error))) {
    Refuse(kWrongUsage, "%s", error);
  }
  if (options.help) {
    PrintForeignHelp(argv[0]);
    return 0;
  }
  if (options.filter != nullptr && fnmatch(options.filter, ProgramName(), 0) != 0) {
    Refuse(kWrongUsage, "filter=%s matches no scenario; there is: %s", options.filter,
           ProgramName());
  }
  const char* const trace =
      options.replay != nullptr ? TraceOf(options.replay, ProgramName()) : nullptr;
  FILE* report = nullptr;
  if (options.report != nullptr && (report = fopen(options.report, "we")) == nullptr) {
    Refuse(kWrongUsage, "cannot write the report %s: %s", options.report, strerror(errno));
  }

  const timespec begin = TimeNow();
  stop = static_cast<volatile bool*>(
      mmap(nullptr, 1, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0));
  Options runtime;
  runtime.max_steps = options.max_steps;
  runtime.race = options.race;
  runtime.leak = options.leak;
  runtime.load_buffering = options.load_buffering;
  Prepare(runtime);
  // Each worker's, and their sum.
  Findings* const findings = NewFindings(options.jobs + 1);
  Findings& sum = findings[options.jobs];
  char death[256] = {};
  if (trace != nullptr) {
    Repeat(options, trace, &findings[0]);
  } else {
    signal(SIGINT, OnInterruption);
    signal(SIGTERM, OnInterruption);
    fprintf(stderr, "hammerlock: seed=%llu\n", static_cast<unsigned long long>(options.seed));
    RunWorkers(findings, death, sizeof(death));
  }
  for (uint64_t k = 0; k < options.jobs; ++k) AddFindings(&sum, findings[k]);

  static ForeignResult result;
  result.name = ProgramName();
  // That of the job that failed: with it the program finds this alone.
  result.seed = sum.first_failure != 0 ? sum.seed : options.seed;
  result.jobs = options.jobs;
  result.seconds = SecondsSince(begin);
  SymboliseText(sum.why, sizeof(sum.why));
  Judge(sum, death, &result);
  fflush(stdout);
  int code = ExitCode(result.verdict);
  if (report != nullptr) {
    PrintForeignReport(result, report);
    if (fclose(report) != 0) {
      fprintf(stderr, "hammerlock: cannot write the report %s: %s\n", options.report,
              strerror(errno));
      if (code == 0) code = ExitCode(ForeignVerdict::kInconclusive);
    }
  }
  PrintForeignResult(result, options, stderr);
  PrintForeignLastLine(result, stderr);
  return code;
}

}  // namespace hammerlock::explore
