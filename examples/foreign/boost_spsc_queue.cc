// SPDX-License-Identifier: Apache-2.0
//
// boost::lockfree::spsc_queue with room for two: what goes in comes out, in order.
#include <boost/lockfree/spsc_queue.hpp>
#include <cassert>
#include <thread>

int main() {
  constexpr int kItems = 5;
  static boost::lockfree::spsc_queue<int, boost::lockfree::capacity<2>> queue;
  std::thread producer([] {
    for (int i = 0; i < kItems; ++i) {
      while (!queue.push(i)) std::this_thread::yield();
    }
  });
  for (int i = 0; i < kItems; ++i) {
    int item;
    while (!queue.pop(item)) std::this_thread::yield();
    assert(item == i);
  }
  producer.join();
}
