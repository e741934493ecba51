// SPDX-License-Identifier: Apache-2.0
//
// Watchdog: turns a hang into a verdict, with the stack of every thread.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <thread>

namespace hammerlock::stress {

// A hang is either of two things, neither of which a slow or loaded machine can cause:
//   deadlock: nothing got on, and for so long no thread of the process used the processor;
//   livelock: nothing got on while the process used so much processor time.
struct HangLimits {
  double deadlock_seconds = 10;      // Of wall-clock time, asleep.
  double livelock_cpu_seconds = 60;  // Of the process's processor time.
};

class Watchdog {
 public:
  // `heartbeat` grows as long as something gets on. `on_hang` is called once, on the watchdog's
  // thread, with a description; it should not return.
  Watchdog(const HangLimits& limits, std::function<uint64_t()> heartbeat,
           std::function<void(const std::string&)> on_hang);
  ~Watchdog();
  Watchdog(const Watchdog&) = delete;
  Watchdog& operator=(const Watchdog&) = delete;

 private:
  void Watch();

  const HangLimits limits_;
  const std::function<uint64_t()> heartbeat_;
  const std::function<void(const std::string&)> on_hang_;
  std::mutex mu_;
  std::condition_variable stop_changed_;
  bool stop_ = false;
  std::thread thread_;
};

}  // namespace hammerlock::stress
