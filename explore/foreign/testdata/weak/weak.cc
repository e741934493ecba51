// SPDX-License-Identifier: Apache-2.0
//
// Weak exchanges in C++, of all kinds of types, to be compiled as each version of the language with
// all headers of the library that have atomics.
#include <atomic>
#include <condition_variable>
#include <future>
#include <memory>
#include <mutex>
#include <thread>
#if __cplusplus >= 201703L
#include <memory_resource>
#include <shared_mutex>
#endif
#if __cplusplus >= 202002L
#include <barrier>
#include <latch>
#include <semaphore>
#include <stop_token>
#endif

namespace {

struct Pair {
  alignas(8) int a;
  int b;
};
struct Wide {
  alignas(16) long a;
  long b;
};
enum class Colour : short { kRed };

template <class T>
bool Exchange(T from, T to) {
  static std::atomic<T> atomic;
  static volatile std::atomic<T> v;
  atomic.store(from);
  v.store(from);
  return atomic.compare_exchange_weak(from, to) &&
         atomic.compare_exchange_weak(to, from, std::memory_order_release,
                                      std::memory_order_relaxed) &&
         v.compare_exchange_weak(from, to, std::memory_order_seq_cst) &&
         !v.compare_exchange_strong(from, from);
}

struct Constant {
  constexpr Constant() : number(0) {}
  std::atomic<int> number;
};
Constant constant;

}  // namespace

int main() {
  int x = 0, raw = 0;
  const auto done =
      __atomic_compare_exchange_n(&raw, &x, 5, true, __ATOMIC_SEQ_CST, __ATOMIC_RELAXED);
  static_assert(std::is_same<decltype(done), const bool>::value, "as the builtin has it");
  bool all = done && constant.number.compare_exchange_weak(x, 1);
  // Structures are compared as bytes.
  all = all && Exchange(1, 2) && Exchange('a', 'b') && Exchange(1l, 2l) && Exchange(&x, &raw) &&
        Exchange<const void*>(&x, &raw) && Exchange(1.5f, 2.5f) && Exchange(1.5, 2.5);
  all = all && !Exchange(false, false);
  Wide wide = {1, 2}, other = {3, 4};
  Pair pair = {1, 2};
  std::atomic<Wide> atomic_wide{wide};
  std::atomic<Pair> atomic_pair{pair};
  std::atomic<Colour> colour{Colour::kRed};
  Colour red = Colour::kRed;
  all = all && atomic_wide.compare_exchange_weak(wide, other) &&
        atomic_pair.compare_exchange_weak(pair, pair) && colour.compare_exchange_weak(red, red);
#if __cplusplus >= 202002L
  std::counting_semaphore<4> semaphore(1);
  semaphore.acquire();
  std::latch latch(1);
  latch.count_down();
  std::atomic_ref<int> reference(raw);
  x = raw;
  all = all && reference.compare_exchange_weak(x, 2);
  std::atomic<std::shared_ptr<int>> shared;
  shared.store(std::make_shared<int>(3));
  all = all && *shared.load() == 3;
#endif
  return all ? 0 : 1;
}
