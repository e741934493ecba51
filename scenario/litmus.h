// SPDX-License-Identifier: Apache-2.0
//
// Litmus tests: a fixed few lines a thread, and every outcome graded.
//
//   struct MessagePassing {
//     std::atomic<int> data{0}, flag{0};
//     int r0 = 0, r1 = 0;
//
//     void P0() {
//       data.store(1, std::memory_order_relaxed);
//       flag.store(1, std::memory_order_release);  // pairs with the acquire in P1
//     }
//     void P1() {
//       r0 = flag.load(std::memory_order_acquire);  // pairs with the release in P0
//       r1 = data.load(std::memory_order_relaxed);
//     }
//   };
//
//   LITMUS(MessagePassing, r0, r1) {
//     Acceptable({0, 0}, "P1 came first");
//     Acceptable({0, 1}, "P1 read the flag first, then the data");
//     Acceptable({1, 1}, "the message arrived");
//     Forbidden({1, 0}, "the flag was seen and the data was not");
//   }
//
// The struct is the state of one execution, made by value-initialisation: shared locations,
// and registers, each written by one thread. P0 to P7 are its threads, run at once. A member
// `Final()`, if there is one, runs when all have ended, to read what memory holds in the end.
// An outcome that nobody described fails.
#pragma once

#include <algorithm>
#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include "scenario/execution.h"
#include "scenario/internal/fresh_array.h"
#include "scenario/internal/members.h"
#include "scenario/internal/unobserved.h"
#include "scenario/scenario.h"

namespace hammerlock {
namespace internal {

// How many of P0, P1, ... the state has, in one piece from P0 on.
template <class S>
consteval int CountThreads() {
  constexpr std::array<bool, 8> kHas = {requires(S & s){s.P0();
}
, requires(S& s) { s.P1(); }, requires(S& s) { s.P2(); }, requires(S& s) { s.P3(); },
    requires(S& s) { s.P4(); }, requires(S& s) { s.P5(); }, requires(S& s) { s.P6(); },
    requires(S& s) { s.P7(); }
};  // namespace internal
const auto first_missing = std::find(kHas.begin(), kHas.end(), false);
if (std::find(first_missing, kHas.end(), true) != kHas.end()) return -1;
return static_cast<int>(first_missing - kHas.begin());
}  // namespace hammerlock

template <int kThread, class S>
void RunThread(S& s) {
  if constexpr (kThread == 0) s.P0();
  if constexpr (kThread == 1) s.P1();
  if constexpr (kThread == 2) s.P2();
  if constexpr (kThread == 3) s.P3();
  if constexpr (kThread == 4) s.P4();
  if constexpr (kThread == 5) s.P5();
  if constexpr (kThread == 6) s.P6();
  if constexpr (kThread == 7) s.P7();
}

// The description of a litmus test's outcomes, without its types.
class OutcomeTable {
 public:
  using Key = std::vector<int64_t>;  // A value for each register.

  // `names` as the macro's argument list has them: "r0, r1".
  explicit OutcomeTable(std::string_view names);

  void Add(Grade grade, Key values, std::string_view meaning);
  void Add(Grade grade, std::function<bool(const Key&)> matches, std::string_view meaning);

  // "r0=0 r1=1".
  std::string Print(const Key& key) const;

  // Counts `n` executions that ended with `key`, the first of them being number `first`.
  void Count(const Key& key, uint64_t n, uint64_t first, Tally& tally) const;

  // All outcomes described by value, each with a count of 0.
  Tally Described() const;

 private:
  struct Row {
    Grade grade;
    Key values;                               // Where `matches` is empty.
    std::function<bool(const Key&)> matches;  // Otherwise.
    std::string meaning;
  };

  std::vector<std::string> names_;
  std::vector<Row> rows_;
};

}  // namespace internal

template <class S, auto... kRegisters>
class Litmus : public Scenario {
 public:
  static constexpr int kThreads = internal::CountThreads<S>();
  static_assert(kThreads != 0, "a litmus test needs a thread: void P0()");
  static_assert(kThreads != -1, "a litmus test's threads are P0, P1, ... without a gap");
  static_assert(sizeof...(kRegisters) > 0, "name the registers: LITMUS(State, r0, r1)");

  // What the registers hold at the end.
  using Values = std::tuple<std::remove_cvref_t<decltype(std::declval<S&>().*kRegisters)>...>;

  Litmus(std::string_view name, std::string_view file, int line, std::string_view registers)
      : Scenario(name, file, line), outcomes_(registers) {}

  std::unique_ptr<Batch> Make(Choices& /*choices*/, size_t size) override {
    return std::make_unique<States>(outcomes_, size);
  }

  size_t stride() const override { return 4096; }
  Tally Described() const override { return outcomes_.Described(); }

