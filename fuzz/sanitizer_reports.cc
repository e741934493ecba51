// SPDX-License-Identifier: Apache-2.0
#include "fuzz/sanitizer_reports.h"

#include <atomic>
#include <cstdlib>

namespace {

int reports = 0;
bool counted = false;
std::atomic<void (*)(const char*)> on_death{nullptr};

void Die(const char* sanitizer) {
  // Once, since telling may itself be reported. Acquire pairs with the release in
  // OnSanitizerDeath().
  if (auto* const callback = on_death.exchange(nullptr, std::memory_order_acq_rel)) {
    callback(sanitizer);
  }
}

}  // namespace

// The sanitizers' run-times call these; there they are weak, for users to define.
extern "C" {
// ThreadSanitizer calls this with its own locks held: an instrumented operation here could deliver
// a pending signal (libFuzzer's alarm, say), whose handling takes these locks again. So there is no
// std::atomic, whose member functions would be instrumented by themselves.
__attribute__((used, disable_sanitizer_instrumentation)) void __tsan_on_report(void* /*report*/) {
  if (!__atomic_load_n(&counted, __ATOMIC_RELAXED)) std::abort();  // set before there are threads
  __atomic_fetch_add(&reports, 1, __ATOMIC_RELAXED);               // a count, no more
}
__attribute__((used)) void __asan_on_error() { Die("AddressSanitizer"); }
__attribute__((used)) void __ubsan_on_report() { Die("UndefinedBehaviorSanitizer"); }
}

namespace hammerlock::fuzz {

int SanitizerReports() { return __atomic_load_n(&reports, __ATOMIC_RELAXED); }  // a count, no more

void OnSanitizerDeath(void (*callback)(const char* sanitizer)) {
  __atomic_store_n(&counted, true, __ATOMIC_RELAXED);   // before there are threads
  on_death.store(callback, std::memory_order_release);  // pairs with the exchange in Die()
}

}  // namespace hammerlock::fuzz
