// SPDX-License-Identifier: Apache-2.0
#include "stress/watchdog.h"

#include <chrono>
#include <ctime>
#include <utility>

#include "absl/strings/str_format.h"
#include "stress/stacks.h"

namespace hammerlock::stress {
namespace {

double Seconds(clockid_t clock) {
  timespec t;
  clock_gettime(clock, &t);
  return t.tv_sec + t.tv_nsec * 1e-9;
}

}  // namespace

Watchdog::Watchdog(const HangLimits& limits, std::function<uint64_t()> heartbeat,
                   std::function<void(const std::string&)> on_hang)
    : limits_(limits), heartbeat_(std::move(heartbeat)), on_hang_(std::move(on_hang)) {
  thread_ = std::thread([this] { Watch(); });
}

Watchdog::~Watchdog() {
  {
    std::lock_guard lock(mu_);
    stop_ = true;
  }
  stop_changed_.notify_one();
  thread_.join();
}

void Watchdog::Watch() {
  // Looking is cheap, but not free: this share of the processor counts as asleep.
  constexpr double kOwnShare = 0.02;
  constexpr std::chrono::milliseconds kPeriod(200);

  uint64_t last_beat = heartbeat_();
  double progress_cpu = Seconds(CLOCK_PROCESS_CPUTIME_ID);  // When something last got on.
  double last_wall = Seconds(CLOCK_MONOTONIC);
  double last_cpu = progress_cpu;
  double asleep = 0;

  std::unique_lock lock(mu_);
  while (!stop_changed_.wait_for(lock, kPeriod, [this] { return stop_; })) {
    const uint64_t beat = heartbeat_();
    const double wall = Seconds(CLOCK_MONOTONIC);
    const double cpu = Seconds(CLOCK_PROCESS_CPUTIME_ID);
    const bool idle = cpu - last_cpu < kOwnShare * (wall - last_wall);
    if (beat != last_beat) progress_cpu = cpu;
    // A pause of the whole machine counts as one period, not as the time it took.
    asleep =
        beat == last_beat && idle ? asleep + std::chrono::duration<double>(kPeriod).count() : 0;
    last_beat = beat;
    last_wall = wall;
    last_cpu = cpu;

    std::string what;
    if (asleep >= limits_.deadlock_seconds) {
      what = absl::StrFormat("deadlock: for %.0f seconds every thread has been asleep", asleep);
    } else if (cpu - progress_cpu >= limits_.livelock_cpu_seconds) {
      what = absl::StrFormat("livelock: %.0f seconds of processor time went by, and nothing got on",
                             cpu - progress_cpu);
    }
    if (!what.empty()) {
      on_hang_(what + "\n" + AllStacks());
      return;
    }
  }
}

}  // namespace hammerlock::stress
