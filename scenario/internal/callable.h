// SPDX-License-Identifier: Apache-2.0
//
// What an operation's function takes and gives: a member function, or a lambda or plain
// function whose first parameter is the object, by reference or by pointer.
#pragma once

#include <concepts>
#include <cstddef>
#include <functional>
#include <tuple>
#include <type_traits>
#include <utility>

#include "scenario/value.h"

namespace hammerlock::internal {

template <class R, class Object, class... A>
struct Signature {
  using Result = std::remove_cvref_t<R>;
  using Parameters = std::tuple<std::remove_cvref_t<A>...>;
  static constexpr size_t kArity = sizeof...(A);
  template <size_t i>
  using Parameter = std::tuple_element_t<i, Parameters>;
  static constexpr bool kOutParameters =
      ((std::is_lvalue_reference_v<A> && !std::is_const_v<std::remove_reference_t<A>>) || ...);
  static constexpr bool kArgumentsConvert = (ConvertsFromValue<std::remove_cvref_t<A>> && ...);
  static constexpr bool kByPointer = std::is_pointer_v<Object>;
};

template <class F>
struct CallableOf;

template <class R, class... A>
struct CallableOf<R (*)(A...)>;

template <class R, class Object, class... A>
struct CallableOf<R (*)(Object, A...)> : Signature<R, Object, A...> {};
template <class R, class Object, class... A>
struct CallableOf<R (*)(Object, A...) noexcept> : Signature<R, Object, A...> {};

template <class R, class C, class... A>
struct CallableOf<R (C::*)(A...)> : Signature<R, C&, A...> {};
template <class R, class C, class... A>
struct CallableOf<R (C::*)(A...) const> : Signature<R, C&, A...> {};
template <class R, class C, class... A>
struct CallableOf<R (C::*)(A...) noexcept> : Signature<R, C&, A...> {};
template <class R, class C, class... A>
struct CallableOf<R (C::*)(A...) const noexcept> : Signature<R, C&, A...> {};
template <class R, class C, class... A>
struct CallableOf<R (C::*)(A...)&> : Signature<R, C&, A...> {};
template <class R, class C, class... A>
struct CallableOf<R (C::*)(A...) const&> : Signature<R, C&, A...> {};
template <class R, class C, class... A>
struct CallableOf<R (C::*)(A...) & noexcept> : Signature<R, C&, A...> {};
template <class R, class C, class... A>
struct CallableOf<R (C::*)(A...) const & noexcept> : Signature<R, C&, A...> {};

// Of a lambda's call operator: the object is its first parameter. Not of a mutable one: what it
// keeps would be shared by all threads.
template <class F>
struct LambdaOf;
template <class R, class L, class Object, class... A>
struct LambdaOf<R (L::*)(Object, A...) const> : Signature<R, Object, A...> {};
template <class R, class L, class Object, class... A>
struct LambdaOf<R (L::*)(Object, A...) const noexcept> : Signature<R, Object, A...> {};

template <class F>
concept Lambda = std::is_class_v<F> && requires { &F::operator(); };

template <Lambda F>
struct CallableOf<F> : LambdaOf<decltype(&F::operator())> {};

template <class F>
concept Callable = requires { CallableOf<F>::kArity; };

template <class F>
constexpr void CheckCallable() {
  static_assert(Callable<F>,
                "an operation is a member function, or a lambda or function that takes the object "
                "first and spells its parameters' types; of an overloaded one, make a lambda");
  if constexpr (Callable<F>) {
    static_assert(!CallableOf<F>::kOutParameters,
                  "an operation must not take a reference to write to; make a lambda that returns "
                  "what would be written");
    static_assert(
        CallableOf<F>::kArgumentsConvert,
        "specialise hammerlock::ValueTraits for the parameters' types, or make a lambda with "
        "others");
  }
}

// Calls `f` on the object with arguments made from values.
template <class F, class Object>
Value CallWith(const F& f, Object& object, const Value* arguments) {
  using Traits = CallableOf<F>;
  const auto call = [&]<size_t... i>(std::index_sequence<i...>) -> decltype(auto) {
    if constexpr (Traits::kByPointer) {
      return std::invoke(f, &object,
                         ValueAs<typename Traits::template Parameter<i>>(arguments[i])...);
    } else {
      return std::invoke(f, object,
                         ValueAs<typename Traits::template Parameter<i>>(arguments[i])...);
    }
  };
  constexpr auto kIndices = std::make_index_sequence<Traits::kArity>();
  if constexpr (std::is_void_v<typename Traits::Result>) {
    call(kIndices);
    return Value();
  } else {
    return ValueOf<typename Traits::Result>(call(kIndices));
  }
}

}  // namespace hammerlock::internal
