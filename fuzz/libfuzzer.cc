// SPDX-License-Identifier: Apache-2.0
//
// libFuzzer's entry points (llvm.org/docs/LibFuzzer.html). A source that has a
// LLVMFuzzerTestOneInput of its own is linked without this file.
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "fuzz/fuzz_session.h"
#include "fuzz/sanitizer_reports.h"

namespace hammerlock::fuzz {
namespace {

// Never destroyed: its threads run until the process ends.
FuzzSession& Session() {
  static FuzzSession* const session = new FuzzSession;
  return *session;
}

// Whether libFuzzer, called so, leaves all inputs to processes that it starts.
bool OnlyStartsOthers(int argc, char** argv) {
  for (int i = 1; i < argc; ++i) {
    const std::string_view argument = argv[i];
    if (absl::StartsWith(argument, "-merge=1") ||
        absl::StartsWith(argument, "-set_cover_merge=1") ||
        absl::StartsWith(argument, "-minimize_crash=1") || absl::StartsWith(argument, "-fork=") ||
        absl::StartsWith(argument, "-jobs=") || absl::StartsWith(argument, "-help=1")) {
      return true;
    }
  }
  return false;
}

void AtExit() {
  const Result result = Session().Summary();
  Session().Tell(result);
  // Nothing but the exit code is left to settle, and exit() cannot change it from here.
  if (result.verdict != Verdict::kPass) _exit(ExitCode(result.verdict));
}

}  // namespace
}  // namespace hammerlock::fuzz

extern "C" int LLVMFuzzerInitialize(int* argc, char*** argv) {
  using namespace hammerlock;
  fuzz::FuzzSession& session = fuzz::Session();
  const char* const options = std::getenv("HAMMERLOCK_OPTIONS");
  const absl::Status status = session.Start(options ? options : "");
  if (!status.ok()) {
    std::fprintf(stderr, "hammerlock: %s\n", std::string(status.message()).c_str());
    std::exit(kExitUsage);
  }
  fuzz::OnSanitizerDeath([](const char* sanitizer) {
    fuzz::Session().TellDeath(
        absl::StrCat(sanitizer, " reported an error; its report stands above"));
  });
  if (session.has_replay()) {
    const Result result = session.RunReplay();
    session.Tell(result);
    std::exit(ExitCode(result.verdict));
  }
  if (!fuzz::OnlyStartsOthers(*argc, *argv)) std::atexit(fuzz::AtExit);

  // In front of the others, which win.
  static std::vector<std::string> flags = session.LibFuzzerFlags();
  static std::vector<char*> arguments;
  arguments.push_back((*argv)[0]);
  for (std::string& flag : flags) arguments.push_back(flag.data());
  arguments.insert(arguments.end(), *argv + 1, *argv + *argc);
  arguments.push_back(nullptr);
  *argc = static_cast<int>(arguments.size()) - 1;
  *argv = arguments.data();
  return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  hammerlock::fuzz::Session().RunInput({data, size});
  return 0;
}
