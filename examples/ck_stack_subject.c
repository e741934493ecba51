// SPDX-License-Identifier: Apache-2.0
#include "examples/ck_stack_subject.h"

#include <stdlib.h>

// Its generation number is a pointer that is counted up from null: UBSan is right, and so is the
// code that every compiler makes of it.
#pragma clang attribute push(__attribute__((no_sanitize("pointer-overflow"))), apply_to = function)
#include <ck_stack.h>
#pragma clang attribute pop

struct item {
  ck_stack_entry_t entry;  // The first member: its address is the item's.
  int number;
};

// Items wander between two stacks, so that one which a slow pop still has in mind soon comes back:
// the ABA problem's own shape. ck_stack's version for any number of threads changes the head and a
// generation number in one double-word exchange, which has to be aligned.
struct number_stack {
  ck_stack_t used __attribute__((aligned(16)));
  ck_stack_t unused __attribute__((aligned(16)));
  struct item items[NUMBER_STACK_CAPACITY];
};

struct number_stack* number_stack_new(void) {
  struct number_stack* stack = aligned_alloc(16, sizeof(struct number_stack));
  int i;
  if (stack == NULL) abort();
  ck_stack_init(&stack->used);
  ck_stack_init(&stack->unused);
  for (i = 0; i < NUMBER_STACK_CAPACITY; ++i) {
    ck_stack_push_mpmc(&stack->unused, &stack->items[i].entry);
  }
  return stack;
}

void number_stack_delete(struct number_stack* stack) { free(stack); }

void number_stack_push(struct number_stack* stack, int number) {
  struct item* item = (struct item*)ck_stack_pop_mpmc(&stack->unused);
  item->number = number;
  ck_stack_push_mpmc(&stack->used, &item->entry);
}

int number_stack_pop(struct number_stack* stack, int* number) {
  struct item* item = (struct item*)ck_stack_pop_mpmc(&stack->used);
  if (item == NULL) return 0;
  *number = item->number;
  ck_stack_push_mpmc(&stack->unused, &item->entry);
  return 1;
}
