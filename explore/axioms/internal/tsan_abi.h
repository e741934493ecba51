// SPDX-License-Identifier: Apache-2.0
//
// The functions of the TSan instrumentation ABI that a program of this folder needs, by the size of
// the access. What stands behind them is an engine's runtime, or a test's.
#pragma once

#include <cstdint>
#include <cstdlib>

extern "C" {
#define HAMMERLOCK_TSAN_ATOMICS(bits, type)                                                    \
  type __tsan_atomic##bits##_load(const volatile type* a, int order);                          \
  void __tsan_atomic##bits##_store(volatile type* a, type value, int order);                   \
  type __tsan_atomic##bits##_exchange(volatile type* a, type value, int order);                \
  type __tsan_atomic##bits##_fetch_add(volatile type* a, type value, int order);               \
  type __tsan_atomic##bits##_compare_exchange_val(volatile type* a, type expected, type value, \
                                                  int order, int failure);
HAMMERLOCK_TSAN_ATOMICS(8, int8_t)
HAMMERLOCK_TSAN_ATOMICS(16, int16_t)
HAMMERLOCK_TSAN_ATOMICS(32, int32_t)
#undef HAMMERLOCK_TSAN_ATOMICS
void __tsan_atomic_thread_fence(int order);

void __tsan_read1(void* a);
void __tsan_read2(void* a);
void __tsan_read4(void* a);
void __tsan_write1(void* a);
void __tsan_write2(void* a);
void __tsan_write4(void* a);
void __tsan_unaligned_read2(void* a);
void __tsan_unaligned_read4(void* a);
void __tsan_unaligned_write2(void* a);
void __tsan_unaligned_write4(void* a);
void __tsan_read_range(void* a, unsigned long size);
void __tsan_write_range(void* a, unsigned long size);
}

namespace hammerlock::axioms::internal {

// The atomic operations on integers of a size.
#define HAMMERLOCK_ATOMICS(bits)                                                                  \
  struct Atomics##bits {                                                                          \
    using T = int##bits##_t;                                                                      \
    static T Load(const volatile void* a, int order) {                                            \
      return __tsan_atomic##bits##_load(static_cast<const volatile T*>(a), order);                \
    }                                                                                             \
    static void Store(volatile void* a, int value, int order) {                                   \
      __tsan_atomic##bits##_store(static_cast<volatile T*>(a), static_cast<T>(value), order);     \
    }                                                                                             \
    static T Exchange(volatile void* a, int value, int order) {                                   \
      return __tsan_atomic##bits##_exchange(static_cast<volatile T*>(a), static_cast<T>(value),   \
                                            order);                                               \
    }                                                                                             \
    static T FetchAdd(volatile void* a, int value, int order) {                                   \
      return __tsan_atomic##bits##_fetch_add(static_cast<volatile T*>(a), static_cast<T>(value),  \
                                             order);                                              \
    }                                                                                             \
    static T CompareExchange(volatile void* a, int expected, int value, int order, int failure) { \
      return __tsan_atomic##bits##_compare_exchange_val(static_cast<volatile T*>(a),              \
                                                        static_cast<T>(expected),                 \
                                                        static_cast<T>(value), order, failure);   \
    }                                                                                             \
  };
HAMMERLOCK_ATOMICS(8)
HAMMERLOCK_ATOMICS(16)
HAMMERLOCK_ATOMICS(32)
#undef HAMMERLOCK_ATOMICS

// Tells of a plain access as the compiler does, which makes the access itself.
inline void TellPlain(char* a, int size, bool write) {
  const bool aligned = reinterpret_cast<uintptr_t>(a) % static_cast<unsigned>(size) == 0;
  switch (size) {
    case 1:
      return write ? __tsan_write1(a) : __tsan_read1(a);
    case 2:
      if (aligned) return write ? __tsan_write2(a) : __tsan_read2(a);
      return write ? __tsan_unaligned_write2(a) : __tsan_unaligned_read2(a);
    case 4:
      if (aligned) return write ? __tsan_write4(a) : __tsan_read4(a);
      return write ? __tsan_unaligned_write4(a) : __tsan_unaligned_read4(a);
    default: {
      const auto n = static_cast<unsigned long>(size);
      return write ? __tsan_write_range(a, n) : __tsan_read_range(a, n);
    }
  }
}

}  // namespace hammerlock::axioms::internal
