// SPDX-License-Identifier: Apache-2.0
#include "emulate/guest/machine.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cinttypes>
#include <cstdio>
#include <cstdlib>

namespace hammerlock::emulate {
namespace {

constexpr int kFailed = 66, kInconclusive = 67;
constexpr int kReadable = 1, kWritable = 2;
constexpr uint64_t kPage = 4096;
// A little more than it takes here, so that a second of the machine's is less than one of ours.
constexpr Time kPerInstruction = 500;
// Of a thread that waits for another.
constexpr uint8_t kYieldHint = 1, kWaitHint = 2;
constexpr size_t kMostNoted = 1 << 16;

// What the dice are asked at a scheduling point.
enum Salt : unsigned { kWhetherToSwitch = 100, kWhoIsNext, kWhoGoesOn };

}  // namespace

Machine::Machine(const GuestOptions& options) : options_(options), dice_(~options.memory.seed) {}

void Machine::Attach() {
  if (cpu_.attached()) return;
  const std::string wrong = cpu_.Attach();
  if (!wrong.empty()) {
    std::fprintf(stderr,
                 "hammerlock: the Arm engine cannot work with this QEMU: %s; use Debian 12's "
                 "package qemu-user\n",
                 wrong.c_str());
    _exit(kInconclusive);
  }
}

uint8_t* Machine::Bytes(uint64_t address, unsigned size) {
  for (uint64_t page = address & ~(kPage - 1); page < address + size; page += kPage) {
    KnownPage& known = pages_[page / kPage % kKnownPages];
    if (known.page != page) known = {page, page_get_flags(page)};
    if ((known.flags & (kReadable | kWritable)) != (kReadable | kWritable)) return nullptr;
  }
  return At<uint8_t>(address);
}

bool Machine::IsThere(uint64_t address, unsigned size, int access) {
  for (uint64_t page = address & ~(kPage - 1); page < address + size; page += kPage) {
    if ((page_get_flags(page) & access) != access) return false;
  }
  return true;
}

bool Machine::Forbidden(const Event& event) {
  const std::optional<std::vector<Event>>& only = options_.only;
  return only && std::find(only->begin(), only->end(), event) == only->end();
}

void Machine::Note(const Deviation& deviation) {
  if (trail_.size() == kMostNoted) trail_.erase(trail_.begin(), trail_.begin() + kMostNoted / 2);
  trail_.push_back(deviation);
}

void Machine::Reseed(uint64_t seed) {
  options_.memory.seed = seed;
  dice_ = Dice(~seed);
}

void Machine::Activate() {
  active_ = true;
  alone_ = false;
  singlestep = 1;
  if (!cpu_.FindThreadPointer(thread_pointer_)) {
    std::fprintf(stderr,
                 "hammerlock: the Arm engine cannot work with this QEMU: TPIDR_EL0 is not "
                 "found; use Debian 12's package qemu-user\n");
    _exit(kInconclusive);
  }
  BeginTime();
  threads_.Reset(getpid());
  next_id_ = getpid() + 1'000'000;
  memory_ = std::make_unique<WeakMemory>(options_.memory, *this, *this);
  memory_->Begin(0);
  unfinished_ = false;
}

// In a child process: the other threads are not in it.
void Machine::Forked() {
  if (alone_) return;
  for (int i = 0; i < threads_.size(); ++i) {
    GuestThread& thread = threads_.at(i);
    if (i != threads_.current_number() && thread.state != State::kDead) threads_.End(thread);
  }
}

void Machine::Skip() {
  cpu_.pc() += 4;
  granted_ = false;
  cpu_.Continue();
}

void Machine::Return(uint64_t value) {
  cpu_.X(0) = value;
  if (threads_.OnlyOneCanRun()) RunAlone();
  Skip();
}

void Machine::SwitchTo(int number) {
  ++switches_;
  cpu_.Save(Current().registers);
  threads_.Take(number);
  cpu_.Load(Current().registers);
  granted_ = true;
  cpu_.Continue();
}

void Machine::MaySwitch() {
  if (granted_) {
    granted_ = false;
    return;
  }
  const Event point = NextPoint();
  if (dice_.Chance(point, kWhetherToSwitch, options_.switching)) HandOver(point, kWhoIsNext);
}

Event Machine::NextPoint() {
  return {static_cast<uint16_t>(threads_.current_number()), ++Current().points};
}

void Machine::HandOver(const Event& point, unsigned salt) {
  const std::vector<int>& ready = threads_.Ready();
  const int next = ready[dice_.Below(point, salt, static_cast<unsigned>(ready.size()))];
  if (next != threads_.current_number()) SwitchTo(next);
}

void Machine::RunAnother() {
  const Event point = NextPoint();
  if (Current().state != State::kDead) cpu_.Save(Current().registers);
  for (;;) {
    WakeDue();
    const std::vector<int>& ready = threads_.Ready();
    if (ready.empty()) {
      // Nobody can run before some time has passed.
      if (!Advance()) Deadlock();
      continue;
    }
    threads_.Take(ready[dice_.Below(point, kWhoGoesOn, static_cast<unsigned>(ready.size()))]);
    break;
  }
  ++switches_;
  cpu_.Load(Current().registers);
  granted_ = true;
  if (threads_.OnlyOneCanRun()) RunAlone();
  cpu_.Continue();
}

void Machine::Wait(State state) {
  Current().state = state;
  cpu_.pc() += 4;
  RunAnother();
}

// At QEMU's full speed, until the thread makes a system call.
void Machine::RunAlone() {
  // QEMU has its own idea of what was loaded exclusively, and by whom.
  if (memory_->InExclusive(threads_.current_number())) return;
  memory_->Synchronise(threads_.current_number());
  memory_->Forget();
  active_ = false;
  singlestep = 0;
  PauseTime();
}

void Machine::RunTogether() {
  active_ = true;
  singlestep = 1;
  granted_ = false;
  ResumeTime();
}

void Machine::Ready(int number, uint64_t result) {
  GuestThread& thread = threads_.at(number);
  thread.state = State::kReady;
  thread.deadline = kNever;
  thread.registers.x[0] = result;
  // Whoever woke it has seen to it that what came before is known.
  memory_->Synchronise(number);
}

void Machine::WakeDue() {
  for (int i = 0; i < threads_.size(); ++i) {
    const GuestThread& thread = threads_.at(i);
    if (thread.deadline > time_ || thread.state == State::kDead) continue;
    if (thread.state == State::kFutex) Ready(i, Error(ETIMEDOUT));
    if (thread.state == State::kSleeps) Ready(i, 0);
  }
}

bool Machine::Advance() {
  Time next = kNever;
  bool polls = false;
  for (int i = 0; i < threads_.size(); ++i) {
    const GuestThread& thread = threads_.at(i);
    if (thread.state == State::kDead) continue;
    next = std::min(next, thread.deadline);
    polls = polls || thread.state == State::kPolls;
  }
  if (next == kNever && !polls) return false;
  if (polls) {
    // They look again; if the world outside has nothing for them yet, it is given some time.
    usleep(100);
    for (int i = 0; i < threads_.size(); ++i) {
      if (threads_.at(i).state == State::kPolls) threads_.at(i).state = State::kReady;
    }
    if (next == kNever) return true;
  }
  time_ = std::max(time_, next);
  return true;
}

void Machine::Step(const Place& place) {
  const Instruction& i = place.instruction;
  ++steps_;
  time_ += kPerInstruction;
  if (unfinished_) {
    unfinished_ = false;
    memory_->After(threads_.current_number());
  }
  if (i.kind != Kind::kCompute && i.kind != Kind::kHint && i.kind != Kind::kNothing) {
    if ((steps_ & 1023) == 0) WakeDue();
    if (options_.max_steps != 0 && steps_ - last_progress_ > options_.max_steps) {
      Fail(
          "nothing but instructions, " + std::to_string(options_.max_steps) +
              " of them, since the last system call: a livelock, or too small a bound (max_steps)" +
              WhereThreadsAre(),
          kInconclusive);
    }
    MaySwitch();
  }
  switch (i.kind) {
    case Kind::kOther:
      ++fallbacks_[i.word];
      break;
    case Kind::kSystemCall:
      memory_->Before(threads_.current_number(), i);
      SystemCall();
      return;
    case Kind::kHint:
      if (i.hint == kYieldHint || i.hint == kWaitHint) Yield();
      return;
    case Kind::kReadCounter:
      memory_->Before(threads_.current_number(), i);
      if (i.writes.flags) return;  // A random number of the hardware.
      if (i.first != 31) cpu_.X(i.first) = time_ / 16;
      Skip();
    default:
      break;
  }
  if (memory_->Before(threads_.current_number(), i) == WeakMemory::Step::kSkip) Skip();
  unfinished_ = i.elements != 0;
}

void Machine::StepAlone(const Place& place) {
  const Instruction& i = place.instruction;
  Attach();
  // In a block of several instructions it is not kept up to date.
  cpu_.pc() = place.pc;
  if (i.kind == Kind::kSystemCall) SystemCall();
  if (i.kind == Kind::kWriteThreadPointer) thread_pointer_ = i.first == 31 ? 0 : cpu_.X(i.first);
}

std::string Machine::WhereThreadsAre() {
  std::string text;
  cpu_.Save(Current().registers);
  for (int n = 0; n < threads_.size(); ++n) {
    const GuestThread& thread = threads_.at(n);
    if (thread.state == State::kDead) continue;
    char line[96];
    // One that waits has its system call behind it.
    const bool waits = thread.state != State::kReady;
    std::snprintf(line, sizeof(line), "\n  thread %d %s at pc 0x%" PRIx64, n,
                  waits ? "waits" : "runs", thread.registers.pc - (waits ? 4 : 0));
    text += line;
    if (thread.state != State::kFutex) continue;
    std::snprintf(line, sizeof(line), ", futex 0x%" PRIx64, thread.futex);
    text += line;
  }
  return text;
}

void Machine::Deadlock() { Fail("deadlock: every thread waits" + WhereThreadsAre(), kFailed); }

void Machine::Fail(const std::string& why, int code) {
  std::fprintf(stderr, "hammerlock: %s\n", why.c_str());
  failure_ = why;
  Finish();
  _exit(code);
}

void Machine::Finish() {
  if (options_.report.empty()) return;
  std::FILE* const file = std::fopen(options_.report.c_str(), "w");
  if (file == nullptr) return;
  const auto n = [](uint64_t value) { return static_cast<unsigned long long>(value); };
  std::fprintf(file, "steps %llu\nswitches %llu\n", n(steps_), n(switches_));
  for (const auto& [word, count] : fallbacks_) {
    std::fprintf(file, "fallback %08x %llu\n", word, n(count));
  }
  for (const std::string& outcome : outcomes_) {
    std::fprintf(file, "outcome %s\n", outcome.c_str());
  }
  if (!failure_.empty()) {
    std::string line = failure_;
    std::replace(line.begin(), line.end(), '\n', ' ');
    std::fprintf(file, "failure %s\n", line.c_str());
  }
  static constexpr const char* kNames[] = {"stale", "early", "deferred", "failed"};
  for (const Deviation& d : trail_) {
    std::fprintf(file,
                 "deviation %s %u.%llu pc=%llx address=%llx bytes=%u distance=%u by=%d "
                 "value=%llx\n",
                 kNames[static_cast<int>(d.kind)], unsigned{d.event.thread}, n(d.event.number),
                 n(d.pc), n(d.address), unsigned{d.bytes}, d.distance, d.by, n(d.value));
  }
  std::fclose(file);
}

}  // namespace hammerlock::emulate
