/* SPDX-License-Identifier: Apache-2.0
 *
 * Concurrency Kit's ring of one producer and one consumer: what goes in comes out, in order.
 */
#include <assert.h>
#include <ck_ring.h>
#include <pthread.h>
#include <sched.h>
#include <stdlib.h>

enum { kItems = 5, kSize = 4 };

static ck_ring_t ring;
static ck_ring_buffer_t buffer[kSize];
static int numbers[kItems];

static void* produce(void* unused) {
  for (int i = 0; i < kItems; ++i) {
    numbers[i] = i;
    while (!ck_ring_enqueue_spsc(&ring, buffer, &numbers[i])) sched_yield();
  }
  return unused;
}

int main(void) {
  pthread_t producer;
  ck_ring_init(&ring, kSize);
  if (pthread_create(&producer, NULL, produce, NULL) != 0) abort();
  for (int i = 0; i < kItems; ++i) {
    void* item = NULL;
    while (!ck_ring_dequeue_spsc(&ring, buffer, &item)) sched_yield();
    assert(item == &numbers[i] && numbers[i] == i);
  }
  pthread_join(producer, NULL);
  return 0;
}
