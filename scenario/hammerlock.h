/* SPDX-License-Identifier: Apache-2.0
 *
 * hammerlock.h: what a program under test may say to the engine that runs it. C and C++,
 * no dependencies. Outside an engine the calls do nothing, and hammerlock_choose returns 0.
 *
 * The engine's side is a set of weak symbols: it is there when the program is linked with an
 * engine, or when an engine is loaded before it, and null otherwise.
 */
#ifndef HAMMERLOCK_H_
#define HAMMERLOCK_H_

#ifdef __cplusplus
extern "C" {
#endif

__attribute__((weak)) extern void hammerlock_engine_outcome(const char* text);
__attribute__((weak)) extern void hammerlock_engine_fail(const char* why);
__attribute__((weak)) extern unsigned hammerlock_engine_choose(unsigned n);

/* Counted per execution; printed as a histogram and in the report. */
static inline void hammerlock_outcome(const char* text) {
  if (hammerlock_engine_outcome) hammerlock_engine_outcome(text);
}

/* This execution fails here, for this reason. */
static inline void hammerlock_fail(const char* why) {
  if (hammerlock_engine_fail) hammerlock_engine_fail(why);
}

/* A choice in [0, n) that the engine explores and replays. n must not be 0. */
static inline unsigned hammerlock_choose(unsigned n) {
  return hammerlock_engine_choose ? hammerlock_engine_choose(n) : 0;
}

#ifdef __cplusplus
} /* extern "C" */
#endif

#endif /* HAMMERLOCK_H_ */
