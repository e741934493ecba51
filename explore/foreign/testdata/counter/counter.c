/* SPDX-License-Identifier: Apache-2.0
 *
 * State of every kind that a C program keeps: initialised and not, a thread's own, a buffer that
 * the C library writes to, memory that a global points to.
 */
#include "counter.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int value = 40;
static int additions;
static char name[32];
static int* history;
static _Thread_local int own_additions;

void counter_add(int n) {
  pthread_mutex_lock(&lock);
  if (history == NULL) history = calloc(16, sizeof(*history));
  history[additions++] = n;
  value += n;
  ++own_additions;
  pthread_mutex_unlock(&lock);
  if (own_additions > 2) abort();
}

int counter_value(void) {
  pthread_mutex_lock(&lock);
  const int v = value;
  pthread_mutex_unlock(&lock);
  return v;
}

const char* counter_name(void) { return name; }
void counter_rename(const char* fresh) { strcpy(name, fresh); }
