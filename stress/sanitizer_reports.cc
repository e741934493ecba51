// SPDX-License-Identifier: Apache-2.0
#include "stress/sanitizer_reports.h"

namespace {
int reports = 0;
}

// ThreadSanitizer's run-time calls this for each report that it prints
// (compiler-rt, lib/tsan/rtl/tsan_rtl_report.cpp: a weak function for users to define). It does so
// with its own locks held: an instrumented operation here would be an occasion to deliver a pending
// signal, whose handling takes these locks again. no_sanitize would still instrument atomics, and a
// member function of std::atomic would be instrumented by itself.
extern "C" __attribute__((visibility("default"), used, disable_sanitizer_instrumentation)) void
__tsan_on_report(void* /*report*/) {
  __atomic_fetch_add(&reports, 1, __ATOMIC_RELAXED);  // a count, no more
}

int hammerlock::stress::SanitizerReports() {
  return __atomic_load_n(&reports, __ATOMIC_RELAXED);  // a count, no more
}
