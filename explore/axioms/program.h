// SPDX-License-Identifier: Apache-2.0
//
// Program: a small concurrent program over integers, as data. What the judge judges, the
// generators make and an engine runs.
//
// Every location holds 0 at first. No instruction takes an address or a value from what another
// one read. There are two choices: a compare-exchange, and a guard, which ends its thread unless
// the last read before it (in order of the program) read what it wants. Without guards two
// threads could never be kept apart: a data race would be all that a plain access can have.
//
// The text form has a `|` between threads, a `;` between instructions, and
//
//   R x acq            load
//   W x 1 rel          store
//   X x 1 ar           exchange
//   A x 1 rlx          fetch_add
//   C x 0 1 ar acq     compare_exchange_strong: expected, desired, order of success and of failure
//   F sc               fence
//   G 1                guard: the thread goes on only if it has just read 1
//
// over the locations x y z w and the orders rlx acq rel ar sc. (consume is acquire.) The order of
// a load or store may also be na: a plain, non-atomic access. A location may have both kinds.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace hammerlock::axioms {

inline constexpr int kMaxThreads = 8;
inline constexpr int kMaxLocations = 4;
inline constexpr int kMaxInstructions = 24;

enum class Order { kRelaxed, kAcquire, kRelease, kAcqRel, kSeqCst, kPlain };

constexpr bool IsAcquire(Order o) {
  return o == Order::kAcquire || o == Order::kAcqRel || o == Order::kSeqCst;
}
constexpr bool IsRelease(Order o) {
  return o == Order::kRelease || o == Order::kAcqRel || o == Order::kSeqCst;
}

struct Instruction {
  enum class Kind { kLoad, kStore, kExchange, kFetchAdd, kCompareExchange, kFence, kGuard };

  Kind kind = Kind::kFence;
  int location = 0;  // Of an access.
  int expected = 0;  // Of a compare-exchange.
  int value = 0;     // What is stored, added, or wanted by a guard.
  Order order = Order::kSeqCst;
  Order failure = Order::kSeqCst;  // Of a compare-exchange: the order of the load that it then is.

  bool accesses() const { return kind != Kind::kFence && kind != Kind::kGuard; }
  bool plain() const { return accesses() && order == Order::kPlain; }
  bool is_atomic_load() const { return kind == Kind::kLoad && !plain(); }
  // Whether it leaves the value that it read in a register.
  bool reads() const { return accesses() && kind != Kind::kStore; }
  // Whether it writes always, or (a compare-exchange) may.
  bool may_write() const { return accesses() && kind != Kind::kLoad; }

  friend bool operator==(const Instruction&, const Instruction&) = default;
};

struct Program {
  std::vector<std::vector<Instruction>> threads;

  size_t size() const;
  int locations() const;  // One more than the largest that is used.
  bool has_read_modify_writes() const;
  int registers() const;  // As many as instructions that read, in order of thread and instruction.

  friend bool operator==(const Program&, const Program&) = default;
};

std::string_view Name(Order order);
char LocationName(int location);

std::string Print(const Instruction& instruction);
std::string Print(const Program& program);

// Fails, and says where, on a text that is not of the form above, on an order that C++ does not
// give to the operation (an acquire store), and beyond the bounds above.
absl::StatusOr<Program> Parse(std::string_view text);

}  // namespace hammerlock::axioms
