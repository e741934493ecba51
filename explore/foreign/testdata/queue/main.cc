// SPDX-License-Identifier: Apache-2.0
//
// A producer and a consumer with everything that C++ programs like to have in globals.
#include <condition_variable>
#include <deque>
#include <future>
#include <iostream>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "journal.h"

namespace {

struct Channel {
  std::mutex mutex;
  std::condition_variable changed;
  std::deque<std::string> items;
  bool closed = false;
};

std::shared_ptr<Channel> channel;
std::string greeting = "a greeting that is too long for the small string";
std::vector<int> numbers(100, 7);

void Produce() {
  for (const char* item : {"one", "two"}) {
    const std::lock_guard<std::mutex> lock(channel->mutex);
    channel->items.push_back(item);
    channel->changed.notify_one();
  }
  const std::lock_guard<std::mutex> lock(channel->mutex);
  channel->closed = true;
  channel->changed.notify_one();
}

int Consume() {
  int count = 0;
  std::unique_lock<std::mutex> lock(channel->mutex);
  for (;;) {
    channel->changed.wait(lock, [] { return channel->closed || !channel->items.empty(); });
    if (channel->items.empty()) return count;
    Journal::Write(channel->items.front(), ++count);
    channel->items.pop_front();
  }
}

}  // namespace

int main() {
  if (channel != nullptr || greeting.back() != 'g' || numbers.size() != 100) return 1;
  if (Journal::Sum() != 2 || Journal::Size() != 3) return 2;
  std::ios::sync_with_stdio(false);
  channel = std::make_shared<Channel>();
  greeting += "!";
  numbers.push_back(8);
  std::future<int> consumed = std::async(std::launch::async, Consume);
  std::thread producer(Produce);
  producer.join();
  if (consumed.get() != 2) return 3;
  if (Journal::Sum() != 2 + 3 + 3 || Journal::Size() != 3 + 6) return 4;
  std::cout << greeting << " " << std::hex << numbers.size() << "\n";
  return 0;
}
