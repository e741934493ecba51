// SPDX-License-Identifier: Apache-2.0
//
// The program's start: what the C library is to call after the static initialisers is not its main
// function, but the session that runs that function over and over.
#include <dirent.h>
#include <stdio.h>
#include <sys/single_threaded.h>
#include <unistd.h>

#include "explore/foreign/session.h"
#include "explore/runtime/scheduler.h"

namespace hammerlock::explore {
namespace {

MainFunction* program_main = nullptr;

// Of the system: threads that static initialisers start are neither under the engine nor in the
// processes that explore. An emulator may have some of its own, from the start.
int CountTasks() {
  DIR* const tasks = opendir("/proc/self/task");
  if (tasks == nullptr) return 0;
  int count = 0;
  while (const dirent* task = readdir(tasks)) count += task->d_name[0] != '.';
  closedir(tasks);
  return count;
}
int tasks_at_start = 0;

int Main(int argc, char** argv, char** environment) {
  if (CountTasks() > tasks_at_start) Unsupported("a thread was started before main");
  const int code = RunSession(program_main, argc, argv, environment);
  fflush(nullptr);
  // The program's static destructors have nothing to do with what was explored.
  _exit(code);
}

}  // namespace
}  // namespace hammerlock::explore

using namespace hammerlock::explore;

extern "C" int __libc_start_main(MainFunction* main, int argc, char** argv, void (*init)(),
                                 void (*fini)(), void (*loader_fini)(), void* stack_end) {
  using Function = int(MainFunction*, int, char**, void (*)(), void (*)(), void (*)(), void*);
  // Before static initialisers count owners without atomics.
  __libc_single_threaded = false;
  program_main = main;
  tasks_at_start = CountTasks();
  auto* const real = reinterpret_cast<Function*>(RealFunction(__func__));
  return real(Main, argc, argv, init, fini, loader_fini, stack_end);
}
