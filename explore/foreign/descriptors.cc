// SPDX-License-Identifier: Apache-2.0
#include "explore/foreign/descriptors.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "explore/foreign/streams.h"
#include "explore/runtime/posix_internal.h"

namespace hammerlock::explore {
namespace {

// Whether this execution has opened anything: looking for it takes calls of the system.
bool opened = false;

// Descriptors that are the engine's, or were open before: the numbers up to kMost among them.
constexpr int kMost = 1024;
bool kept[kMost];
int first_free = 3;

// Streams of this execution, which have memory of the C library besides.
constexpr int kMaxStreams = 256;
FILE* streams[kMaxStreams];
int stream_count = 0;

void NoteStream(FILE* stream) {
  opened = true;
  if (stream != nullptr && stream_count < kMaxStreams) streams[stream_count++] = stream;
}

}  // namespace

void ForgetStream(FILE* stream) {
  for (int i = 0; i < stream_count; ++i) {
    if (streams[i] != stream) continue;
    streams[i] = streams[--stream_count];
    return;
  }
}

void PrepareDescriptors() {
  for (int d = 0; d < kMost; ++d) {
    kept[d] = fcntl(d, F_GETFD) != -1;
    if (kept[d]) first_free = d + 1;
  }
}

void RestoreDescriptors() {
  if (!opened) return;
  opened = false;
  while (stream_count != 0) fclose(streams[--stream_count]);
  for (int d = 3; d < first_free; ++d) {
    if (!kept[d]) close(d);
  }
  if (close_range(static_cast<unsigned>(first_free), ~0u, 0) == 0) return;
  // An old kernel or emulator: those that an execution may plausibly have opened.
  for (int d = first_free; d < kMost; ++d) close(d);
}

}  // namespace hammerlock::explore

using namespace hammerlock::explore;

namespace {

// A descriptor is opened or made another's.
void NoteReplaced(int descriptor) {
  if (!Watching()) return;
  opened = true;
  if (descriptor <= STDERR_FILENO) NoteMovedStream();
}

mode_t ModeOf(va_list arguments, int flags) {
  return (flags & (O_CREAT | O_TMPFILE)) != 0 ? va_arg(arguments, mode_t) : 0;
}

}  // namespace

// Functions with these parameters that open something.
#define OPENS(name, parameters, arguments)  \
  int name parameters {                     \
    if (Watching()) opened = true;          \
    return HAMMERLOCK_REAL(name) arguments; \
  }
#define OPENS_WITH_MODE(name, parameters, ...)       \
  int name parameters {                              \
    if (Watching()) opened = true;                   \
    va_list list;                                    \
    va_start(list, flags);                           \
    const mode_t mode = ModeOf(list, flags);         \
    va_end(list);                                    \
    return HAMMERLOCK_REAL(name)(__VA_ARGS__, mode); \
  }
#define OPENS_STREAM(name, parameters, arguments)         \
  FILE* name parameters {                                 \
    FILE* const stream = HAMMERLOCK_REAL(name) arguments; \
    if (Watching()) NoteStream(stream);                   \
    return stream;                                        \
  }

extern "C" {

OPENS_WITH_MODE(open, (const char* path, int flags, ...), path, flags)
OPENS_WITH_MODE(open64, (const char* path, int flags, ...), path, flags)
OPENS_WITH_MODE(openat, (int folder, const char* path, int flags, ...), folder, path, flags)
OPENS_WITH_MODE(openat64, (int folder, const char* path, int flags, ...), folder, path, flags)
OPENS(creat, (const char* path, mode_t mode), (path, mode))
OPENS(creat64, (const char* path, mode_t mode), (path, mode))
OPENS(dup, (int from) noexcept, (from))
OPENS(memfd_create, (const char* name, unsigned flags) noexcept, (name, flags))
OPENS(mkstemp, (char* path), (path))
OPENS_STREAM(fopen, (const char* path, const char* mode), (path, mode))
OPENS_STREAM(fopen64, (const char* path, const char* mode), (path, mode))
OPENS_STREAM(fdopen, (int descriptor, const char* mode) noexcept, (descriptor, mode))
OPENS_STREAM(tmpfile, (), ())

int dup2(int from, int to) noexcept {
  NoteReplaced(to);
  return HAMMERLOCK_REAL(dup2)(from, to);
}

int dup3(int from, int to, int flags) noexcept {
  NoteReplaced(to);
  return HAMMERLOCK_REAL(dup3)(from, to, flags);
}

DIR* opendir(const char* path) {
  if (Watching()) opened = true;
  return HAMMERLOCK_REAL(opendir)(path);
}

}  // extern "C"
