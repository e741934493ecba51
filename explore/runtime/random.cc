// SPDX-License-Identifier: Apache-2.0
//
// Random numbers: the same in each repetition of an execution. Without a seed the program's
// generators, and the system's entropy always, begin at one of a few places of the engine's
// choice. To draw is no scheduling point: no program may rely on which thread gets which number.
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include "explore/runtime/mix.h"
#include "explore/runtime/posix_internal.h"
#include "explore/runtime/tls.h"

namespace hammerlock::explore::internal {
namespace {

constexpr unsigned kBeginnings = 256;

// Steele, Lea, Flood, "Fast splittable pseudorandom number generators" (2014): SplitMix64.
class Generator {
 public:
  void Forget() { seeded_ = false; }
  void Seed(uint64_t seed) {
    state_ = seed;
    seeded_ = true;
  }
  uint64_t Next() {
    if (!seeded_) Seed(Choose(kBeginnings));
    return Mix(state_ += kGamma);
  }
  uint64_t Bits(int count) { return Next() >> (64 - count); }

 private:
  uint64_t state_;
  bool seeded_;
};

// rand and random; the rand48 family; getrandom and the like.
Generator plain, rand48, entropy;

}  // namespace

void ResetRandom() {
  plain.Forget();
  rand48.Forget();
  entropy.Forget();
}

uint64_t Entropy() { return entropy.Next(); }

void FillWithEntropy(void* buffer, size_t size) {
  for (size_t at = 0; at < size; at += sizeof(uint64_t)) {
    const uint64_t bits = Entropy();
    const size_t left = size - at;
    memcpy(static_cast<char*>(buffer) + at, &bits, left < sizeof(bits) ? left : sizeof(bits));
  }
}

}  // namespace hammerlock::explore::internal

using namespace hammerlock::explore;
using namespace hammerlock::explore::internal;

extern "C" {

int rand() noexcept {
  if (!Watching()) return HAMMERLOCK_REAL(rand)();
  return static_cast<int>(plain.Bits(31));
}

void srand(unsigned seed) noexcept {
  if (!Watching()) return HAMMERLOCK_REAL(srand)(seed);
  plain.Seed(seed);
}

long random() noexcept {
  if (!Watching()) return HAMMERLOCK_REAL(random)();
  return static_cast<long>(plain.Bits(31));
}

void srandom(unsigned seed) noexcept {
  if (!Watching()) return HAMMERLOCK_REAL(srandom)(seed);
  plain.Seed(seed);
}

double drand48() noexcept {
  if (!Watching()) return HAMMERLOCK_REAL(drand48)();
  return static_cast<double>(rand48.Bits(48)) / static_cast<double>(uint64_t{1} << 48);
}

long lrand48() noexcept {
  if (!Watching()) return HAMMERLOCK_REAL(lrand48)();
  return static_cast<long>(rand48.Bits(31));
}

long mrand48() noexcept {
  if (!Watching()) return HAMMERLOCK_REAL(mrand48)();
  return static_cast<int32_t>(rand48.Bits(32));
}

void srand48(long seed) noexcept {
  if (!Watching()) return HAMMERLOCK_REAL(srand48)(seed);
  rand48.Seed(static_cast<uint64_t>(seed));
}

ssize_t getrandom(void* buffer, size_t size, unsigned flags) {
  if (!Watching()) return HAMMERLOCK_REAL(getrandom)(buffer, size, flags);
  CheckWrite(buffer, size, HAMMERLOCK_CALLER);
  FillWithEntropy(buffer, size);
  return static_cast<ssize_t>(size);
}

int getentropy(void* buffer, size_t size) {
  if (!Watching()) return HAMMERLOCK_REAL(getentropy)(buffer, size);
  if (size > 256) {
    errno = EIO;
    return -1;
  }
  CheckWrite(buffer, size, HAMMERLOCK_CALLER);
  FillWithEntropy(buffer, size);
  return 0;
}

uint32_t arc4random() noexcept {
  if (!Watching()) return HAMMERLOCK_REAL(arc4random)();
  return static_cast<uint32_t>(Entropy());
}

void arc4random_buf(void* buffer, size_t size) noexcept {
  if (!Watching()) return HAMMERLOCK_REAL(arc4random_buf)(buffer, size);
  CheckWrite(buffer, size, HAMMERLOCK_CALLER);
  FillWithEntropy(buffer, size);
}

uint32_t arc4random_uniform(uint32_t bound) noexcept {
  if (!Watching()) return HAMMERLOCK_REAL(arc4random_uniform)(bound);
  return bound == 0 ? 0 : static_cast<uint32_t>(Entropy() % bound);
}

// std::random_device::operator() is inline and calls this member, which reads the processor's
// generator or the system's.
unsigned hammerlock_random_device(void* device) asm("_ZNSt13random_device9_M_getvalEv");
unsigned hammerlock_random_device(void* device) {
  if (Watching()) return static_cast<unsigned>(Entropy());
  static auto* const real =
      reinterpret_cast<unsigned (*)(void*)>(RealFunction("_ZNSt13random_device9_M_getvalEv"));
  return real(device);
}

}  // extern "C"
