// SPDX-License-Identifier: Apache-2.0
//
// boost::lockfree::stack: three threads push and pop, so that nodes come and go (ABA). Nothing is
// lost, nothing appears twice.
#include <boost/lockfree/stack.hpp>
#include <cassert>
#include <thread>

namespace {

boost::lockfree::stack<int> stack(2);
unsigned popped[3];

void PushAndPop(int thread) {
  for (int i = 0; i < 2; ++i) {
    assert(stack.push(2 * thread + i));
    int item;
    // Whoever has pushed one more than it popped finds something.
    assert(stack.pop(item));
    assert((popped[thread] & 1u << item) == 0);
    popped[thread] |= 1u << item;
  }
}

}  // namespace

int main() {
  std::thread threads[] = {std::thread(PushAndPop, 0), std::thread(PushAndPop, 1),
                           std::thread(PushAndPop, 2)};
  for (std::thread& t : threads) t.join();
  assert((popped[0] ^ popped[1] ^ popped[2]) == 63);
  assert(stack.empty());
}
