/* SPDX-License-Identifier: Apache-2.0
 *
 * hammerlock.h: what a program under test may say to the engine that runs it. C and C++,
 * no dependencies. Outside an engine the calls do nothing, and hammerlock_choose returns 0.
 *
 * The engine's side is a set of weak symbols: it is there when the program is linked with an
 * engine, or when an engine is loaded before it, and null otherwise. On aarch64 the emulator may be
 * the engine (emulate/guest): it is called by a system call that exists nowhere else.
 */
#ifndef HAMMERLOCK_H_
#define HAMMERLOCK_H_

#ifdef __cplusplus
extern "C" {
#endif

__attribute__((weak)) extern void hammerlock_engine_outcome(const char* text);
__attribute__((weak)) extern void hammerlock_engine_fail(const char* why);
__attribute__((weak)) extern unsigned hammerlock_engine_choose(unsigned n);

enum {
  HAMMERLOCK_ARM_PRESENT = 1, /* Answers 1. */
  HAMMERLOCK_ARM_OUTCOME,     /* Of a text. */
  HAMMERLOCK_ARM_FAIL,        /* Likewise. */
  HAMMERLOCK_ARM_CHOOSE,      /* Answers a number below the argument. */
  HAMMERLOCK_ARM_MEET,        /* Goes on, and answers 1, when so many threads have come. */
  HAMMERLOCK_ARM_SEED         /* All further choices come from it. */
};

#ifdef __aarch64__
/* Answers 0 where the Arm engine is not there. */
static inline unsigned long hammerlock_arm(unsigned long call, unsigned long argument) {
  register unsigned long x8 __asm__("x8") = 0x68616d6d;
  register unsigned long x0 __asm__("x0") = call;
  register unsigned long x1 __asm__("x1") = argument;
  __asm__ volatile("svc #0" : "+r"(x0) : "r"(x1), "r"(x8) : "memory");
  return (long)x0 < 0 ? 0 : x0; /* ENOSYS. */
}
#define HAMMERLOCK_ARM(call, argument) hammerlock_arm(call, (unsigned long)(argument))
#else
#define HAMMERLOCK_ARM(call, argument) ((void)(argument), 0ul)
#endif

/* Counted per execution; printed as a histogram and in the report. */
static inline void hammerlock_outcome(const char* text) {
  if (hammerlock_engine_outcome) {
    hammerlock_engine_outcome(text);
  } else {
    (void)HAMMERLOCK_ARM(HAMMERLOCK_ARM_OUTCOME, text);
  }
}

/* This execution fails here, for this reason. */
static inline void hammerlock_fail(const char* why) {
  if (hammerlock_engine_fail) {
    hammerlock_engine_fail(why);
  } else {
    (void)HAMMERLOCK_ARM(HAMMERLOCK_ARM_FAIL, why);
  }
}

/* A choice in [0, n) that the engine explores and replays. n must not be 0. */
static inline unsigned hammerlock_choose(unsigned n) {
  if (hammerlock_engine_choose) return hammerlock_engine_choose(n);
  return (unsigned)HAMMERLOCK_ARM(HAMMERLOCK_ARM_CHOOSE, n);
}

#ifdef __cplusplus
} /* extern "C" */
#endif

#endif /* HAMMERLOCK_H_ */
