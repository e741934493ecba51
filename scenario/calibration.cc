// SPDX-License-Identifier: Apache-2.0
//
// Calibration: what a configuration can see at all. Each shape stands here twice: with relaxed
// orders, where the weak outcome is interesting (a configuration that never shows it is blind
// to bugs of this shape), and with orders under which C++20 forbids it (a configuration that
// shows it is broken).
//
// Names and shapes: Alglave, Maranget, Tautschnig, "Herding cats", TOPLAS 2014, table III.
#include <atomic>

#include "scenario/litmus.h"

namespace hammerlock {
namespace {

using std::memory_order_acq_rel;
using std::memory_order_acquire;
using std::memory_order_relaxed;
using std::memory_order_release;
using std::memory_order_seq_cst;

// Locations lie on cache lines of their own: most weak outcomes need two lines to race.
struct alignas(64) Location {
  std::atomic<int> value{0};

  int load(std::memory_order order) { return value.load(order); }
  void store(int v, std::memory_order order) { value.store(v, order); }
};

constexpr char kWeak[] = "the weak outcome";
constexpr char kForbidden[] = "these orders forbid it";
constexpr char kOther[] = "an interleaving";

// Store buffering.
template <std::memory_order kStore, std::memory_order kLoad>
struct StoreBuffering {
  Location x, y;
  int r0 = 0, r1 = 0;
  void P0() {
    x.store(1, kStore);
    r0 = y.load(kLoad);
  }
  void P1() {
    y.store(1, kStore);
    r1 = x.load(kLoad);
  }
  static bool Weak(int r0, int r1) { return r0 == 0 && r1 == 0; }
};

// Message passing. The partner of each release is the acquire of the same location.
template <std::memory_order kStore, std::memory_order kLoad>
struct MessagePassing {
  Location x, y;
  int r0 = 0, r1 = 0;
  void P0() {
    x.store(1, memory_order_relaxed);
    y.store(1, kStore);
  }
  void P1() {
    r0 = y.load(kLoad);
    r1 = x.load(memory_order_relaxed);
  }
  static bool Weak(int r0, int r1) { return r0 == 1 && r1 == 0; }
};

// Load buffering.
template <std::memory_order kStore, std::memory_order kLoad>
struct LoadBuffering {
  Location x, y;
  int r0 = 0, r1 = 0;
  void P0() {
    r0 = x.load(kLoad);
    y.store(1, kStore);
  }
  void P1() {
    r1 = y.load(kLoad);
    x.store(1, kStore);
  }
  static bool Weak(int r0, int r1) { return r0 == 1 && r1 == 1; }
};

// S: a store after a load that read a later store of the other thread.
template <std::memory_order kStore, std::memory_order kLoad>
struct S {
  Location x, y;
  int r0 = 0, r1 = 0;
  void P0() {
    x.store(2, memory_order_relaxed);
    y.store(1, kStore);
  }
  void P1() {
    r0 = y.load(kLoad);
    x.store(1, memory_order_relaxed);
  }
  void Final() { r1 = x.load(memory_order_relaxed); }
  static bool Weak(int r0, int x) { return r0 == 1 && x == 2; }
};

// R: two stores against a store and a load.
template <std::memory_order kStore, std::memory_order kLoad>
struct R {
  Location x, y;
  int r0 = 0, r1 = 0;
  void P0() {
    x.store(1, kStore);
    y.store(1, kStore);
  }
  void P1() {
    y.store(2, kStore);
    r0 = x.load(kLoad);
  }
  void Final() { r1 = y.load(memory_order_relaxed); }
  static bool Weak(int r0, int y) { return r0 == 0 && y == 2; }
};

// 2+2W: two stores each, in opposite orders.
template <std::memory_order kFirst, std::memory_order kSecond>
struct TwoPlusTwoW {
  Location x, y;
  int r0 = 0, r1 = 0;
  void P0() {
    x.store(1, kFirst);
    y.store(2, kSecond);
  }
  void P1() {
    y.store(1, kFirst);
    x.store(2, kSecond);
  }
  void Final() {
    r0 = x.load(memory_order_relaxed);
    r1 = y.load(memory_order_relaxed);
  }
  static bool Weak(int x, int y) { return x == 1 && y == 1; }
};

// Independent reads of independent writes.
template <std::memory_order kStore, std::memory_order kLoad>
struct Iriw {
  Location x, y;
  int r0 = 0, r1 = 0, r2 = 0, r3 = 0;
  void P0() { x.store(1, kStore); }
  void P1() { y.store(1, kStore); }
  void P2() {
    r0 = x.load(kLoad);
    r1 = y.load(kLoad);
  }
  void P3() {
    r2 = y.load(kLoad);
    r3 = x.load(kLoad);
  }
  static bool Weak(int r0, int r1, int r2, int r3) {
    return r0 == 1 && r1 == 0 && r2 == 1 && r3 == 0;
  }
};

// Write-to-read causality.
template <std::memory_order kStore, std::memory_order kLoad>
struct Wrc {
  Location x, y;
  int r0 = 0, r1 = 0, r2 = 0;
  void P0() { x.store(1, kStore); }
  void P1() {
    r0 = x.load(kLoad);
    y.store(1, kStore);
  }
  void P2() {
    r1 = y.load(kLoad);
    r2 = x.load(kLoad);
  }
  static bool Weak(int r0, int r1, int r2) { return r0 == 1 && r1 == 1 && r2 == 0; }
};

// Coherence of two reads. Nothing allows it to fail, at any order.
template <std::memory_order kStore, std::memory_order kLoad>
struct CoRR {
  Location x;
  int r0 = 0, r1 = 0;
  void P0() { x.store(1, kStore); }
  void P1() {
    r0 = x.load(kLoad);
    r1 = x.load(kLoad);
  }
  static bool Weak(int r0, int r1) { return r0 == 1 && r1 == 0; }
};

// clang-format off
struct SB_relaxed : StoreBuffering<memory_order_relaxed, memory_order_relaxed> {};
struct SB_seq_cst : StoreBuffering<memory_order_seq_cst, memory_order_seq_cst> {};
struct MP_relaxed : MessagePassing<memory_order_relaxed, memory_order_relaxed> {};
struct MP_release_acquire : MessagePassing<memory_order_release, memory_order_acquire> {};
struct LB_relaxed : LoadBuffering<memory_order_relaxed, memory_order_relaxed> {};
struct LB_release_acquire : LoadBuffering<memory_order_release, memory_order_acquire> {};
struct S_relaxed : S<memory_order_relaxed, memory_order_relaxed> {};
struct S_release_acquire : S<memory_order_release, memory_order_acquire> {};
struct R_relaxed : R<memory_order_relaxed, memory_order_relaxed> {};
struct R_seq_cst : R<memory_order_seq_cst, memory_order_seq_cst> {};
struct W22_relaxed : TwoPlusTwoW<memory_order_relaxed, memory_order_relaxed> {};
struct W22_seq_cst : TwoPlusTwoW<memory_order_seq_cst, memory_order_seq_cst> {};
struct IRIW_relaxed : Iriw<memory_order_relaxed, memory_order_relaxed> {};
struct IRIW_seq_cst : Iriw<memory_order_seq_cst, memory_order_seq_cst> {};
struct WRC_relaxed : Wrc<memory_order_relaxed, memory_order_relaxed> {};
struct WRC_release_acquire : Wrc<memory_order_release, memory_order_acquire> {};
struct CoRR_relaxed : CoRR<memory_order_relaxed, memory_order_relaxed> {};
struct CoRR_seq_cst : CoRR<memory_order_seq_cst, memory_order_seq_cst> {};
// clang-format on

// Two registers, or as many as the shape has; all outcomes but the weak one are plain.
#define CALIBRATE(State, ...)                                                     \
  LITMUS(State, __VA_ARGS__) {                                                    \
    constexpr bool kMayBeWeak = std::string_view(#State).ends_with("_relaxed") && \
                                !std::string_view(#State).starts_with("CoRR");    \
    if (kMayBeWeak) {                                                             \
      Interesting(&State::Weak, kWeak);                                           \
    } else {                                                                      \
      Forbidden(&State::Weak, kForbidden);                                        \
    }                                                                             \
    Acceptable([](auto...) { return true; }, kOther);                             \
  }

CALIBRATE(SB_relaxed, r0, r1)
CALIBRATE(SB_seq_cst, r0, r1)
CALIBRATE(MP_relaxed, r0, r1)
CALIBRATE(MP_release_acquire, r0, r1)
CALIBRATE(LB_relaxed, r0, r1)
CALIBRATE(LB_release_acquire, r0, r1)
CALIBRATE(S_relaxed, r0, r1)
CALIBRATE(S_release_acquire, r0, r1)
CALIBRATE(R_relaxed, r0, r1)
CALIBRATE(R_seq_cst, r0, r1)
CALIBRATE(W22_relaxed, r0, r1)
CALIBRATE(W22_seq_cst, r0, r1)
CALIBRATE(IRIW_relaxed, r0, r1, r2, r3)
CALIBRATE(IRIW_seq_cst, r0, r1, r2, r3)
CALIBRATE(WRC_relaxed, r0, r1, r2)
CALIBRATE(WRC_release_acquire, r0, r1, r2)
CALIBRATE(CoRR_relaxed, r0, r1)
CALIBRATE(CoRR_seq_cst, r0, r1)

}  // namespace
}  // namespace hammerlock
