// SPDX-License-Identifier: Apache-2.0
//
// Load buffering (load_buffering=1), by promises, after Kang, Hur, Lahav, Vafeiadis, Dreyer:
// A Promising Semantics for Relaxed-Memory Concurrency (POPL 2017).
//
// Where a thread loads, another thread may promise a store that the load then reads, although it
// has not been made yet. A placeholder in modification order stands for it. In time the promising
// thread makes the store: right below the placeholder, which thereby becomes the same one twice.
// An execution in which a promise is not kept was none, and is discarded with all that it seemed
// to show.
//
// Out of thin air comes nothing, since a promise is certified: the promising thread, run alone
// from where it stands, makes the store without anybody's help. For that the execution is
// begun again twice: once to certify, once to go on with the promise. Certifying makes no choices,
// so that a trace holds nothing but who promises.
//
// Promised are plain relaxed stores that no release fence precedes, to loads of any order; not
// release stores (which the paper does not promise either) and not read-modify-writes.
#pragma once

#include <cstdint>

#include "explore/runtime/memory.h"
#include "explore/runtime/scheduler.h"

namespace hammerlock::explore {

extern bool g_load_buffering;
// Whether a thread is being run alone, to certify its promise.
extern bool g_certifying;

// Before the first of the runs that make one execution; before each of them.
void ForgetCertificates();
void ResetPromises();
// After each: whether it only certified, so that the execution is to be begun again.
bool EndCertification(bool begins_again);

// A store that another thread promises to this load: a choice. Null: none does.
Store* PromisedTo(Location& location, bool seq_cst);

// A plain store of the calling thread: if it has promised one that is due now, the store made for
// it. Discards the execution if that is not possible.
Store* KeepPromise(Location& location, uint64_t value, uint64_t high, Order order);

// Whether there are promises that have not been kept.
bool HasPromises();

// One step of the thread that is being certified; ends it after too many.
void CountCertifyingStep();

}  // namespace hammerlock::explore
