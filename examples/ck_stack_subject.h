// SPDX-License-Identifier: Apache-2.0
//
// A stack of numbers over ck_stack, for a test: ck_stack.h is C and no C++.
#pragma once

#ifdef __cplusplus
extern "C" {
#endif

struct number_stack;

struct number_stack* number_stack_new(void);
void number_stack_delete(struct number_stack* stack);

// REQUIRES: fewer than NUMBER_STACK_CAPACITY numbers are in it.
void number_stack_push(struct number_stack* stack, int number);

// Whether there was one.
int number_stack_pop(struct number_stack* stack, int* number);

#define NUMBER_STACK_CAPACITY 32

#ifdef __cplusplus
}
#endif
