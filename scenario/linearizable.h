// SPDX-License-Identifier: Apache-2.0
//
// Linearizable objects: operations and a model. The harness makes the programs, records their
// histories and judges them.
//
//   LINEARIZABLE(TreiberStackIsAStack, TreiberStack<int>, StackModel) {
//     Op("push", &Subject::Push, &Model::Push).With(Fresh());
//     Op("pop", &Subject::TryPop, &Model::TryPop);
//   }
//
// In the body `Subject` and `Model` are the two types. Subjects need not be movable. A model is
// plain sequential code, copyable and comparable by == (scenario/models.h has the usual ones).
// An operation is a member function, or a lambda or function that takes the object first.
//
// Operations that several subjects share stand in a function template:
//
//   template <class Stack>
//   void DeclareStack(Linearizable<Stack, StackModel>& that) {
//     that.Op("push", &Stack::Push, &StackModel::Push).With(Fresh());
//     that.Op("pop", &Stack::TryPop, &StackModel::TryPop);
//   }
//   LINEARIZABLE(TreiberStackIsAStack, TreiberStack<int>, StackModel) { DeclareStack(*this); }
//
// An operation must return by itself: a program may well call nothing that a waiting call waits
// for.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>

#include "scenario/execution.h"
#include "scenario/generator.h"
#include "scenario/grammar.h"
#include "scenario/internal/callable.h"
#include "scenario/linearizability.h"
#include "scenario/linearizable_scenario.h"
#include "scenario/models.h"
#include "scenario/scenario.h"
#include "scenario/specification.h"

namespace hammerlock {

template <class SubjectT, class ModelT>
class Linearizable : public LinearizableScenario {
 public:
  using Subject = SubjectT;
  using Model = ModelT;

  Linearizable(std::string_view name, std::string_view file, int line)
      : LinearizableScenario(name, file, line) {
    if constexpr (std::default_initializable<Subject>) Construct();
    if constexpr (std::default_initializable<Model>) start_.emplace();
  }

  // What can be said of an operation. `F` calls the subject.
  template <class F>
  class Declared {
   public:
    using Traits = internal::CallableOf<F>;

    Declared(Linearizable& scenario, int index) : scenario_(scenario), index_(index) {}

    // What each argument is drawn from. Without this a bool is false or true, and a number is
    // between 0 and 3.
    template <class... G>
    Declared& With(G... generators) {
      static_assert(sizeof...(G) == Traits::kArity, "With needs a generator for each argument");
      operation().arguments = {std::move(generators)...};
      return *this;
    }

    // Only these threads call it, counted from 0; besides what stands before and after them.
    // If all operations are so bound, there are as many threads as that takes.
    template <class... T>
    Declared& By(T... threads) {
      operation().callers = (Bit(threads) | ...);
      scenario_.bound_[index_] = true;
      return *this;
    }
    // Any thread calls it but these.
    template <class... T>
    Declared& NotBy(T... threads) {
      operation().callers = ~(Bit(threads) | ...);
      return *this;
    }

    // Only threads call it, or it is only called before and after them: what is exact only
    // while nobody else is there, as a size often is.
    Declared& OnlyInThreads() { return operation().in_before_and_after = false, *this; }
    Declared& OnlyBeforeAndAfter() { return operation().in_threads = false, *this; }

    // How often it is drawn, against the other operations' weights; 1 without this.
    Declared& Weight(unsigned weight) { return operation().weight = weight, *this; }

    // It touches only the part of the object that its first argument names, as a map's
    // operations do. Histories without other calls are then checked key by key, which is much
    // faster; the verdict stays the same.
    Declared& Keyed() {
      static_assert(Traits::kArity > 0, "a keyed operation has its key as first argument");
      scenario_.specification_.SetKeyed(index_);
      return *this;
    }

    // In place of a model's function: `allows(model, arguments..., result)` says whether the
    // operation may return the result, and if so takes the model to the state after it. A void
    // result is left out. Where several states are possible, the model holds them all.
    template <class A>
    Declared& Allows(A allows) {
      internal::CheckCallable<A>();
      using Relation = internal::CallableOf<A>;
      constexpr bool kVoid = std::is_void_v<typename Traits::Result>;
      static_assert(std::same_as<typename Relation::Result, bool>, "Allows returns a bool");
      static_assert(Relation::kArity == Traits::kArity + (kVoid ? 0 : 1),
                    "Allows takes the model, the arguments, and the result unless it is void");
      if (index_ < scenario_.specification_.size()) {
        scenario_.Complain(operation().name +
                           " has a model's function already; leave out "
                           "that or Allows");
      }
      scenario_.specification_.AddRelation(operation().name, std::move(allows), kVoid);
      return *this;
    }

   private:
    static uint64_t Bit(int thread) {
      return thread >= 0 && thread < Grammar::kMaxThreads ? uint64_t{1} << thread : 0;
    }
    Operation& operation() { return scenario_.grammar_.operations[index_]; }

    Linearizable& scenario_;
    const int index_;
  };

  // Declares an operation: how the subject does it and how the model does.
  template <class F, class M>
  Declared<F> Op(std::string_view name, F subject, M model) {
    internal::CheckCallable<M>();
    static_assert(internal::CallableOf<M>::kArity == internal::CallableOf<F>::kArity,
                  "the subject's function and the model's take the same arguments");
    static_assert(std::is_void_v<typename internal::CallableOf<M>::Result> ==
                      std::is_void_v<typename internal::CallableOf<F>::Result>,
                  "the subject's function and the model's both return something, or neither");
    Declared<F> declared = Op(name, std::move(subject));
    specification_.Add(std::string(name), std::move(model));
    return declared;
  }

