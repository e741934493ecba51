// SPDX-License-Identifier: Apache-2.0
//
// What the program says to the engine: hammerlock.h makes a system call of a number that no kernel
// knows, with what it wants in X0 and an argument in X1.
#include <cerrno>

#include "emulate/guest/machine.h"

namespace hammerlock::emulate {
namespace {

// As scenario/hammerlock.h has them.
enum Call : uint64_t { kPresent = 1, kOutcome, kFail, kChoose, kMeet, kSeed };

constexpr uint64_t kLongestText = 4096;

}  // namespace

std::string Machine::StringAt(uint64_t address) {
  std::string text;
  while (text.size() < kLongestText && IsThere(address + text.size(), 1, 1)) {
    const char c = *At<char>(address + text.size());
    if (c == '\0') break;
    text.push_back(c == '\n' ? ' ' : c);
  }
  return text;
}

// A thread that waits for another lets it run.
void Machine::Yield() {
  if (!granted_) HandOver(NextPoint(), 3);
}

void Machine::EngineCall() {
  const uint64_t argument = cpu_.X(1);
  uint64_t answer = 1;
  switch (cpu_.X(0)) {
    case kPresent:
      break;
    case kOutcome:
      outcomes_.push_back(StringAt(argument));
      break;
    case kFail:
      Fail(StringAt(argument), 66);
    case kChoose:
      answer =
          argument == 0 ? 0 : dice_.Below({0xfffd, ++drawn_}, 0, static_cast<unsigned>(argument));
      break;
    case kSeed:
      if (alone_) Reseed(argument);
      break;
    case kMeet:
      if (alone_ || argument < 2) break;
      if (++meeting_ < static_cast<int>(argument)) {
        cpu_.X(0) = answer;
        Wait(State::kMeets);
      }
      meeting_ = 0;
      for (int i = 0; i < threads_.size(); ++i) {
        if (threads_.at(i).state != State::kMeets) continue;
        threads_.at(i).state = State::kReady;
        memory_->Synchronise(i);
      }
      memory_->Forget();
      break;
    default:
      answer = Error(ENOSYS);
      break;
  }
  cpu_.X(0) = answer;
  Skip();
}

}  // namespace hammerlock::emulate
