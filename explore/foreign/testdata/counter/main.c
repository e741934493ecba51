/* SPDX-License-Identifier: Apache-2.0
 *
 * Passes if each execution begins from the same state. Arguments: -n ADDITIONS, 1 or 2; a file on
 * standard input, if it has a line, names the counter.
 */
#include <assert.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "counter.h"
#include "hammerlock.h"

static int count = 1;

static void* add(void* n) {
  for (int i = 0; i < count; ++i) counter_add(*(int*)n);
  return NULL;
}

int main(int argc, char** argv) {
  assert(optind == 1);
  for (int option; (option = getopt(argc, argv, "n:")) != -1;) {
    if (option != 'n') return 2;
    count = atoi(optarg);
    optarg[0] = '?'; /* Rude, and allowed. */
  }
  assert(counter_value() == 40);
  assert(counter_name()[0] == '\0');
  assert(getenv("COUNTER_HAS_RUN") == NULL);
  setenv("COUNTER_HAS_RUN", "yes", 1);
  char line[32] = "counter\n";
  if (fgets(line, sizeof(line), stdin) != NULL) strtok(line, "\n");
  counter_rename(line);
  const int one = 1, ten = 10;
  pthread_t a, b;
  if (pthread_create(&a, NULL, add, (void*)&one) != 0) return 3;
  if (pthread_create(&b, NULL, add, (void*)&ten) != 0) return 3;
  const int early = counter_value();
  pthread_join(a, NULL);
  pthread_join(b, NULL);
  assert(counter_value() == 40 + 11 * count);
  char text[64];
  snprintf(text, sizeof(text), "early=%d", early);
  hammerlock_outcome(text);
  printf("%s ends at %d\n", strtok(line, "\n"), counter_value());
  return 0;
}
