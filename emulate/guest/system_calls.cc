// SPDX-License-Identifier: Apache-2.0
//
// System calls that concern threads, or that may block. The kernel never learns that there are
// threads: it serves one.
#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

#include "emulate/guest/machine.h"

namespace hammerlock::emulate {
namespace {

// Numbers of the generic system call table, which aarch64 has.
enum Number : uint64_t {
  kEpollPwait = 22,
  kPpoll = 73,
  kRead = 63,
  kWrite = 64,
  kReadv = 65,
  kWritev = 66,
  kExit = 93,
  kFutex = 98,
  kSetRobustList = 99,
  kNanosleep = 101,
  kClockGettime = 113,
  kClockNanosleep = 115,
  kSchedYield = 124,
  kTkill = 130,
  kTgkill = 131,
  kGettimeofday = 169,
  kGettid = 178,
  kAccept = 202,
  kRecvfrom = 207,
  kRecvmsg = 212,
  kMunmap = 215,
  kMremap = 216,
  kClone = 220,
  kMmap = 222,
  kMprotect = 226,
  kAccept4 = 242,
  kGetrandom = 278,
  kMembarrier = 283,
};

// Of clone.
constexpr uint64_t kVm = 0x100, kVfork = 0x4000, kSetTls = 0x80000, kParentSetTid = 0x100000,
                   kChildClearTid = 0x200000, kChildSetTid = 0x1000000;

bool StartsThread(uint64_t flags) { return (flags & kVm) != 0 && (flags & kVfork) == 0; }

constexpr int kWritable = 3;

}  // namespace

void Machine::SystemCallPasses(int64_t number, const uint64_t (&a)[6]) {
  if (number == kMmap || number == kMunmap || number == kMremap || number == kMprotect) {
    pages_.fill({});
  }
  if (number == kClone && StartsThread(a[0])) {
    std::fprintf(stderr, "hammerlock: a thread was started where the Arm engine did not see it\n");
    _exit(67);
  }
}

void Machine::Clone() {
  const uint64_t flags = cpu_.X(0), stack = cpu_.X(1), parent_id = cpu_.X(2), tls = cpu_.X(3),
                 child_id = cpu_.X(4);
  GuestThread& thread = threads_.Add();
  cpu_.Save(thread.registers);
  thread.registers.x[0] = 0;
  if (stack != 0) thread.registers.x[31] = stack;
  thread.registers.pc = cpu_.pc() + 4;
  thread.id = next_id_++;
  if ((flags & kSetTls) != 0) thread.registers.thread_pointer = tls;
  if ((flags & kParentSetTid) != 0) *At<int32_t>(parent_id) = thread.id;
  if ((flags & kChildSetTid) != 0) *At<int32_t>(child_id) = thread.id;
  if ((flags & kChildClearTid) != 0) thread.clear_at_exit = child_id;
  memory_->Begin(threads_.size() - 1);
  Return(static_cast<uint64_t>(thread.id));
}

void Machine::Exit() {
  GuestThread& self = Current();
  if (threads_.alive() == 1) return;  // The last one ends the process.
  if (self.clear_at_exit != 0) {
    *At<int32_t>(self.clear_at_exit) = 0;
    Wake(self.clear_at_exit, 1, ~uint32_t{0});
  }
  threads_.End(self);
  RunAnother();
}

// Whether the call would block now. Then the thread is parked, and makes it again later.
bool Machine::Block(int64_t number) {
  const auto would = [](int fd, short events) {
    pollfd one = {fd, events, 0};
    return poll(&one, 1, 0) == 0;
  };
  const auto fd = static_cast<int>(cpu_.X(0));
  switch (number) {
    case kRead:
    case kReadv:
    case kAccept:
    case kAccept4:
    case kRecvfrom:
    case kRecvmsg:
      return would(fd, POLLIN);
    case kWrite:
    case kWritev:
      return would(fd, POLLOUT);
    case kPpoll: {
      const uint64_t list = cpu_.X(0), count = cpu_.X(1);
      if (count > 1024 || !IsThere(list, static_cast<unsigned>(count * 8), 1)) return false;
      const std::optional<Time> timeout = TimeAt(cpu_.X(2));
      if (timeout == 0) return false;
      std::vector<pollfd> copy(static_cast<size_t>(count));
      std::memcpy(copy.data(), At<char>(list), sizeof(pollfd) * copy.size());
      if (poll(copy.data(), count, 0) != 0) return false;
      if (!timeout) return true;
      // With a timeout: it has passed by the time that it looks once more.
      GuestThread& self = Current();
      if (self.deadline == kNever) self.deadline = time_ + *timeout;
      if (self.deadline > time_) return true;
      self.deadline = kNever;
      static const uint64_t kNothing[2] = {0, 0};
      std::memcpy(At<char>(cpu_.X(2)), kNothing, sizeof(kNothing));
      return false;
    }
    case kEpollPwait: {
      if (static_cast<int>(cpu_.X(3)) == 0) return false;
      return would(fd, POLLIN);  // An epoll descriptor is readable once it has events.
    }
    default:
      return false;
  }
}

void Machine::SystemCall() {
  const uint64_t number = cpu_.X(8);
  const bool starts = number == kClone && StartsThread(cpu_.X(0));
  if (alone_) {
    if (number == kEngineCall) EngineCall();
    if (!starts) return;
    Activate();
  } else if (!active_) {
    // The only one that can run: what it asks of the kernel may be about the others.
    RunTogether();
  }
  GuestThread& self = Current();
  if (number != kSchedYield) last_progress_ = steps_;
  switch (number) {
    case kEngineCall:
      EngineCall();
    case kClone:
      if (starts) Clone();
      return;
    case kExit:
      Exit();
      return;
    case kFutex:
      Futex();
      return;
    case kGettid:
      Return(static_cast<uint64_t>(self.id));
    case kSetRobustList:
      Return(0);
    case kSchedYield: {
      cpu_.X(0) = 0;
      cpu_.pc() += 4;
      HandOver(NextPoint(), 1);
      granted_ = true;
      cpu_.Continue();
    }
    case kNanosleep:
    case kClockNanosleep: {
      const bool clock = number == kClockNanosleep;
      const std::optional<Time> wanted = TimeAt(cpu_.X(clock ? 2 : 0));
      if (!wanted) Return(Error(EINVAL));
      const bool absolute = clock && (cpu_.X(1) & 1) != 0;
      const Time begin = clock && cpu_.X(0) == 0 ? Realtime() : Monotonic();
      self.deadline = absolute ? time_ + (*wanted > begin ? *wanted - begin : 0) : time_ + *wanted;
      cpu_.X(0) = 0;
      Wait(State::kSleeps);
    }
    case kClockGettime: {
      const bool realtime = cpu_.X(0) == 0 || cpu_.X(0) == 5;
      if (!IsThere(cpu_.X(1), 16, kWritable)) return;
      PutTime(cpu_.X(1), realtime ? Realtime() : Monotonic());
      Return(0);
    }
    case kGettimeofday:
      if (cpu_.X(0) == 0 || !IsThere(cpu_.X(0), 16, kWritable)) return;
      PutTime(cpu_.X(0), Realtime());
      At<uint64_t>(cpu_.X(0))[1] /= 1000;
      Return(0);
    case kGetrandom: {
      const uint64_t size = cpu_.X(1);
      if (size > 65536 || !IsThere(cpu_.X(0), static_cast<unsigned>(size), kWritable)) return;
      for (uint64_t i = 0; i < size; ++i) {
        *At<uint8_t>(cpu_.X(0) + i) = static_cast<uint8_t>(dice_.Roll({0xfffe, ++drawn_}, 0));
      }
      Return(size);
    }
    case kMembarrier:
      // 0 asks what there is: what QEMU has none of, it has here.
      if (cpu_.X(0) == 0) Return(0x1ff);
      for (int i = 0; i < threads_.size(); ++i) {
        if (threads_.at(i).state == State::kDead) continue;
        if (i != threads_.current_number()) elsewhere_ = &threads_.at(i).registers;
        memory_->Synchronise(i);
        elsewhere_ = nullptr;
      }
      Return(0);
    case kTkill:
    case kTgkill: {
      // To a thread of the guest; the kernel knows but one.
      const int at = number == kTgkill ? 1 : 0;
      if (threads_.WithId(static_cast<int>(cpu_.X(at))) != nullptr) {
        if (static_cast<int>(cpu_.X(at)) != self.id && static_cast<int>(cpu_.X(at + 1)) != 0) {
          Fail("a signal from one thread to another is not supported by the Arm engine", 67);
        }
        cpu_.X(at) = static_cast<uint64_t>(getpid());
      }
      return;
    }
    default:
      break;
  }
  if (Block(static_cast<int64_t>(number))) {
    self.state = State::kPolls;
    RunAnother();
  }
  if (threads_.OnlyOneCanRun()) RunAlone();
}

}  // namespace hammerlock::emulate
