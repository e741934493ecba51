// SPDX-License-Identifier: Apache-2.0
#include "stress/rendezvous.h"

#include <atomic>
#include <thread>
#include <vector>

#include "gtest/gtest.h"

namespace hammerlock::stress {
namespace {

// Each thread counts up before a meeting; after it, all must have counted.
void MeetMany(int threads, int meetings) {
  Rendezvous rendezvous;
  rendezvous.Reset(threads, 20);
  rendezvous.Align();
  std::vector<int> plain(threads, 0);  // Ordered by the meetings alone: TSan would tell.
  std::atomic<int> wrong{0};
  std::vector<std::thread> running;
  for (int t = 0; t < threads; ++t) {
    running.emplace_back([&, t] {
      for (int i = 1; i <= meetings; ++i) {
        plain[t] = i;
        rendezvous.Meet(t);
        for (const int other : plain) {
          if (other != i) wrong.fetch_add(1, std::memory_order_relaxed);  // read after the joins
        }
        rendezvous.Meet(t);
      }
    });
  }
  for (std::thread& thread : running) thread.join();
  EXPECT_EQ(wrong.load(std::memory_order_relaxed), 0);
  EXPECT_EQ(rendezvous.Total(), 2u * threads * meetings);
}

TEST(RendezvousTest, NobodyLeavesBeforeAllHaveCome) { MeetMany(2, 20'000); }
TEST(RendezvousTest, WorksWithMoreThreadsThanCores) { MeetMany(7, 300); }
TEST(RendezvousTest, OneThreadMeetsItself) { MeetMany(1, 10); }

TEST(RendezvousTest, AlignLetsLatecomersIn) {
  Rendezvous rendezvous;
  rendezvous.Reset(1, 20);
  for (int i = 0; i < 5; ++i) rendezvous.Meet(0);
  rendezvous.Reset(2, 20);
  rendezvous.Align();
  const uint64_t before = rendezvous.Total();
  std::thread other([&] { rendezvous.Meet(1); });
  rendezvous.Meet(0);
  other.join();
  EXPECT_EQ(rendezvous.Total(), before + 2);
}

}  // namespace
}  // namespace hammerlock::stress
