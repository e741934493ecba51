// SPDX-License-Identifier: Apache-2.0
//
// A free-form test: an ordinary body with threads and expectations, run over and over.
#include <mutex>
#include <thread>
#include <vector>

#include "scenario/execution.h"
#include "scenario/free_form.h"

FREE_FORM(CallOnceCallsOnce) {
  std::once_flag once;
  int calls = 0;
  const int threads = 2 + static_cast<int>(hammerlock::Choose(3));
  std::vector<std::thread> callers;
  for (int i = 0; i < threads; ++i) {
    callers.emplace_back([&] {
      std::call_once(once, [&] { ++calls; });
      hammerlock::ExpectEq(calls, 1);  // Whoever made the call, it has returned by now.
    });
  }
  for (std::thread& caller : callers) caller.join();
}
