// SPDX-License-Identifier: Apache-2.0
//
// absl::Mutex with a condition variable, a condition and a notification: two producers, a consumer
// and a reader. Whoever waits is woken.
#include <cassert>
#include <thread>
#include <vector>

#include "absl/synchronization/mutex.h"
#include "absl/synchronization/notification.h"

namespace {

struct Buffer {
  absl::Mutex mutex;
  absl::CondVar not_empty;
  std::vector<int> items ABSL_GUARDED_BY(mutex);
};

bool HasRoom(Buffer* buffer) ABSL_SHARED_LOCKS_REQUIRED(buffer->mutex) {
  return buffer->items.size() < 3;
}

}  // namespace

int main() {
  Buffer buffer;
  absl::Notification done;
  std::vector<int> got;
  std::thread consumer([&] {
    for (int i = 0; i < 2; ++i) {
      absl::MutexLock lock(&buffer.mutex);
      while (buffer.items.empty()) buffer.not_empty.Wait(&buffer.mutex);
      got.push_back(buffer.items.back());
      buffer.items.pop_back();
    }
    done.Notify();
  });
  std::vector<std::thread> producers;
  for (int i = 1; i <= 2; ++i) {
    producers.emplace_back([&buffer, i] {
      absl::MutexLock lock(&buffer.mutex);
      buffer.items.push_back(i);
      buffer.not_empty.Signal();
    });
  }
  std::thread reader([&] {
    absl::ReaderMutexLock lock(&buffer.mutex);
    buffer.mutex.Await(absl::Condition(HasRoom, &buffer));
  });
  done.WaitForNotification();
  assert(got.size() == 2 && got[0] + got[1] == 3);
  for (std::thread& t : producers) t.join();
  consumer.join();
  reader.join();
}
