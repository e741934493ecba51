// SPDX-License-Identifier: Apache-2.0
#include "journal.h"

#include <list>
#include <map>
#include <mutex>
#include <set>

namespace {

std::mutex mutex;
std::map<std::string, int> entries = {{"from before main", 1}, {"and another", 1}};
std::set<int> values;
std::list<std::string> order = {"from before main"};
thread_local int written = 0;

}  // namespace

void Journal::Write(const std::string& key, int value) {
  const std::lock_guard<std::mutex> lock(mutex);
  entries[key] += value;
  values.insert(value);
  order.push_front(key);
  ++written;
}

int Journal::Sum() {
  const std::lock_guard<std::mutex> lock(mutex);
  int sum = 0;
  for (const auto& entry : entries) sum += entry.second;
  for (auto value = values.rbegin(); value != values.rend(); ++value) sum += *value;
  return sum;
}

size_t Journal::Size() {
  const std::lock_guard<std::mutex> lock(mutex);
  return entries.size() + values.size() + order.size();
}