  // The same with Allows to follow.
  template <class F>
  Declared<F> Op(std::string_view name, F subject) {
    internal::CheckCallable<F>();
    RequireSpecifications();
    Operation operation;
    operation.name = std::string(name);
    operation.arguments = DefaultGenerators<F>();
    grammar_.operations.push_back(std::move(operation));
    bound_.push_back(false);
    operations_.push_back({std::make_shared<const F>(std::move(subject)),
                           [](const void* f, void* object, const Value* arguments) {
                             return internal::CallWith(*static_cast<const F*>(f),
                                                       *static_cast<Subject*>(object), arguments);
                           }});
    return Declared<F>(*this, static_cast<int>(operations_.size()) - 1);
  }

  // How many threads a program has, how many calls each of them makes, and how many stand
  // before and after the threads.
  void Threads(int min, int max) { grammar_.threads = {min, max}, threads_declared_ = true; }
  void Calls(int min, int max) { grammar_.calls = {min, max}; }
  void Before(int min, int max) { grammar_.before = {min, max}; }
  void After(int min, int max) { grammar_.after = {min, max}; }

  // The arguments of each fresh subject's constructor, or a function that returns a subject.
  template <class... A>
  void Construct(A... arguments) {
    if constexpr (sizeof...(A) == 1 && (std::is_invocable_r_v<Subject, A&> && ...)) {
      SetConstruct(
          [... make = std::move(arguments)](void* where) { ::new (where) Subject(make()...); });
    } else {
      static_assert(std::is_constructible_v<Subject, const A&...>,
                    "the subject has no constructor for these arguments");
      SetConstruct([... argument = std::move(arguments)](void* where) {
        ::new (where) Subject(argument...);
      });
    }
  }

  // The model's state at first.
  template <class... A>
  void StartModel(A&&... arguments) {
    start_.emplace(std::forward<A>(arguments)...);
  }

  // Calls of different threads have no order, whatever happens before what: the histories need
  // only be sequentially consistent. Nothing is recorded between the calls then, so that the
  // subject is perturbed least.
  void SequentiallyConsistent() { happens_before_ = false; }

  // Keyed operations' histories need only be linearizable each key by itself; see
  // docs/linearizability.md.
  void EachKeyAlone() { keys_ = Keys::kEachAlone; }

  // What the check of one history may cost before it is given up as inconclusive.
  void Budget(const CheckBudget& budget) { budget_ = budget; }

  Judgement Check(const History& history) const override {
    // Sequential consistency of every key by itself says nothing of the whole.
    return CheckLinearizability(specification_, *start_, history, budget_, keys_);
  }

  void Seal() override {
    RequireSpecifications();
    if (!start_) Complain("the model has no default constructor; say StartModel(arguments)");
    int threads = 0;
    bool all_bound = true;
    for (size_t i = 0; i < bound_.size(); ++i) {
      if (!grammar_.operations[i].in_threads) continue;
      all_bound = all_bound && bound_[i];
      while (threads < Grammar::kMaxThreads && grammar_.operations[i].callers >> threads) {
        ++threads;
      }
    }
    if (!threads_declared_ && all_bound && threads > 0) grammar_.threads = {threads, threads};
    LinearizableScenario::Seal();
  }

 private:
  template <class F>
  static std::vector<Generator> DefaultGenerators() {
    std::vector<Generator> generators;
    const auto add = [&]<size_t... i>(std::index_sequence<i...>) {
      (generators.push_back(
           std::same_as<typename internal::CallableOf<F>::template Parameter<i>, bool>
               ? OneOf(false, true)
               : Between(0, 3)),
       ...);
    };
    add(std::make_index_sequence<internal::CallableOf<F>::kArity>());
    return generators;
  }

  // REQUIRES: the Op before this has said what the model does.
  void RequireSpecifications() const {
    if (specification_.size() < static_cast<int>(operations_.size())) {
      Complain(grammar_.operations.back().name +
               " says nothing of the model; give Op a function of the model, or add Allows");
    }
  }

  template <class F>
  void SetConstruct(F construct) {
    subject_ = {sizeof(Subject), alignof(Subject), std::move(construct),
                [](void* subject) { static_cast<Subject*>(subject)->~Subject(); }};
  }

  Specification<Model> specification_;
  std::optional<Model> start_;
  std::vector<bool> bound_;  // Of each operation, whether By was said.
  bool threads_declared_ = false;
  Keys keys_ = Keys::kTogether;
  CheckBudget budget_;
};

namespace internal {

template <class S>
bool RegisterLinearizable() {
  auto scenario = std::make_unique<S>();
  scenario->Seal();
  return Register(std::move(scenario));
}

}  // namespace internal

// LINEARIZABLE(Name, Subject, Model) { operations }
#define LINEARIZABLE(Name, ...)                                               \
  struct Name##Linearizable final : ::hammerlock::Linearizable<__VA_ARGS__> { \
    Name##Linearizable();                                                     \
  };                                                                          \
  [[maybe_unused]] static const bool Name##Registered =                       \
      ::hammerlock::internal::RegisterLinearizable<Name##Linearizable>();     \
  Name##Linearizable::Name##Linearizable() : Linearizable(#Name, __FILE__, __LINE__)

}  // namespace hammerlock
