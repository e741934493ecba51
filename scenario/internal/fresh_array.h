// SPDX-License-Identifier: Apache-2.0
//
// FreshArray: a fixed number of default-constructed objects that need not be movable.
#pragma once

#include <algorithm>
#include <cstddef>
#include <memory>
#include <new>

namespace hammerlock::internal {

// Thread safety: as an array's.
template <class T>
class FreshArray {
 public:
  explicit FreshArray(size_t size) : size_(size) {
    data_ = static_cast<T*>(::operator new(size * sizeof(T), kAlignment));
    // For T(), not T: an aggregate's plain members start from zero too. Nor T{}: a member whose
    // constructor is explicit would not do then.
    for (size_t i = 0; i < size; ++i) ::new (&data_[i]) T();
  }

  ~FreshArray() {
    std::destroy_n(data_, size_);
    ::operator delete(data_, kAlignment);
  }

  FreshArray(const FreshArray&) = delete;
  FreshArray& operator=(const FreshArray&) = delete;

  size_t size() const { return size_; }
  T* begin() { return data_; }
  T* end() { return data_ + size_; }
  T& operator[](size_t i) { return data_[i]; }

 private:
  // At a cache line's start, so that where the objects lie within lines is up to T alone.
  static constexpr std::align_val_t kAlignment{std::max<size_t>(alignof(T), 64)};

  const size_t size_;
  T* data_;
};

}  // namespace hammerlock::internal
