// SPDX-License-Identifier: Apache-2.0
#include "explore/foreign/streams.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdio_ext.h>
#include <sys/stat.h>
#include <unistd.h>

#include "explore/foreign/descriptors.h"
#include "explore/runtime/posix_internal.h"

// std::cout, without the library's header and its templates. Its first word is null in a program
// that does not use it, as nothing has initialised it.
extern "C" {
extern void* hammerlock_cout[] asm("_ZSt4cout");
void* hammerlock_flush(void* stream) asm("_ZNSo5flushEv");
}

namespace hammerlock::explore {
namespace {

char input_buffer[4096];
char output_buffer[1 << 16];

int null_device = -1;
int real_output = -1;
int real_input = -1;
int real_error = -1;
bool moved = false;
bool passes = true;
bool input_is_file = false;
off_t input_begin = 0;

// The bit of a FILE's _flags that says so: part of the C library's ABI.
constexpr int kUnbuffered = 2;

void BufferOutput() {
  if ((stdout->_flags & kUnbuffered) != 0 || stdout->_IO_buf_base == output_buffer) return;
  setvbuf(stdout, output_buffer, isatty(real_output) == 1 ? _IOLBF : _IOFBF, sizeof(output_buffer));
}

// A file is opened anew, as processes that share it would move each other's position.
void PrepareInput() {
  struct stat status;
  input_is_file = fstat(STDIN_FILENO, &status) == 0 && S_ISREG(status.st_mode);
  int input = null_device;
  if (input_is_file) {
    input_begin = lseek(STDIN_FILENO, 0, SEEK_CUR);
    input = open("/proc/self/fd/0", O_RDONLY | O_CLOEXEC);
    if (input < 0) Unsupported("cannot open standard input anew");
    lseek(input, input_begin, SEEK_SET);
  }
  dup2(input, STDIN_FILENO);
  real_input = input;
  setvbuf(stdin, input_buffer, _IOFBF, sizeof(input_buffer));
}

}  // namespace

void PrepareStreams() {
  null_device = open("/dev/null", O_RDWR | O_CLOEXEC);
  real_output = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);
  real_error = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3);
  if (null_device < 0) Unsupported("cannot open /dev/null");
  fflush(stdout);
  BufferOutput();
  PrepareInput();
}

void NoteMovedStream() { moved = true; }

void BeginStreams(bool pass_output) {
  if (pass_output == passes) return;
  fflush(stdout);
  passes = pass_output;
  if (!passes) {
    dup2(null_device, STDOUT_FILENO);
  } else if (real_output >= 0) {
    dup2(real_output, STDOUT_FILENO);
  }
}

void EndStreams(bool ended_well) {
  if (passes) {
    if (ended_well && hammerlock_cout[0] != nullptr) hammerlock_flush(hammerlock_cout);
    fflush(stdout);
  }
  if (moved) {
    moved = false;
    fflush(stdout);
    dup2(real_input, STDIN_FILENO);
    dup2(passes ? real_output : null_device, STDOUT_FILENO);
    dup2(real_error, STDERR_FILENO);
    __fpurge(stdin);
  }
  // The program may have given it a buffer of its own, which goes with the execution.
  if (stdout->_IO_buf_base != output_buffer) BufferOutput();
  if (input_is_file) {
    clearerr(stdin);
    fseeko(stdin, input_begin, SEEK_SET);
  } else if (feof(stdin)) {
    clearerr(stdin);
  }
}

}  // namespace hammerlock::explore

namespace {

bool IsStandard(const FILE* stream) {
  return stream == stdin || stream == stdout || stream == stderr;
}

}  // namespace

using namespace hammerlock::explore;

extern "C" {

// The standard streams stay open for the executions to come.

int fclose(FILE* stream) {
  if (Watching() && IsStandard(stream)) return fflush(stream);
  if (Watching()) ForgetStream(stream);
  return HAMMERLOCK_REAL(fclose)(stream);
}

int close(int descriptor) {
  if (Watching() && descriptor >= 0 && descriptor <= STDERR_FILENO) return 0;
  return HAMMERLOCK_REAL(close)(descriptor);
}

FILE* freopen(const char* path, const char* mode, FILE* stream) {
  if (!Watching() || !IsStandard(stream) || path == nullptr) {
    return HAMMERLOCK_REAL(freopen)(path, mode, stream);
  }
  const int flags = *mode == 'r'   ? O_RDONLY
                    : *mode == 'a' ? O_WRONLY | O_CREAT | O_APPEND
                                   : O_WRONLY | O_CREAT | O_TRUNC;
  const int file = open(path, flags, 0666);
  if (file < 0) return nullptr;
  fflush(stream);
  dup2(file, fileno(stream));
  close(file);
  clearerr(stream);
  return stream;
}

}  // extern "C"
