// SPDX-License-Identifier: Apache-2.0
#include "explore/runtime/promise.h"

#include <string.h>

#include "explore/runtime/choose.h"
#include "explore/runtime/execution.h"
#include "explore/runtime/mutation.h"
#include "explore/runtime/progress.h"
#include "explore/runtime/race.h"
#include "explore/runtime/runtime.h"
#include "explore/runtime/undo.h"

namespace hammerlock::explore {

bool g_load_buffering = false;
bool g_certifying = false;

namespace {

constexpr int kMostPromises = 8;  // Of an execution.
constexpr unsigned kRarity = 4;   // Of asking for a promise at a load.
constexpr unsigned kMostSkipped = 3;
constexpr unsigned kStepsToCertify = 1000;

struct Certificate {
  bool certified;
  uint32_t stores;  // The promised one is the thread's so manieth from the load on.
  uint64_t value, high;
};
Certificate certificates[kMostPromises];
int certificate_count = 0;

struct Promise {
  Location* location;
  Store* placeholder;
  int thread;
  uint32_t stores_left;
};
Promise promises[kMostPromises];
int promise_count = 0;
int asked = 0;  // Loads that asked for a promise in this run.

// What is being certified.
uintptr_t wanted_address = 0;
unsigned wanted_size = 0, matches_to_skip = 0, steps_left = 0;
uint32_t stores_made = 0;

bool MayBePromised(Order order) {
  if (Mutated(Mutation::kReleasesArePromised)) return true;
  return order == Order::kRelaxed && Self().release_fence.times() == nullptr;
}

// Others that can run, by id.
int Others(Thread** into) {
  int count = 0;
  for (int t = 0; t < ThreadCount(); ++t) {
    Thread& thread = ThreadById(t);
    if (&thread != &Self() && thread.place >= 0) into[count++] = &thread;
  }
  return count;
}

// The program's memory holds the newest store's value.
void Write(const Location& location, const Store& store) {
  const uint64_t halves[2] = {store.value, store.high};
  SaveForUndo(CellAt(location.address), location.address);
  if (location.size == 16) SaveForUndo(CellAt(location.address + 8), location.address + 8);
  memcpy(reinterpret_cast<void*>(location.address), halves, location.size);
}

[[noreturn]] void Certified(uint64_t value, uint64_t high) {
  certificates[certificate_count++] = {true, stores_made, value, high};
  g_certifying = false;
  BeginAgain();
}

}  // namespace

void ForgetCertificates() { certificate_count = 0; }

void ResetPromises() {
  promise_count = 0;
  asked = 0;
}

bool EndCertification(bool begins_again) {
  if (!g_certifying) return false;
  g_certifying = false;
  // It ended for a reason of the program's: there is nothing to promise.
  if (!begins_again) certificates[certificate_count++] = {};
  return true;
}

bool HasPromises() { return promise_count != 0 && !Mutated(Mutation::kPromisesNeedNotBeKept); }

void CountCertifyingStep() {
  if (--steps_left == 0) EndExecution();
}

Store* PromisedTo(Location& location, bool seq_cst) {
  // The fair phase reads the newest stores.
  if (g_fair || g_certifying || location.mixed || g_others == 0 || asked == kMostPromises)
    return nullptr;
  if (!Rarely(kRarity)) return nullptr;
  Thread* others[kMaxThreads];
  const unsigned n = static_cast<unsigned>(Others(others));
  Thread& thread = *others[g_chooser.Settle(g_chooser.Below(n), n)];
  // None half of the time, one a quarter of it, and so on.
  const int halvings = __builtin_ctzll(g_chooser.Bits() | uint64_t{1} << 60);
  const unsigned skipped =
      g_chooser.Settle(static_cast<unsigned>(halvings) % (kMostSkipped + 1), kMostSkipped + 1);
  if (asked == certificate_count) {
    wanted_address = location.address;
    wanted_size = location.size;
    matches_to_skip = skipped;
    stores_made = 0;
    steps_left = kStepsToCertify;
    g_certifying = true;
    g_chooser.Hush();
    RunAlone(thread);
  }
  const Certificate& certificate = certificates[asked++];
  if (!certificate.certified) return nullptr;
  Store& placeholder = InsertPlaceholder(location, ChoosePlace(location, seq_cst),
                                         certificate.value, certificate.high, thread);
  if (&placeholder == location.newest) Write(location, placeholder);
  promises[promise_count++] = {&location, &placeholder, thread.id, certificate.stores};
  return &placeholder;
}

Store* KeepPromise(Location& location, uint64_t value, uint64_t high, Order order) {
  if (g_certifying) {
    ++stores_made;
    const bool matches = location.address == wanted_address && location.size == wanted_size &&
                         MayBePromised(order) && matches_to_skip-- == 0;
    if (matches) Certified(value, high);
    return nullptr;
  }
  Store* made = nullptr;
  for (int i = 0; i < promise_count;) {
    Promise& promise = promises[i];
    if (promise.thread != Self().id || --promise.stores_left != 0) {
      ++i;
      continue;
    }
    const Store& placeholder = *promise.placeholder;
    const bool fits = promise.location == &location && placeholder.value == value &&
                      placeholder.high == high && MayBePromised(order);
    // One store keeps one promise.
    if (!fits || made != nullptr) Discard();
    made = InsertPromised(location, *promise.placeholder);
    if (made == nullptr) Discard();
    promise = promises[--promise_count];
  }
  return made;
}

}  // namespace hammerlock::explore
