// SPDX-License-Identifier: Apache-2.0
//
// Known bad: double-checked locking on a plain pointer. The pointer may be seen before what it
// points to. See Meyers and Alexandrescu, "C++ and the perils of double-checked locking", 2004.
#include <mutex>

#include "scenario/litmus.h"

struct DoubleCheckedLocking {
  struct Object {
    int value = 0;
  };

  std::mutex mu;
  Object* instance = nullptr;  // The bug: plain, and read outside the lock.
  Object storage;
  int r0 = 0, r1 = 0;

  void P0() { r0 = Get()->value; }
  void P1() { r1 = Get()->value; }

  Object* Get() {
    if (instance == nullptr) {
      const std::lock_guard lock(mu);
      if (instance == nullptr) {
        storage.value = 42;
        instance = &storage;
      }
    }
    return instance;
  }
};

LITMUS(DoubleCheckedLocking, r0, r1) {
  Acceptable({42, 42}, "both saw the object whole");
  Forbidden([](int r0, int r1) { return r0 == 0 || r1 == 0; }, "the object was seen unmade");
}
