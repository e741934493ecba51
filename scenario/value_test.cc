// SPDX-License-Identifier: Apache-2.0
#include "scenario/value.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <optional>
#include <string>

#include "absl/hash/hash_testing.h"

namespace hammerlock {

// A user's own type.
struct Celsius {
  int degrees;
  friend bool operator==(const Celsius&, const Celsius&) = default;
};

template <>
struct ValueTraits<Celsius> {
  static Value To(const Celsius& c) { return Value::Integer(c.degrees); }
  static Celsius From(const Value& v) { return {static_cast<int>(v.number())}; }
};

namespace {

enum class Colour : uint8_t { kRed = 3, kGreen };

template <class T>
void ExpectRoundTrip(const T& t, const std::string& text) {
  EXPECT_EQ(ValueOf(t).ToString(), text);
  EXPECT_EQ(ValueAs<T>(ValueOf(t)), t);
  EXPECT_EQ(Value::Parse(text), ValueOf(t));
}

TEST(Value, ConvertsAndPrints) {
  EXPECT_EQ(Value().ToString(), "()");
  ExpectRoundTrip(7, "7");
  ExpectRoundTrip(-3, "-3");
  ExpectRoundTrip(true, "true");
  ExpectRoundTrip(false, "false");
  ExpectRoundTrip(Colour::kGreen, "4");
  ExpectRoundTrip('a', "97");
  ExpectRoundTrip(std::numeric_limits<int64_t>::min(), "-9223372036854775808");
  ExpectRoundTrip(std::numeric_limits<int64_t>::max(), "9223372036854775807");
  ExpectRoundTrip(std::numeric_limits<uint64_t>::max(), "-1");
  ExpectRoundTrip(std::optional<int>(), "none");
  ExpectRoundTrip(std::optional<int>(5), "5");
  ExpectRoundTrip(std::optional<bool>(true), "true");
  ExpectRoundTrip(std::optional<Colour>(Colour::kRed), "3");
  ExpectRoundTrip(Celsius{21}, "21");
  ExpectRoundTrip(std::optional<Celsius>(Celsius{-4}), "-4");
  EXPECT_EQ(ValueOf(std::nullopt), Value::Missing());
}

TEST(Value, ConvertsOnlyWhatKeepsItsMeaning) {
  static_assert(ConvertsToValue<int> && ConvertsToValue<std::optional<Colour>>);
  static_assert(!ConvertsToValue<std::string>);
  static_assert(!ConvertsToValue<double>);
  static_assert(!ConvertsToValue<int*>);
  static_assert(!ConvertsToValue<std::optional<std::optional<int>>>);
  static_assert(!ConvertsFromValue<std::string>);
}

TEST(Value, ParsesNothingElse) {
  for (const char* text : {"", "x", "1x", "0x1", "1.5", "True", "None", "9223372036854775808"}) {
    EXPECT_FALSE(Value::Parse(text).has_value()) << text;
  }
}

TEST(Value, HashesAsItCompares) {
  EXPECT_EQ(Value::Bool(true), Value::Integer(1));
  EXPECT_NE(Value::Bool(true), Value::Integer(2));
  EXPECT_NE(Value(), Value::Missing());
  EXPECT_NE(Value(), Value::Integer(0));
  EXPECT_NE(Value::Missing(), Value::Bool(false));
  EXPECT_TRUE(absl::VerifyTypeImplementsAbslHashCorrectly(
      {Value(), Value::Missing(), Value::Bool(false), Value::Bool(true), Value::Integer(0),
       Value::Integer(1), Value::Integer(-1)}));
}

}  // namespace
}  // namespace hammerlock
