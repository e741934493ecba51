// SPDX-License-Identifier: Apache-2.0
//
// Rules: which sentences of the standard the judge applies. All of C++20's by default; a test
// takes one away, or puts one of C++17 in its place, to see that the verdicts change.
#pragma once

namespace hammerlock::axioms {

struct Rules {
  // [intro.races], the four requirements of coherence, p15 to p18.
  bool write_write = true;
  bool read_read = true;
  bool read_write = true;
  bool write_read = true;

  // [atomics.order] p10: a read-modify-write reads the last value before its own write.
  bool atomicity = true;

  // Synchronizes-with. [atomics.order] p2 and [atomics.fences] p2 to p4.
  bool atomic_to_atomic = true;
  bool fence_to_fence = true;
  bool fence_to_atomic = true;
  bool atomic_to_fence = true;
  // [intro.races] p5: a release sequence goes on through read-modify-writes.
  bool release_sequence = true;

  // [atomics.order] p4: S.
  bool strongly_happens_before = true;
  bool operation_operation = true;  // 4.1
  bool operation_fence = true;      // 4.2
  bool fence_operation = true;      // 4.3
  bool fence_fence = true;          // 4.4

  // Sequenced-before and reads-from have no cycle: no load buffering. The standard allows it, and
  // recommends no more than that nothing comes out of thin air ([atomics.order] p8).
  bool no_load_buffering = true;
  // Without that: cycles only through loads of plain stores that are relaxed and that no release
  // fence precedes, as an engine shows that lets threads promise such stores.
  bool only_relaxed_stores_promised = true;

  // C++17, not C++20. A release sequence went on through plain stores of its thread too; S agreed
  // with all of happens-before; and a fence reached no further than its own thread.
  bool same_thread_release_sequence = false;
  bool happens_before_in_s = false;
  bool fences_reach_own_thread_only = false;

  friend bool operator==(const Rules&, const Rules&) = default;
};

}  // namespace hammerlock::axioms
