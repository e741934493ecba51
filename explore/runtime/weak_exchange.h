/* SPDX-License-Identifier: Apache-2.0
 *
 * A weak compare-exchange may fail although the value is the expected one, as it does on machines
 * with load-linked and store-conditional. The instrumentation that the explorer is built on does
 * not say which exchanges are weak. This header, included before everything else, lets them fail:
 * the macros stand in front of the compiler's builtins, on which <atomic> and <stdatomic.h> rest.
 *
 * C and C++, all versions; also preprocessed assembly, of which it is no part.
 */
#ifndef HAMMERLOCK_WEAK_EXCHANGE_H_
#define HAMMERLOCK_WEAK_EXCHANGE_H_
#ifndef __ASSEMBLER__

#pragma GCC system_header

#ifdef __cplusplus
extern "C" bool hammerlock_weak_exchange_fails(void) throw();
#define HAMMERLOCK_FAILED_ false
#else
_Bool hammerlock_weak_exchange_fails(void) __attribute__((nothrow));
#define HAMMERLOCK_FAILED_ ((_Bool)0)
#endif

/* A failed exchange is a load with the failure order; what is not stored is evaluated all the same.
 */
#define __atomic_compare_exchange_n(object, expected, desired, weak, success, failure)             \
  ((weak) && hammerlock_weak_exchange_fails()                                                      \
       ? ((void)(desired), *(expected) = __atomic_load_n((object), (failure)), HAMMERLOCK_FAILED_) \
       : __atomic_compare_exchange_n((object), (expected), (desired), (weak), (success),           \
                                     (failure)))

#define __atomic_compare_exchange(object, expected, desired, weak, success, failure)           \
  ((weak) && hammerlock_weak_exchange_fails()                                                  \
       ? ((void)(desired), __atomic_load((object), (expected), (failure)), HAMMERLOCK_FAILED_) \
       : __atomic_compare_exchange((object), (expected), (desired), (weak), (success), (failure)))

#define __c11_atomic_compare_exchange_weak(object, expected, desired, success, failure) \
  (hammerlock_weak_exchange_fails()                                                     \
       ? ((void)(desired), *(expected) = __c11_atomic_load((object), (failure)),        \
          HAMMERLOCK_FAILED_)                                                           \
       : __c11_atomic_compare_exchange_weak((object), (expected), (desired), (success), \
                                            (failure)))

#endif /* __ASSEMBLER__ */
#endif /* HAMMERLOCK_WEAK_EXCHANGE_H_ */
