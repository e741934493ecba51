// SPDX-License-Identifier: Apache-2.0
//
// futex(2). Between two threads of the guest it is this; the kernel's is never called.
#include <cerrno>

#include "emulate/guest/machine.h"

namespace hammerlock::emulate {
namespace {

enum Operation : uint64_t {
  kWait = 0,
  kWake = 1,
  kRequeue = 3,
  kCompareRequeue = 4,
  kWakeOperation = 5,
  kWaitBitset = 9,
  kWakeBitset = 10,
};
constexpr uint64_t kOperationBits = 0x7f, kRealtimeClock = 256;

// FUTEX_WAKE_OP: what it does with the word, and how it compares what the word held.
int32_t Changed(unsigned operation, int32_t old, int32_t argument) {
  switch (operation) {
    case 0:
      return argument;
    case 1:
      return static_cast<int32_t>(static_cast<uint32_t>(old) + static_cast<uint32_t>(argument));
    case 2:
      return old | argument;
    case 3:
      return old & ~argument;
    default:
      return old ^ argument;
  }
}
bool Holds(unsigned comparison, int32_t old, int32_t argument) {
  switch (comparison) {
    case 0:
      return old == argument;
    case 1:
      return old != argument;
    case 2:
      return old < argument;
    case 3:
      return old <= argument;
    case 4:
      return old > argument;
    default:
      return old >= argument;
  }
}
int32_t SignExtended12(uint32_t bits) { return static_cast<int32_t>(bits << 20) >> 20; }

}  // namespace

// Any order is allowed, so the dice say who.
int Machine::Wake(uint64_t address, int most, uint32_t bitset) {
  int woken = 0;
  while (woken < most) {
    std::vector<int> waiting;
    for (int i = 0; i < threads_.size(); ++i) {
      const GuestThread& thread = threads_.at(i);
      if (thread.state == State::kFutex && thread.futex == address &&
          (thread.bitset & bitset) != 0) {
        waiting.push_back(i);
      }
    }
    if (waiting.empty()) break;
    Ready(waiting[dice_.Below(NextPoint(), 2, static_cast<unsigned>(waiting.size()))], 0);
    ++woken;
  }
  return woken;
}

void Machine::Requeue(int wake, int move, uint64_t to) {
  const uint64_t from = cpu_.X(0);
  const int woken = Wake(from, wake, ~uint32_t{0});
  int moved = 0;
  for (int i = 0; i < threads_.size() && moved < move; ++i) {
    GuestThread& thread = threads_.at(i);
    if (thread.state != State::kFutex || thread.futex != from) continue;
    thread.futex = to;
    ++moved;
  }
  Return(static_cast<uint64_t>(woken + moved));
}

void Machine::Futex() {
  const uint64_t address = cpu_.X(0), operation = cpu_.X(1);
  const auto value = static_cast<uint32_t>(cpu_.X(2));
  if (!IsThere(address, 4, 1)) Return(Error(EFAULT));
  switch (operation & kOperationBits) {
    case kWait:
    case kWaitBitset: {
      if (*At<uint32_t>(address) != value) Return(Error(EAGAIN));
      GuestThread& self = Current();
      self.futex = address;
      const bool bitset = (operation & kOperationBits) == kWaitBitset;
      self.bitset = bitset ? static_cast<uint32_t>(cpu_.X(5)) : ~uint32_t{0};
      self.deadline = kNever;
      if (const std::optional<Time> timeout = TimeAt(cpu_.X(3))) {
        // FUTEX_WAIT's is a duration, the other's a point of a clock.
        const Time begin = (operation & kRealtimeClock) != 0 ? Realtime() : Monotonic();
        self.deadline =
            bitset ? time_ + (*timeout > begin ? *timeout - begin : 0) : time_ + *timeout;
      }
      Wait(State::kFutex);
    }
    case kWake:
      Return(static_cast<uint64_t>(Wake(address, static_cast<int>(value), ~uint32_t{0})));
    case kWakeBitset:
      Return(static_cast<uint64_t>(
          Wake(address, static_cast<int>(value), static_cast<uint32_t>(cpu_.X(5)))));
    case kCompareRequeue:
      if (*At<uint32_t>(address) != static_cast<uint32_t>(cpu_.X(5))) Return(Error(EAGAIN));
      [[fallthrough]];
    case kRequeue:
      Requeue(static_cast<int>(value), static_cast<int>(cpu_.X(3)), cpu_.X(4));
      return;
    case kWakeOperation: {
      const uint64_t second = cpu_.X(4);
      const auto what = static_cast<uint32_t>(cpu_.X(5));
      if (!IsThere(second, 4, 3)) Return(Error(EFAULT));
      const int32_t old = *At<int32_t>(second);
      int32_t argument = SignExtended12(what >> 12 & 0xfff);
      if ((what >> 28 & 8) != 0) argument = static_cast<int32_t>(1u << (argument & 31));
      *At<int32_t>(second) = Changed(what >> 28 & 7, old, argument);
      int woken = Wake(address, static_cast<int>(value), ~uint32_t{0});
      if (Holds(what >> 24 & 15, old, SignExtended12(what & 0xfff))) {
        woken += Wake(second, static_cast<int>(cpu_.X(3)), ~uint32_t{0});
      }
      Return(static_cast<uint64_t>(woken));
    }
    default:
      Fail(
          "this futex operation (of a mutex with priority inheritance?) is not supported by the "
          "Arm engine",
          67);
  }
}

}  // namespace hammerlock::emulate
