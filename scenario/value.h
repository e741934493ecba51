// SPDX-License-Identifier: Apache-2.0
//
// Value: an argument or a result, in the one form in which programs and histories hold it.
//
// Subjects and models speak typed C++; programs are printed, parsed and shrunk, and histories
// hashed and compared. ValueOf() and ValueAs<T>() go between the two for void, bool, integers,
// enums and std::optional of these; for another type specialise ValueTraits.
#pragma once

#include <concepts>
#include <cstdint>
#include <optional>
#include <ostream>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

namespace hammerlock {

// Nothing (the result of a void function), missing (std::nullopt), or a number.
//
// A bool is a number that prints as true or false: a subject in C that returns 1 agrees with a
// model that returns true.
class Value {
 public:
  constexpr Value() = default;
  static constexpr Value Missing() { return Value(Kind::kMissing, 0); }
  static constexpr Value Bool(bool value) { return Value(Kind::kBool, value); }
  static constexpr Value Integer(int64_t value) { return Value(Kind::kInteger, value); }

  constexpr bool is_void() const { return kind_ == Kind::kVoid; }
  constexpr bool is_missing() const { return kind_ == Kind::kMissing; }
  constexpr bool is_number() const { return kind_ >= Kind::kBool; }

  // 0 unless it is a number.
  constexpr int64_t number() const { return number_; }

  // `()`, `none`, `true`, `false` or `-7`.
  std::string ToString() const {
    switch (kind_) {
      case Kind::kVoid:
        return "()";
      case Kind::kMissing:
        return "none";
      case Kind::kBool:
        return number_ ? "true" : "false";
      case Kind::kInteger:
        return absl::StrCat(number_);
    }
    return "unknown";
  }

  // The inverse of ToString.
  static std::optional<Value> Parse(std::string_view text) {
    if (text == "()") return Value();
    if (text == "none") return Missing();
    if (text == "true") return Bool(true);
    if (text == "false") return Bool(false);
    int64_t number;
    if (!absl::SimpleAtoi(text, &number)) return std::nullopt;
    return Integer(number);
  }

  friend constexpr bool operator==(const Value& a, const Value& b) {
    return a.is_number() ? b.is_number() && a.number_ == b.number_ : a.kind_ == b.kind_;
  }
  template <class H>
  friend H AbslHashValue(H h, const Value& v) {
    return H::combine(std::move(h), v.is_number() ? Kind::kInteger : v.kind_, v.number_);
  }
  friend std::ostream& operator<<(std::ostream& out, const Value& v) { return out << v.ToString(); }

 private:
  enum class Kind : uint8_t { kVoid, kMissing, kBool, kInteger };

  constexpr Value(Kind kind, int64_t number) : number_(number), kind_(kind) {}

  int64_t number_ = 0;
  Kind kind_ = Kind::kVoid;
};

// How a type becomes a value and is made from one. A specialisation has
//
//   static Value To(const T&);
//   static T From(const Value&);  // Only if T is an argument, or what an Allows looks at.
//
// To must keep apart what a test is to tell apart.
template <class T>
struct ValueTraits;

template <>
struct ValueTraits<Value> {
  static Value To(const Value& v) { return v; }
  static Value From(const Value& v) { return v; }
};

template <>
struct ValueTraits<bool> {
  static Value To(bool b) { return Value::Bool(b); }
  static bool From(const Value& v) { return v.number() != 0; }
};

// Unsigned numbers beyond int64_t wrap, and come back whole.
template <class T>
  requires(std::integral<T> && sizeof(T) <= sizeof(int64_t))
struct ValueTraits<T> {
  static Value To(T number) { return Value::Integer(static_cast<int64_t>(number)); }
  static T From(const Value& v) { return static_cast<T>(v.number()); }
};

template <class T>
  requires std::is_enum_v<T>
struct ValueTraits<T> {
  static Value To(T e) { return ValueTraits<std::underlying_type_t<T>>::To(Underlying(e)); }
  static T From(const Value& v) { return static_cast<T>(v.number()); }

 private:
  static constexpr auto Underlying(T e) { return static_cast<std::underlying_type_t<T>>(e); }
};

template <>
struct ValueTraits<std::nullopt_t> {
  static Value To(std::nullopt_t) { return Value::Missing(); }
};

template <class T>
struct ValueTraits<std::optional<T>> {
  static Value To(const std::optional<T>& o) {
    return o ? ValueTraits<T>::To(*o) : Value::Missing();
  }
  static std::optional<T> From(const Value& v) {
    if (v.is_missing()) return std::nullopt;
    return ValueTraits<T>::From(v);
  }
};

// An optional of an optional has two ways to be missing: a test could not tell them apart.
template <class T>
struct ValueTraits<std::optional<std::optional<T>>>;

template <class T>
concept ConvertsToValue = requires(const T& t) {
  { ValueTraits<T>::To(t) } -> std::same_as<Value>;
};

template <class T>
concept ConvertsFromValue = requires(const Value& v) {
  { ValueTraits<T>::From(v) } -> std::same_as<T>;
};

template <class T>
Value ValueOf(const T& t) {
  static_assert(ConvertsToValue<T>, "specialise hammerlock::ValueTraits for this type");
  return ValueTraits<T>::To(t);
}

template <class T>
T ValueAs(const Value& v) {
  static_assert(ConvertsFromValue<T>, "specialise hammerlock::ValueTraits for this type");
  return ValueTraits<T>::From(v);
}

}  // namespace hammerlock
