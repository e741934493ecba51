// SPDX-License-Identifier: Apache-2.0
//
// Generator: what an argument may be. A finite list of values, the simplest first: drawing
// chooses an index, shrinking moves it towards 0.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "scenario/value.h"

namespace hammerlock {

class Generator {
 public:
  // low, low + 1, ..., high. REQUIRES: low <= high, and fewer than 2^32 - 1 of them.
  static Generator Between(int64_t low, int64_t high) {
    return Generator(Kind::kRange, low, high, {});
  }
  // REQUIRES: not empty.
  static Generator OneOf(std::vector<Value> values) {
    return Generator(Kind::kList, 0, 0, std::move(values));
  }
  static Generator Fresh() { return Generator(Kind::kFresh, 0, 0, {}); }

  // Whether the value is not chosen: the program's n-th fresh argument is n, counted from 1.
  bool fresh() const { return kind_ == Kind::kFresh; }

  // How many values there are; 0 means that the generator is not usable.
  unsigned size() const {
    switch (kind_) {
      case Kind::kRange: {
        const uint64_t span = static_cast<uint64_t>(high_) - static_cast<uint64_t>(low_);
        return low_ <= high_ && span < UINT32_MAX ? static_cast<unsigned>(span + 1) : 0;
      }
      case Kind::kList:
        return static_cast<unsigned>(values_.size());
      case Kind::kFresh:
        return 1;
    }
    return 0;
  }

  // REQUIRES: index < size(), not fresh().
  Value At(unsigned index) const {
    return kind_ == Kind::kList ? values_[index] : Value::Integer(low_ + index);
  }

  std::optional<unsigned> IndexOf(const Value& value) const {
    if (kind_ == Kind::kList) {
      for (unsigned i = 0; i < values_.size(); ++i) {
        if (values_[i] == value) return i;
      }
      return std::nullopt;
    }
    if (!value.is_number() || value.number() < low_ || value.number() > high_) return std::nullopt;
    return static_cast<unsigned>(static_cast<uint64_t>(value.number()) -
                                 static_cast<uint64_t>(low_));
  }

  // For messages: `between 0 and 3`.
  std::string ToString() const {
    switch (kind_) {
      case Kind::kRange:
        return absl::StrCat("between ", low_, " and ", high_);
      case Kind::kList:
        return absl::StrCat("one of ", absl::StrJoin(values_, ", ", [](std::string* out, Value v) {
                              absl::StrAppend(out, v.ToString());
                            }));
      case Kind::kFresh:
        return "fresh";
    }
    return "unknown";
  }

 private:
  enum class Kind { kRange, kList, kFresh };

  Generator(Kind kind, int64_t low, int64_t high, std::vector<Value> values)
      : kind_(kind), low_(low), high_(high), values_(std::move(values)) {}

  Kind kind_;
  int64_t low_;
  int64_t high_;
  std::vector<Value> values_;
};

// A number of [low, high].
inline Generator Between(int64_t low, int64_t high) { return Generator::Between(low, high); }

// One of these; name the simplest first.
template <class... T>
Generator OneOf(const T&... values) {
  static_assert(sizeof...(values) > 0, "OneOf needs a value");
  return Generator::OneOf({ValueOf(values)...});
}

// A number that no other argument of the program has: the program's fresh arguments are 1, 2,
// 3 and so on. A value that comes back twice, or not at all, then always shows.
inline Generator Fresh() { return Generator::Fresh(); }

}  // namespace hammerlock
