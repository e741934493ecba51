// SPDX-License-Identifier: Apache-2.0
//
// Harness code that runs inside an execution and is no part of it.
//
// An engine that runs the execution itself (explore) sees every access and every lock of it. What
// the vocabulary does there for its own purposes must neither be scheduled nor order the threads
// under test, nor be taken back when the execution ends. With real threads it is code like any
// other.
#pragma once

extern "C" {
// Turns observation on or off and returns what it was. Null where the engine is no such one.
__attribute__((weak)) bool hammerlock_engine_observe(bool on);

// Ends the present execution as a failure and does not return, where the engine can do that: what
// follows a failed expectation has nothing more to say. Null elsewhere.
__attribute__((weak)) void hammerlock_engine_end_execution(const char* why);

// The running thread's number, and a thread's time up to which what it did happens before what the
// running one does now (of the running thread itself: its present time). Times grow with each
// release, so that what a thread did at a time is known where the time is. Null where the engine
// does not know what happens before what.
__attribute__((weak)) int hammerlock_engine_thread(void);
__attribute__((weak)) int hammerlock_engine_known_time(int thread);

// Whether the engine writes down what happens in this execution; then it is told of the calls of
// a linearizable scenario and of their returns. Null where the engine never does.
__attribute__((weak)) bool hammerlock_engine_recording(void);
__attribute__((weak)) void hammerlock_engine_record(bool returns, const char* text);
}

namespace hammerlock::internal {

class Unobserved {
 public:
  Unobserved() : was_(hammerlock_engine_observe && hammerlock_engine_observe(false)) {}
  ~Unobserved() {
    if (hammerlock_engine_observe) hammerlock_engine_observe(was_);
  }
  Unobserved(const Unobserved&) = delete;
  Unobserved& operator=(const Unobserved&) = delete;

 private:
  const bool was_;
};

}  // namespace hammerlock::internal
