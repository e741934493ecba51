// SPDX-License-Identifier: Apache-2.0
//
// Models: what objects do when nobody else is there. Plain sequential code, kept as short as it
// can be, because a test is no better than its model.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <type_traits>
#include <utility>
#include <vector>

namespace hammerlock {

// Last in, first out.
class StackModel {
 public:
  void Push(int64_t v) { items_.push_back(v); }
  std::optional<int64_t> TryPop() {
    if (items_.empty()) return std::nullopt;
    const int64_t v = items_.back();
    items_.pop_back();
    return v;
  }
  bool Empty() const { return items_.empty(); }
  int64_t Size() const { return static_cast<int64_t>(items_.size()); }

  friend bool operator==(const StackModel&, const StackModel&) = default;
  template <class H>
  friend H AbslHashValue(H h, const StackModel& m) {
    return H::combine(std::move(h), m.items_);
  }

 private:
  std::vector<int64_t> items_;
};

// Items go in and out at both ends: a work-stealing deque's owner has the back, thieves have
// the front.
class DequeModel {
 public:
  void PushBack(int64_t v) { items_.push_back(v); }
  void PushFront(int64_t v) { items_.insert(items_.begin(), v); }
  std::optional<int64_t> TryPopBack() {
    if (items_.empty()) return std::nullopt;
    const int64_t v = items_.back();
    items_.pop_back();
    return v;
  }
  std::optional<int64_t> TryPopFront() {
    if (items_.empty()) return std::nullopt;
    const int64_t v = items_.front();
    items_.erase(items_.begin());
    return v;
  }
  bool Empty() const { return items_.empty(); }
  int64_t Size() const { return static_cast<int64_t>(items_.size()); }

  friend bool operator==(const DequeModel&, const DequeModel&) = default;
  template <class H>
  friend H AbslHashValue(H h, const DequeModel& m) {
    return H::combine(std::move(h), m.items_);
  }

 private:
  std::vector<int64_t> items_;  // Few: moving them costs less than a deque's blocks.
};

// First in, first out; never full.
class QueueModel {
 public:
  void Push(int64_t v) { items_.PushBack(v); }
  std::optional<int64_t> TryPop() { return items_.TryPopFront(); }
  bool Empty() const { return items_.Empty(); }
  int64_t Size() const { return items_.Size(); }

  friend bool operator==(const QueueModel&, const QueueModel&) = default;
  template <class H>
  friend H AbslHashValue(H h, const QueueModel& m) {
    return H::combine(std::move(h), m.items_);
  }

 private:
  DequeModel items_;
};

// First in, first out; refuses what goes beyond its capacity.
class BoundedQueueModel {
 public:
  explicit BoundedQueueModel(int64_t capacity) : capacity_(capacity) {}

  bool TryPush(int64_t v) {
    if (Full()) return false;
    items_.Push(v);
    return true;
  }
  std::optional<int64_t> TryPop() { return items_.TryPop(); }
  bool Empty() const { return items_.Empty(); }
  bool Full() const { return Size() >= capacity_; }
  int64_t Size() const { return items_.Size(); }

  friend bool operator==(const BoundedQueueModel&, const BoundedQueueModel&) = default;
  template <class H>
  friend H AbslHashValue(H h, const BoundedQueueModel& m) {
    return H::combine(std::move(h), m.items_);  // The capacity never changes.
  }

 private:
  int64_t capacity_;
  QueueModel items_;
};

// A number that is added to.
class CounterModel {
 public:
  explicit CounterModel(int64_t start = 0) : count_(start) {}

  void Add(int64_t n) { count_ += n; }
  int64_t FetchAdd(int64_t n) { return std::exchange(count_, count_ + n); }
  void Increment() { ++count_; }
  void Decrement() { --count_; }
  int64_t Get() const { return count_; }

  friend bool operator==(const CounterModel&, const CounterModel&) = default;
  template <class H>
  friend H AbslHashValue(H h, const CounterModel& m) {
    return H::combine(std::move(h), m.count_);
  }

 private:
  int64_t count_;
};

// A number that is replaced: an atomic variable, a lock-protected cell, a seqlock.
class RegisterModel {
 public:
  explicit RegisterModel(int64_t start = 0) : value_(start) {}

  int64_t Load() const { return value_; }
  void Store(int64_t v) { value_ = v; }
  int64_t Exchange(int64_t v) { return std::exchange(value_, v); }
  bool CompareExchange(int64_t expected, int64_t desired) {
    if (value_ != expected) return false;
    value_ = desired;
    return true;
  }

  friend bool operator==(const RegisterModel&, const RegisterModel&) = default;
  template <class H>
  friend H AbslHashValue(H h, const RegisterModel& m) {
    return H::combine(std::move(h), m.value_);
  }

 private:
  int64_t value_;
};

// Each function says whether the key was there or is now: true for the call that changed it.
class SetModel {
 public:
  bool Insert(int64_t key) { return keys_.insert(key).second; }
  bool Erase(int64_t key) { return keys_.erase(key) > 0; }
  bool Contains(int64_t key) const { return keys_.count(key) > 0; }
  bool Empty() const { return keys_.empty(); }
  int64_t Size() const { return static_cast<int64_t>(keys_.size()); }

  friend bool operator==(const SetModel&, const SetModel&) = default;
  template <class H>
  friend H AbslHashValue(H h, const SetModel& m) {
    return H::combine(std::move(h), m.keys_);
  }

 private:
  std::set<int64_t> keys_;
};

class MapModel {
 public:
  // Leaves a value that is there alone. Returns whether there was none.
  bool Insert(int64_t key, int64_t v) { return values_.emplace(key, v).second; }
  // Replaces a value that is there. Returns whether there was none.
  bool Assign(int64_t key, int64_t v) { return values_.insert_or_assign(key, v).second; }
  void Put(int64_t key, int64_t v) { values_[key] = v; }
  std::optional<int64_t> Get(int64_t key) const {
    const auto it = values_.find(key);
    return it == values_.end() ? std::nullopt : std::optional(it->second);
  }
  bool Contains(int64_t key) const { return values_.count(key) > 0; }
  bool Erase(int64_t key) { return values_.erase(key) > 0; }
  // Returns what was there.
  std::optional<int64_t> Take(int64_t key) {
    const std::optional<int64_t> v = Get(key);
    values_.erase(key);
    return v;
  }
  bool Empty() const { return values_.empty(); }
  int64_t Size() const { return static_cast<int64_t>(values_.size()); }

  friend bool operator==(const MapModel&, const MapModel&) = default;
  template <class H>
  friend H AbslHashValue(H h, const MapModel& m) {
    return H::combine(std::move(h), m.values_);
  }

 private:
  std::map<int64_t, int64_t> values_;
};

// Also a lock, if it starts with 1. Only calls that do not wait: a program of calls that do may
// hang by right.
class SemaphoreModel {
 public:
  explicit SemaphoreModel(int64_t start = 0) : count_(start) {}

  bool TryAcquire() {
    if (count_ == 0) return false;
    --count_;
    return true;
  }
  void Release() { ++count_; }
  void ReleaseMany(int64_t n) { count_ += n; }
  int64_t Count() const { return count_; }

  friend bool operator==(const SemaphoreModel&, const SemaphoreModel&) = default;
  template <class H>
  friend H AbslHashValue(H h, const SemaphoreModel& m) {
    return H::combine(std::move(h), m.count_);
  }

 private:
  int64_t count_;
};

}  // namespace hammerlock
