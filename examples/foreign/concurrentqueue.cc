// SPDX-License-Identifier: Apache-2.0
//
// moodycamel::ConcurrentQueue: two producers, two consumers. Nothing is lost, and what one producer
// pushed first comes first.
#include <concurrentqueue/concurrentqueue.h>

#include <cassert>
#include <thread>

namespace {

constexpr int kEach = 2;

struct Traits : moodycamel::ConcurrentQueueDefaultTraits {
  static const size_t BLOCK_SIZE = 2;  // So that blocks are used up and used again.
};
using Queue = moodycamel::ConcurrentQueue<int, Traits>;

int popped[2 * kEach];

void Produce(Queue& queue, int producer) {
  for (int i = 0; i < kEach; ++i) assert(queue.enqueue(producer * kEach + i));
}

void Consume(Queue& queue, int consumer) {
  int last[2] = {-1, -1};
  for (int i = 0; i < kEach; ++i) {
    int item;
    while (!queue.try_dequeue(item)) std::this_thread::yield();
    assert(item > last[item / kEach]);
    last[item / kEach] = item;
    popped[consumer * kEach + i] = item;
  }
}

}  // namespace

int main() {
  Queue queue(4);
  std::thread threads[] = {
      std::thread(Produce, std::ref(queue), 0), std::thread(Produce, std::ref(queue), 1),
      std::thread(Consume, std::ref(queue), 0), std::thread(Consume, std::ref(queue), 1)};
  for (std::thread& t : threads) t.join();
  unsigned seen = 0;
  for (const int item : popped) seen |= 1u << item;
  assert(seen == (1u << 2 * kEach) - 1);
}
