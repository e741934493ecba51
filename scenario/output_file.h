// SPDX-License-Identifier: Apache-2.0
//
// OutputFile: a file that is there whole or not at all.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace hammerlock {

// What is written goes to a file beside the wanted one, which Commit renames over it. Without
// Commit nothing is left behind.
class OutputFile {
 public:
  // Fails with a sentence for the user if there can be no such file.
  static absl::StatusOr<OutputFile> Open(std::string path);

  OutputFile(OutputFile&& other) noexcept;
  OutputFile& operator=(OutputFile&&) = delete;
  ~OutputFile();

  // Fails with a sentence for the user if the text does not fit on the disk.
  absl::Status Commit(std::string_view text) &&;

 private:
  OutputFile(std::string path, std::string temporary, int fd);

  std::string path_;
  std::string temporary_;
  int fd_;
};

}  // namespace hammerlock