  // The grades. An outcome is given by its values, or by a predicate over them; the first
  // description that fits counts.
  void Acceptable(Values v, std::string_view meaning) { Add(Grade::kAcceptable, v, meaning); }
  void Interesting(Values v, std::string_view meaning) { Add(Grade::kInteresting, v, meaning); }
  void Forbidden(Values v, std::string_view meaning) { Add(Grade::kForbidden, v, meaning); }

  template <class F>
    requires(!std::convertible_to<F, Values>)
  void Acceptable(F f, std::string_view meaning) {
    AddIf(Grade::kAcceptable, f, meaning);
  }
  template <class F>
    requires(!std::convertible_to<F, Values>)
  void Interesting(F f, std::string_view meaning) {
    AddIf(Grade::kInteresting, f, meaning);
  }
  template <class F>
    requires(!std::convertible_to<F, Values>)
  void Forbidden(F f, std::string_view meaning) {
    AddIf(Grade::kForbidden, f, meaning);
  }

 private:
  static constexpr size_t kWidth = sizeof...(kRegisters);
  using Key = std::array<int64_t, kWidth>;

  class States : public Batch {
   public:
    States(const internal::OutcomeTable& outcomes, size_t size)
        : outcomes_(outcomes), states_(size) {}

    int threads() const override { return kThreads; }

    void Run(int thread, Range range) override {
      [&]<int... kThread>(std::integer_sequence<int, kThread...>) {
        (void)((thread == kThread && (RunAll<kThread>(range), true)) || ...);
      }(std::make_integer_sequence<int, kThreads>());
    }

    void Finish(Range range, Tally& tally) override {
      struct Seen {
        Key key;
        uint64_t first;
        uint64_t count;
      };
      if constexpr (requires(S& s) { s.Final(); }) {
        for (size_t i = range.begin; i < range.end; ++i) states_[i].Final();
      }
      const internal::Unobserved unobserved;
      std::vector<Seen> seen;  // In the order of their first occurrence; few.
      for (size_t i = range.begin; i < range.end; ++i) {
        S& s = states_[i];
        const Key key = {static_cast<int64_t>(s.*kRegisters)...};
        auto it = std::find_if(seen.begin(), seen.end(), [&](Seen& x) { return x.key == key; });
        if (it == seen.end()) it = seen.insert(seen.end(), Seen{key, i - range.begin + 1, 0});
        ++it->count;
      }
      const uint64_t before = tally.executions();
      for (const Seen& x : seen) {
        outcomes_.Count({x.key.begin(), x.key.end()}, x.count, before + x.first, tally);
      }
      if (execution_.failed()) execution_.FinishCounted(tally);
    }

   private:
    // The loop that the test is about: nothing but the accesses of the test.
    template <int kThread>
    void RunAll(Range range) {
      S* const end = states_.begin() + range.end;
      for (S* s = states_.begin() + range.begin; s != end; ++s) {
        internal::RunThread<kThread>(*s);
        // Keeps the compiler from merging one execution's plain accesses with the next one's.
        asm volatile("" ::: "memory");
      }
    }

    const internal::OutcomeTable& outcomes_;
    internal::FreshArray<S> states_;
    Execution execution_{nullptr};
  };

  static std::vector<int64_t> ToKey(const Values& values) {
    return std::apply(
        [](const auto&... v) { return std::vector<int64_t>{static_cast<int64_t>(v)...}; }, values);
  }

  void Add(Grade grade, const Values& values, std::string_view meaning) {
    outcomes_.Add(grade, ToKey(values), meaning);
  }

  template <class F>
  void AddIf(Grade grade, F f, std::string_view meaning) {
    outcomes_.Add(
        grade,
        [f](const std::vector<int64_t>& key) {
          return [&]<size_t... kIndex>(std::index_sequence<kIndex...>) {
            return static_cast<bool>(
                f(static_cast<std::tuple_element_t<kIndex, Values>>(key[kIndex])...));
          }(std::make_index_sequence<kWidth>());
        },
        meaning);
  }

  internal::OutcomeTable outcomes_;
};

// LITMUS(State, register, ...) { descriptions of the outcomes }
#define LITMUS(State, ...)                                                   \
  struct State##Litmus final                                                 \
      : ::hammerlock::Litmus<State HAMMERLOCK_MEMBERS(State, __VA_ARGS__)> { \
    State##Litmus();                                                         \
  };                                                                         \
  [[maybe_unused]] static const bool State##LitmusRegistered =               \
      ::hammerlock::Register(std::make_unique<State##Litmus>());             \
  State##Litmus::State##Litmus() : Litmus(#State, __FILE__, __LINE__, #__VA_ARGS__)

}  // namespace hammerlock
