// SPDX-License-Identifier: Apache-2.0
#include "fuzz/sanitizer_reports.h"

#include <atomic>
#include <cstdlib>

namespace {

std::atomic<int> reports{0};
std::atomic<bool> counted{false};
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
__attribute__((used)) void __tsan_on_report(void* /*report*/) {
  if (!counted.load(std::memory_order_relaxed)) std::abort();  // set before there are threads
  reports.fetch_add(1, std::memory_order_relaxed);             // a count, no more
}
__attribute__((used)) void __asan_on_error() { Die("AddressSanitizer"); }
__attribute__((used)) void __ubsan_on_report() { Die("UndefinedBehaviorSanitizer"); }
}

namespace hammerlock::fuzz {

int SanitizerReports() { return reports.load(std::memory_order_relaxed); }  // a count, no more

void OnSanitizerDeath(void (*callback)(const char* sanitizer)) {
  counted.store(true, std::memory_order_relaxed);       // before there are threads
  on_death.store(callback, std::memory_order_release);  // pairs with the exchange in Die()
}

}  // namespace hammerlock::fuzz
