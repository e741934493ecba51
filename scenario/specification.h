// SPDX-License-Identifier: Apache-2.0
//
// Specification: what a call may do to a model and what it may return.
//
// A model is plain sequential code: copyable, comparable by ==, and best also hashable by
// AbslHashValue (without it the search compares where it could look up).
#pragma once

#include <concepts>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "scenario/internal/callable.h"
#include "scenario/program.h"
#include "scenario/value.h"

namespace hammerlock {

template <class Model>
class Specification {
 public:
  static_assert(std::copyable<Model>, "a model must be copyable and assignable");
  static_assert(std::equality_comparable<Model>,
                "a model must be comparable: give it bool operator==(const M&) const = default");

  enum class Step {
    kAllowed,    // The model is now in the state after the call.
    kForbidden,  // The call cannot return what it did; the model's state is spoilt.
    kUnknown,    // Nobody can say: the result is not known, and only judged, never computed.
  };

  // Adds an operation that does to the model what `f` does, and returns what `f` returns. `f`
  // takes the model first.
  template <class F>
  int Add(std::string name, F f) {
    internal::CheckCallable<F>();
    return Add(std::move(name), std::move(f), /*computes=*/true,
               [](const void* f, Model& model, const Value* arguments, const Value* observed,
                  Value* expected) {
                 *expected = internal::CallWith(*static_cast<const F*>(f), model, arguments);
                 return !observed || *observed == *expected ? Step::kAllowed : Step::kForbidden;
               });
  }

  // Adds an operation of which `allows(model, arguments..., result)` says whether it may return
  // the result; if so it takes the model to the state after the call. A void result is left out.
  template <class F>
  int AddRelation(std::string name, F allows, bool returns_void) {
    return Add(
        std::move(name), std::move(allows), /*computes=*/false,
        returns_void
            ? [](const void* f, Model& model, const Value* arguments, const Value*,
                 Value*) { return Judge(*static_cast<const F*>(f), model, arguments); }
            : [](const void* f, Model& model, const Value* arguments, const Value* observed,
                 Value*) {
                if (!observed) return Step::kUnknown;
                Arguments with_result(arguments, arguments + internal::CallableOf<F>::kArity - 1);
                with_result.push_back(*observed);
                return Judge(*static_cast<const F*>(f), model, with_result.data());
              });
  }

  // Calls of this operation touch only the part of the model that their first argument names.
  void SetKeyed(int operation) { operations_[operation].keyed = true; }
  bool keyed(int operation) const { return operations_[operation].keyed; }

  // Applies a call. `observed` is null if it is not known what the call returned; `expected`
  // receives what the model answers, if it answers.
  Step Apply(Model& model, const Call& call, const Value* observed,
             std::optional<Value>* expected) const {
    const Entry& entry = operations_[call.operation];
    Value answer;
    const Step step = entry.apply(entry.f.get(), model, call.arguments.data(), observed, &answer);
    if (expected && entry.computes) *expected = answer;
    return step;
  }

  const std::vector<std::string>& names() const { return names_; }
  int size() const { return static_cast<int>(operations_.size()); }

 private:
  using ApplyFunction = Step (*)(const void* f, Model& model, const Value* arguments,
                                 const Value* observed, Value* expected);
  struct Entry {
    std::shared_ptr<const void> f;
    ApplyFunction apply;
    bool computes;  // The result, rather than judging it.
    bool keyed;
  };

  template <class F>
  static Step Judge(const F& allows, Model& model, const Value* arguments) {
    return internal::CallWith(allows, model, arguments).number() ? Step::kAllowed
                                                                 : Step::kForbidden;
  }

  template <class F>
  int Add(std::string name, F f, bool computes, ApplyFunction apply) {
    operations_.push_back({std::make_shared<const F>(std::move(f)), apply, computes, false});
    names_.push_back(std::move(name));
    return static_cast<int>(operations_.size()) - 1;
  }

  std::vector<Entry> operations_;
  std::vector<std::string> names_;
};

}  // namespace hammerlock
