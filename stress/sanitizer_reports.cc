// SPDX-License-Identifier: Apache-2.0
#include "stress/sanitizer_reports.h"

#include <atomic>

namespace {
std::atomic<int> reports{0};
}

// ThreadSanitizer's run-time calls this for each report that it prints
// (compiler-rt, lib/tsan/rtl/tsan_rtl_report.cpp: a weak function for users to define).
extern "C" __attribute__((visibility("default"), used)) void __tsan_on_report(void* /*report*/) {
  reports.fetch_add(1, std::memory_order_relaxed);  // a count, no more
}

int hammerlock::stress::SanitizerReports() {
  return reports.load(std::memory_order_relaxed);  // a count, no more
}
