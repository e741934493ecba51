// SPDX-License-Identifier: Apache-2.0
//
// The guest's clocks. While threads are modelled an instruction takes a fixed time, and when all of
// them wait the clock goes on to the first deadline; while one runs alone, the time is the host's.
#include <ctime>

#include "emulate/guest/machine.h"

namespace hammerlock::emulate {
namespace {

constexpr Time kSecond = 1'000'000'000;

Time HostTime(clockid_t clock) {
  timespec now;
  clock_gettime(clock, &now);
  return static_cast<Time>(now.tv_sec) * kSecond + static_cast<Time>(now.tv_nsec);
}

}  // namespace

void Machine::BeginTime() {
  monotonic_start_ = HostTime(CLOCK_MONOTONIC);
  realtime_start_ = HostTime(CLOCK_REALTIME);
}

void Machine::PauseTime() { paused_at_ = HostTime(CLOCK_MONOTONIC); }

void Machine::ResumeTime() {
  if (paused_at_ != 0) time_ += HostTime(CLOCK_MONOTONIC) - paused_at_;
  paused_at_ = 0;
}

Time Machine::Monotonic() {
  if (paused_at_ != 0) {
    ResumeTime();
    PauseTime();
  }
  return monotonic_start_ + time_;
}

Time Machine::Realtime() { return realtime_start_ + (Monotonic() - monotonic_start_); }

std::optional<Time> Machine::TimeAt(uint64_t address) {
  if (address == 0 || !IsThere(address, 16, 1)) return std::nullopt;
  return At<uint64_t>(address)[0] * kSecond + At<uint64_t>(address)[1];
}

void Machine::PutTime(uint64_t address, Time time) {
  At<uint64_t>(address)[0] = time / kSecond;
  At<uint64_t>(address)[1] = time % kSecond;
}

}  // namespace hammerlock::emulate
