/* SPDX-License-Identifier: Apache-2.0
 *
 * Weak exchanges in C, in all forms, to be compiled as each version of the language.
 */
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

struct pair {
  _Alignas(8) int a;
  int b;
};

static _Atomic int number;
static volatile _Atomic int volatile_number;
static _Atomic(int*) pointer;
static _Atomic _Bool flag;
static _Atomic struct pair both;
static _Atomic double real;
static _Atomic uint8_t byte;
static int plain;
static int* plain_pointer;
static struct pair plain_pair;
static volatile long volatile_plain;

int main(void) {
  int e = 0, done = 0;
  int* pointer_e = 0;
  _Bool flag_e = 0;
  struct pair pair_e = {0, 0};
  double real_e = 0;
  uint8_t byte_e = 0;
  long long_e = 0;
  done += atomic_compare_exchange_weak(&number, &e, 1);
  done += atomic_compare_exchange_weak_explicit(&volatile_number, &e, 2, memory_order_release,
                                                memory_order_relaxed);
  done += atomic_compare_exchange_weak(&pointer, &pointer_e, &e);
  done += atomic_compare_exchange_weak(&flag, &flag_e, true);
  done += atomic_compare_exchange_weak(&both, &pair_e, ((struct pair){1, 2}));
  done += atomic_compare_exchange_weak(&real, &real_e, 1.5);
  done += atomic_compare_exchange_weak(&byte, &byte_e, 3);
  done += __atomic_compare_exchange_n(&plain, &e, plain + 1, 1, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE);
  done += __atomic_compare_exchange_n(&plain_pointer, &pointer_e, 0, true, __ATOMIC_SEQ_CST,
                                      __ATOMIC_RELAXED);
  done += __atomic_compare_exchange(&plain_pair, &pair_e, &pair_e, 1, __ATOMIC_SEQ_CST,
                                    __ATOMIC_SEQ_CST);
  done += __atomic_compare_exchange_n(&volatile_plain, &long_e, 3, e, __ATOMIC_SEQ_CST,
                                      __ATOMIC_RELAXED);
  e = 7;
  done += !__atomic_compare_exchange_n(&plain, &e, 3, 0, __ATOMIC_SEQ_CST, __ATOMIC_RELAXED);
  return done == 12 && plain == e ? 0 : 1;
}
