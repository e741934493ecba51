// SPDX-License-Identifier: Apache-2.0
//
// boost::lockfree::queue: two producers, two consumers. Nothing is lost, and what one producer
// pushed first comes first.
#include <boost/lockfree/queue.hpp>
#include <cassert>
#include <thread>

namespace {

constexpr int kEach = 2;

int popped[2 * kEach + 1];
boost::lockfree::queue<int> queue(2);  // Few nodes, so that they are used again.

void Produce(int producer) {
  for (int i = 0; i < kEach; ++i) assert(queue.push(producer * kEach + i));
}

void Consume(int consumer) {
  int last[2] = {-1, -1};
  for (int i = 0; i < kEach; ++i) {
    int item;
    while (!queue.pop(item)) std::this_thread::yield();
    assert(item >= 0 && item < 2 * kEach);
    assert(item > last[item / kEach]);
    last[item / kEach] = item;
    popped[consumer * kEach + i] = item;
  }
}

}  // namespace

int main() {
  std::thread threads[] = {std::thread(Produce, 0), std::thread(Produce, 1),
                           std::thread(Consume, 0), std::thread(Consume, 1)};
  for (std::thread& t : threads) t.join();
  unsigned seen = 0;
  for (int i = 0; i < 2 * kEach; ++i) seen |= 1u << popped[i];
  assert(seen == (1u << 2 * kEach) - 1);
  assert(queue.empty());
}
