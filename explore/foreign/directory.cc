// SPDX-License-Identifier: Apache-2.0
#include "explore/foreign/directory.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "explore/runtime/posix_internal.h"

namespace hammerlock::explore {
namespace {

int first_directory = -1;
bool moved = false;

mode_t first_mask = 0;
bool masked = false;

}  // namespace

void PrepareDirectory() { first_directory = open(".", O_PATH | O_DIRECTORY | O_CLOEXEC); }

void RestoreDirectory() {
  if (moved) {
    moved = false;
    if (fchdir(first_directory) != 0) Unsupported("cannot go back to the first working directory");
  }
  if (masked) {
    masked = false;
    umask(first_mask);
  }
}

}  // namespace hammerlock::explore

using namespace hammerlock::explore;

extern "C" {

int chdir(const char* path) noexcept {
  if (Watching()) moved = true;
  return HAMMERLOCK_REAL(chdir)(path);
}

int fchdir(int descriptor) noexcept {
  if (Watching()) moved = true;
  return HAMMERLOCK_REAL(fchdir)(descriptor);
}

mode_t umask(mode_t fresh) noexcept {
  const mode_t old = HAMMERLOCK_REAL(umask)(fresh);
  if (Watching() && !masked) {
    masked = true;
    first_mask = old;
  }
  return old;
}

}  // extern "C"
