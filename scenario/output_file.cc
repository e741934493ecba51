// SPDX-License-Identifier: Apache-2.0
#include "scenario/output_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <utility>

#include "absl/strings/str_cat.h"

namespace hammerlock {

OutputFile::OutputFile(std::string path, std::string temporary, int fd)
    : path_(std::move(path)), temporary_(std::move(temporary)), fd_(fd) {}

OutputFile::OutputFile(OutputFile&& other) noexcept
    : path_(std::move(other.path_)),
      temporary_(std::move(other.temporary_)),
      fd_(std::exchange(other.fd_, -1)) {}

OutputFile::~OutputFile() {
  if (fd_ < 0) return;
  close(fd_);
  unlink(temporary_.c_str());
}

absl::StatusOr<OutputFile> OutputFile::Open(std::string path) {
  struct stat info;
  if (stat(path.c_str(), &info) == 0 && S_ISDIR(info.st_mode)) {
    return absl::InvalidArgumentError(
        absl::StrCat(path, " is a folder: name a file, such as ", path, "/report.json"));
  }
  std::string temporary = absl::StrCat(path, ".", getpid(), ".part");
  const int fd = open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
  if (fd < 0) {
    return absl::InvalidArgumentError(absl::StrCat("cannot write ", path, ": ",
                                                   std::strerror(errno),
                                                   "; name a file in a folder that exists and "
                                                   "that you may write to"));
  }
  return OutputFile(std::move(path), std::move(temporary), fd);
}

absl::Status OutputFile::Commit(std::string_view text) && {
  int error = 0;
  while (!text.empty() && error == 0) {
    const ssize_t n = write(fd_, text.data(), text.size());
    if (n >= 0) {
      text.remove_prefix(n);
    } else if (errno != EINTR) {
      error = errno;
    }
  }
  // A full disk may show only here.
  if (error == 0 && fsync(fd_) != 0 && errno != EINVAL && errno != EROFS) error = errno;
  if (error == 0 && rename(temporary_.c_str(), path_.c_str()) != 0) error = errno;
  if (error != 0) {
    return absl::UnavailableError(absl::StrCat("nothing was written to ", path_, ": ",
                                               std::strerror(error),
                                               "; make room or name another file"));
  }
  close(std::exchange(fd_, -1));
  return absl::OkStatus();
}

}  // namespace hammerlock
