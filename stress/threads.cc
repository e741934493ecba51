// SPDX-License-Identifier: Apache-2.0
#include "stress/threads.h"

#include <dirent.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstdlib>

namespace hammerlock::stress {

std::vector<pid_t> OtherThreads() {
  std::vector<pid_t> threads;
  const pid_t self = static_cast<pid_t>(syscall(SYS_gettid));
  DIR* const tasks = opendir("/proc/self/task");
  if (tasks == nullptr) return threads;
  while (const dirent* entry = readdir(tasks)) {
    const pid_t thread = static_cast<pid_t>(std::atol(entry->d_name));
    if (thread > 0 && thread != self) threads.push_back(thread);
  }
  closedir(tasks);
  return threads;
}

}  // namespace hammerlock::stress
