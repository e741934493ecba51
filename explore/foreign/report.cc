// SPDX-License-Identifier: Apache-2.0
#include "explore/foreign/report.h"

#include <stdlib.h>
#include <string.h>

#include "explore/foreign/program.h"

namespace hammerlock::explore {
namespace {

const char* Name(ForeignVerdict verdict) {
  switch (verdict) {
    case ForeignVerdict::kPass:
      return "pass";
    case ForeignVerdict::kInconclusive:
      return "inconclusive";
    case ForeignVerdict::kNotInstrumented:
      return "not_instrumented";
    case ForeignVerdict::kFail:
      return "fail";
  }
  return "unknown";
}

void PrintJsonString(const char* text, FILE* into) {
  fputc('"', into);
  for (const char* c = text; *c != '\0'; ++c) {
    if (*c == '"' || *c == '\\') {
      fprintf(into, "\\%c", *c);
    } else if (*c == '\n') {
      fputs("\\n", into);
    } else if (static_cast<unsigned char>(*c) < 0x20) {
      fprintf(into, "\\u%04x", static_cast<unsigned>(*c));
    } else {
      fputc(*c, into);
    }
  }
  fputc('"', into);
}

void PrintOutcomes(const Findings& findings, FILE* into) {
  const size_t distinct = findings.outcomes.distinct();
  if (distinct == 0) return;
  Outcomes::Counted* const counted = findings.outcomes.Sorted();
  size_t width = strlen("outcome");
  for (size_t i = 0; i < distinct; ++i) {
    const size_t size = strlen(counted[i].text);
    if (size > width) width = size;
  }
  constexpr size_t kWidest = 60;
  const int column = static_cast<int>(width < kWidest ? width : kWidest);
  fprintf(into, "%-*s %12s %9s\n", column, "outcome", "count", "share");
  const double total = findings.executions != 0 ? static_cast<double>(findings.executions) : 1;
  for (size_t i = 0; i < distinct; ++i) {
    fprintf(into, "%-*s %12llu %8.4f%%\n", column, counted[i].text,
            static_cast<unsigned long long>(counted[i].count),
            100 * static_cast<double>(counted[i].count) / total);
  }
  free(counted);
}

// An argument as a shell takes it.
void PrintQuoted(const char* text, FILE* into) {
  const char* const plain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
      "_-+=./,:@%";
  if (*text != '\0' && strspn(text, plain) == strlen(text)) {
    fputs(text, into);
    return;
  }
  fputc('\'', into);
  for (const char* c = text; *c != '\0'; ++c) {
    if (*c == '\'') {
      fputs("'\\''", into);
    } else {
      fputc(*c, into);
    }
  }
  fputc('\'', into);
}

void PrintReplayCommand(const ForeignResult& result, const ForeignOptions& options, FILE* into) {
  fputs("replay: HAMMERLOCK_OPTIONS=", into);
  // What changes the choices, or what counts as a failure.
  if (!options.race) fputs("race=0:", into);
  if (options.leak) fputs("leak=1:", into);
  if (options.load_buffering) fputs("load_buffering=1:", into);
  if (options.max_steps != ForeignOptions().max_steps) {
    fprintf(into, "max_steps=%llu:", static_cast<unsigned long long>(options.max_steps));
  }
  fprintf(into, "replay=%s", result.replay);
  for (int i = 0; i < ProgramArgumentCount(); ++i) {
    fputc(' ', into);
    PrintQuoted(ProgramArgument(i), into);
  }
  fputc('\n', into);
}

}  // namespace

int ExitCode(ForeignVerdict verdict) {
  switch (verdict) {
    case ForeignVerdict::kPass:
      return 0;
    case ForeignVerdict::kFail:
      return 66;
    case ForeignVerdict::kInconclusive:
    case ForeignVerdict::kNotInstrumented:
      break;
  }
  return 67;
}

void PrintForeignResult(const ForeignResult& result, const ForeignOptions& options, FILE* into) {
  PrintOutcomes(*result.findings, into);
  if (result.why[0] != '\0') fprintf(into, "%s: %s\n", result.name, result.why);
  if (result.replay[0] != '\0') PrintReplayCommand(result, options, into);
}

void PrintForeignLastLine(const ForeignResult& result, FILE* into) {
  const Findings& f = *result.findings;
  const auto number = [](uint64_t n) { return static_cast<unsigned long long>(n); };
  fprintf(into, "hammerlock: verdict=%s scenario=%s executions=%llu failures=%llu",
          Name(result.verdict), result.name, number(f.executions), number(f.failures));
  if (f.first_failure != 0) fprintf(into, " first_failure=%llu", number(f.first_failure));
  fprintf(into, " distinct=%llu seconds=%.2f seed=%llu", number(f.outcomes.distinct()),
          result.seconds, number(result.seed));
  if (f.endless != 0) fprintf(into, " endless=%llu", number(f.endless));
  if (f.discarded != 0) fprintf(into, " discarded=%llu", number(f.discarded));
  if (result.jobs > 1) fprintf(into, " jobs=%llu", number(result.jobs));
  if (result.replay[0] != '\0') fprintf(into, " replay=%s", result.replay);
  fputc('\n', into);
}

namespace {

void PrintMembers(const ForeignResult& result, const char* indent, FILE* into) {
  const Findings& f = *result.findings;
  const auto text = [&](const char* key, const char* value) {
    fprintf(into, "%s\"%s\": ", indent, key);
    PrintJsonString(value, into);
    fputs(",\n", into);
  };
  const auto number = [&](const char* key, uint64_t value) {
    fprintf(into, "%s\"%s\": %llu,\n", indent, key, static_cast<unsigned long long>(value));
  };
  text("verdict", Name(result.verdict));
  text("scenario", result.name);
  number("executions", f.executions);
  number("failures", f.failures);
  if (f.first_failure != 0) number("first_failure", f.first_failure);
  number("distinct", f.outcomes.distinct());
  fprintf(into, "%s\"seconds\": %.2f,\n", indent, result.seconds);
  number("seed", result.seed);
  if (f.endless != 0) number("endless", f.endless);
  if (f.discarded != 0) number("discarded", f.discarded);
  if (result.jobs > 1) number("jobs", result.jobs);
  if (result.replay[0] != '\0') text("replay", result.replay);
  text("why", result.why);
  fprintf(into, "%s\"outcomes\": {", indent);
  Outcomes::Counted* const counted = f.outcomes.Sorted();
  for (size_t i = 0; i < f.outcomes.distinct(); ++i) {
    if (i != 0) fputs(", ", into);
    PrintJsonString(counted[i].text, into);
    fprintf(into, ": %llu", static_cast<unsigned long long>(counted[i].count));
  }
  free(counted);
  fputc('}', into);
}

}  // namespace

void PrintForeignReport(const ForeignResult& result, FILE* into) {
  fputs("{\n", into);
  PrintMembers(result, "  ", into);
  fputs(",\n  \"scenarios\": [\n    {\n", into);
  PrintMembers(result, "      ", into);
  fputs("\n    }\n  ]\n}\n", into);
}

}  // namespace hammerlock::explore
