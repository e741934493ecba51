/* SPDX-License-Identifier: Apache-2.0
 *
 * Concurrency Kit's stack for producers and consumers that use no entry twice: two push, two pop.
 * Nothing is lost, nothing appears twice.
 */
#include <assert.h>
#include <ck_stack.h>
#include <pthread.h>
#include <sched.h>
#include <stdlib.h>

enum { kEach = 2 };

struct entry {
  ck_stack_entry_t link; /* First: its address is the entry's. */
  int number;
};

static ck_stack_t stack;
static struct entry entries[2 * kEach];
static struct entry* popped[2 * kEach];

static void* push(void* thread) {
  const int first = thread == NULL ? 0 : kEach;
  for (int i = first; i < first + kEach; ++i) {
    entries[i].number = i;
    ck_stack_push_upmc(&stack, &entries[i].link);
  }
  return thread;
}

static void* pop(void* thread) {
  const int first = thread == NULL ? 0 : kEach;
  for (int i = first; i < first + kEach; ++i) {
    while ((popped[i] = (struct entry*)ck_stack_pop_upmc(&stack)) == NULL) sched_yield();
    assert(popped[i] == &entries[popped[i]->number]);
  }
  return thread;
}

int main(void) {
  pthread_t threads[4];
  ck_stack_init(&stack);
  for (int i = 0; i < 4; ++i) {
    void* const second = i % 2 == 0 ? NULL : &stack;
    if (pthread_create(&threads[i], NULL, i < 2 ? push : pop, second) != 0) abort();
  }
  for (int i = 0; i < 4; ++i) pthread_join(threads[i], NULL);
  unsigned seen = 0;
  for (int i = 0; i < 2 * kEach; ++i) seen |= 1u << popped[i]->number;
  assert(seen == (1u << 2 * kEach) - 1);
  assert(ck_stack_pop_upmc(&stack) == NULL);
  return 0;
}
