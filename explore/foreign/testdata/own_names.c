/* SPDX-License-Identifier: Apache-2.0
 *
 * Functions of a program that are named like the C library's: its own are meant.
 */
#include <pthread.h>

int paused;
void pause(void) { ++paused; }
int socket(int a) { return a + 1; }
int error(const char* text) { return text[0]; }

static void* run(void* unused) {
  pause();
  return unused;
}

int main(void) {
  pthread_t thread;
  if (pthread_create(&thread, 0, run, 0) != 0) return 1;
  pthread_join(thread, 0);
  return paused == 1 && socket(1) == 2 && error("a") == 'a' ? 0 : 1;
}
