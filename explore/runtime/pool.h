// SPDX-License-Identifier: Apache-2.0
//
// The engine's own memory of one execution: bump allocation, all of it given back at once when
// the next one begins. Addresses are stable, and fit in 32 bits as places (32-byte units).
#pragma once

#include <cstddef>
#include <cstdint>

namespace hammerlock::explore {

inline constexpr size_t kPoolSize = size_t{2} << 30;  // Of g_pool.
inline constexpr size_t kPoolUnit = 32;               // That of a clock's vectors.

class Pool {
 public:
  // Reserves the address space; pages are used as they are touched.
  void Reserve(size_t bytes);

  void Reset() { next_ = begin_; }

  // Uninitialised, aligned to kPoolUnit.
  void* Take(size_t bytes) {
    char* const at = next_;
    next_ = at + ((bytes + kPoolUnit - 1) & ~(kPoolUnit - 1));
    if (__builtin_expect(next_ > end_, false)) Exhausted();
    return at;
  }

  // Aligned to `alignment`, a power of two of at least kPoolUnit.
  void* Take(size_t bytes, size_t alignment) {
    next_ = reinterpret_cast<char*>((reinterpret_cast<uintptr_t>(next_) + alignment - 1) &
                                    ~(alignment - 1));
    return Take(bytes);
  }

  template <class T>
  T* New(size_t n = 1) {
    T* const made = static_cast<T*>(Take(sizeof(T) * n));
    for (size_t i = 0; i < n; ++i) ::new (static_cast<void*>(made + i), Tag()) T();
    return made;
  }

  // 0 is nothing: the first unit is never handed out.
  uint32_t PlaceOf(const void* p) const {
    return static_cast<uint32_t>((static_cast<const char*>(p) - base_) / kPoolUnit);
  }
  void* At(uint32_t place) const { return base_ + size_t{place} * kPoolUnit; }

  size_t used() const { return static_cast<size_t>(next_ - begin_); }

 private:
  [[noreturn]] void Exhausted();

  char* base_ = nullptr;
  char* begin_ = nullptr;
  char* next_ = nullptr;
  char* end_ = nullptr;

 public:
  // Placement new of our own: the standard's is an inline function that the program under test
  // shares.
  struct Tag {};
};

extern Pool g_pool;

}  // namespace hammerlock::explore

inline void* operator new(size_t, void* where, hammerlock::explore::Pool::Tag) noexcept {
  return where;
}
