// SPDX-License-Identifier: Apache-2.0
#include "scenario/execution.h"

#include <mutex>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "scenario/internal/unobserved.h"

namespace hammerlock {
namespace {

// Installed before the threads of an execution start and removed after they have ended, so
// that the order of their starting and ending is all the synchronisation it needs. It is
// atomic because a thread that a broken program left behind may still look.
std::atomic<Execution*> current{nullptr};

thread_local FailuresHere* failures_here = nullptr;

}  // namespace

Execution::Execution(Choices* choices) : outer_(Current()), choices_(choices) {
  current.store(this, std::memory_order_release);  // pairs with the acquire in Current()
}

Execution::~Execution() {
  current.store(outer_, std::memory_order_release);  // pairs with the acquire in Current()
}

Execution* Execution::Current() {
  return current.load(std::memory_order_acquire);  // pairs with the releases above
}

void Execution::Fail(std::string why) {
  std::lock_guard lock(mu_);
  if (failed_.load(std::memory_order_relaxed)) return;  // mu_ orders it: the first one counts
  why_ = std::move(why);
  failed_.store(true, std::memory_order_release);  // pairs with the acquire in failed()
}

void Execution::Note(std::string text) {
  std::lock_guard lock(mu_);
  notes_.push_back(std::move(text));
}

unsigned Execution::Choose(unsigned n) {
  std::lock_guard lock(mu_);
  return choices_ ? choices_->Choose(n) : 0;
}

bool Execution::Take(Tally& tally, std::string& why) {
  std::lock_guard lock(mu_);
  for (const std::string& note : notes_) tally.Note(note);
  notes_.clear();
  why = std::move(why_);
  const bool failed = failed_.load(std::memory_order_relaxed);  // mu_ orders it
  failed_.store(false, std::memory_order_relaxed);              // likewise
  return failed;
}

void Execution::Finish(Tally& tally) {
  std::string why;
  if (Take(tally, why)) {
    tally.Fail(std::move(why));
  } else {
    tally.Pass();
  }
}

void Execution::FinishCounted(Tally& tally) {
  std::string why;
  if (Take(tally, why)) tally.Blame(std::move(why));
}

FailuresHere::FailuresHere() { failures_here = this; }
FailuresHere::~FailuresHere() { failures_here = nullptr; }
FailuresHere* FailuresHere::Current() { return failures_here; }

void FailuresHere::Fail(std::string why) {
  if (!std::exchange(failed_, true)) why_ = std::move(why);
}

std::string FailuresHere::Take() {
  failed_ = false;
  return std::exchange(why_, {});
}

namespace {

void FailHereOrAnywhere(std::string why) {
  if (hammerlock_engine_end_execution) hammerlock_engine_end_execution(why.c_str());
  if (FailuresHere* here = FailuresHere::Current()) {
    here->Fail(std::move(why));
  } else if (Execution* e = Execution::Current()) {
    e->Fail(std::move(why));
  }
}

}  // namespace

void Fail(std::string_view why, std::source_location where) {
  std::string_view file = where.file_name();
  if (absl::StartsWith(file, "./")) file.remove_prefix(2);
  FailHereOrAnywhere(absl::StrCat(file, ":", where.line(), ": ", why));
}

void Note(std::string_view text) {
  const internal::Unobserved unobserved;
  if (Execution* e = Execution::Current()) e->Note(std::string(text));
}

unsigned Choose(unsigned n) {
  const internal::Unobserved unobserved;
  Execution* e = Execution::Current();
  return e ? e->Choose(n) : 0;
}

}  // namespace hammerlock

// The engine's side of hammerlock.h.
extern "C" {

void hammerlock_engine_outcome(const char* text) { hammerlock::Note(text); }

void hammerlock_engine_fail(const char* why) { hammerlock::FailHereOrAnywhere(why); }

unsigned hammerlock_engine_choose(unsigned n) { return n == 0 ? 0 : hammerlock::Choose(n); }
}
