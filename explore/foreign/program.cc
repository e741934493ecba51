// SPDX-License-Identifier: Apache-2.0
#include "explore/foreign/program.h"

#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "explore/foreign/descriptors.h"
#include "explore/foreign/directory.h"
#include "explore/foreign/globals.h"
#include "explore/foreign/outcomes.h"
#include "explore/foreign/signals.h"
#include "explore/foreign/streams.h"
#include "explore/runtime/process.h"

namespace hammerlock::explore {
namespace {

MainFunction* program_main = nullptr;
int argument_count = 0;
char** arguments = nullptr;
char** environment = nullptr;
char name[128] = "program";

// An array of strings, the strings with it, is to be as it was in each execution.
void KeepStrings(char** array) {
  size_t count = 0;
  while (array[count] != nullptr) ++count;
  KeepMemory(array, (count + 1) * sizeof(*array));
  // They mostly lie in a row: then they are one piece of memory.
  for (size_t i = 0; i < count;) {
    char* const begin = array[i];
    char* end = begin;
    for (; i < count && array[i] == end; ++i) end += strlen(end) + 1;
    KeepMemory(begin, end - begin);
  }
}

void KeepName(const char* path) {
  const char* const slash = strrchr(path, '/');
  const char* const base = slash != nullptr ? slash + 1 : path;
  size_t n = 0;
  for (const char* c = base; *c != '\0' && n + 1 < sizeof(name); ++c, ++n) {
    const bool plain = (*c >= 'a' && *c <= 'z') || (*c >= 'A' && *c <= 'Z') ||
                       (*c >= '0' && *c <= '9') || strchr("._+-", *c) != nullptr;
    name[n] = plain ? *c : '_';
  }
  if (n != 0) name[n] = '\0';
}

void Body(void*) { ExitFromMain(program_main(argument_count, arguments, environment)); }

// What the C library keeps between calls of getopt points into the arguments: begin anew.
void ResetGetopt() {
  if (optind == 1) return;
  static char program_name[] = "program";
  char* const nothing[] = {program_name, nullptr};
  optind = 0;
  getopt(1, nothing, "");
  optind = 1;
}

}  // namespace

void KeepProgram(MainFunction* main, int argc, char** argv, char** variables) {
  program_main = main;
  argument_count = argc;
  arguments = argv;
  environment = variables;
  KeepStrings(arguments);
  KeepStrings(environment);
  KeepName(argc > 0 ? argv[0] : "program");
}

const char* ProgramName() { return name; }
int ProgramArgumentCount() { return argument_count; }
const char* ProgramArgument(int i) { return arguments[i]; }

void PrepareProgram() {
  CatchProcessEnds();
  PrepareStreams();
  PrepareDirectory();
  PrepareSignals();
  PrepareDescriptors();
  KeepGlobals();
}

const Ending& RunProgram(bool pass_output) {
  BeginStreams(pass_output);
  ForgetPresentOutcome();
  const Ending& ending = Execute(Body, nullptr);
  EndStreams(ending.failure == FailureKind::kNone);
  RestoreSignals();
  RestoreDescriptors();
  RestoreDirectory();
  ResetGetopt();
  environ = environment;
  RestoreGlobals();
  return ending;
}

}  // namespace hammerlock::explore
