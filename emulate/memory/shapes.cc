// SPDX-License-Identifier: Apache-2.0
#include "emulate/memory/shapes.h"

#include "emulate/a64/assemble.h"
#include "emulate/a64/decode.h"
#include "emulate/memory/interpreter.h"

namespace hammerlock::emulate {
namespace {

using Code = std::vector<uint32_t>;

constexpr unsigned kX = 1, kY = 2, kZ = 3, kOne = 9, kTwo = 10, kFour = 11;
// What is read first, second and third.
constexpr unsigned kA = 20, kB = 21, kC = 22;
constexpr unsigned kScratch = 5;

// 64 bits unless told otherwise.
Code W(unsigned at, unsigned value = kOne) { return {assemble::Store(3, value, at)}; }
Code WRel(unsigned at, unsigned value = kOne) { return {assemble::StoreRelease(3, value, at)}; }
Code R(unsigned into, unsigned at) { return {assemble::Load(3, into, at)}; }
Code RAcq(unsigned into, unsigned at) { return {assemble::LoadAcquire(3, into, at)}; }
Code RAcqPc(unsigned into, unsigned at) { return {assemble::LoadAcquirePc(3, into, at)}; }
Code RNarrow(unsigned into, unsigned at) { return {assemble::Load(2, into, at)}; }
Code Full() { return {assemble::DataBarrier(3)}; }
Code LoadBarrier() { return {assemble::DataBarrier(1)}; }
Code StoreBarrier() { return {assemble::DataBarrier(2)}; }
Code Isb() { return {assemble::kInstructionBarrier}; }
// What follows depends on `on` by control.
Code Ctrl(unsigned on) { return {assemble::BranchToNext(on)}; }
// A read whose address depends on `on`, and a write.
Code RAddr(unsigned on, unsigned into, unsigned at) {
  return {assemble::Xor(kScratch, on, on), assemble::LoadIndexed(3, into, at, kScratch)};
}
Code WAddr(unsigned on, unsigned at, unsigned value = kOne) {
  return {assemble::Xor(kScratch, on, on), assemble::StoreIndexed(3, value, at, kScratch)};
}
// A write of 1 whose data depend on `on`.
Code WData(unsigned on, unsigned at) {
  return {assemble::Xor(kScratch, on, on), assemble::Add(kScratch, kScratch, kOne),
          assemble::Store(3, kScratch, at)};
}
Code Swap(unsigned at, unsigned value, unsigned into, bool acquire, bool release) {
  return {assemble::Swap(3, value, into, at, acquire, release)};
}
Code FetchAdd(unsigned at, unsigned into, bool acquire, bool release, unsigned value = kOne) {
  return {assemble::Atomic(0, 3, value, into, at, acquire, release)};
}
Code Cas(unsigned at, unsigned compared, unsigned value, bool acquire, bool release) {
  return {assemble::CompareAndSwap(3, compared, value, at, acquire, release)};
}
// Increments by an exclusive pair; the status goes to `status`.
Code Exclusive(unsigned at, unsigned into, unsigned status, bool acquire, bool release) {
  return {assemble::LoadExclusive(3, into, at, acquire), assemble::Add(kScratch, into, kOne),
          assemble::StoreExclusive(3, status, kScratch, at, release)};
}

Code operator+(Code a, const Code& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

std::vector<Shape> MakeShapes() {
  using O = std::vector<Shape::Observed>;
  const O p1 = {{1, kA}, {1, kB}};
  const O each = {{0, kA}, {1, kA}};
  const O iriw = {{2, kA}, {2, kB}, {3, kA}, {3, kB}};
  const O wrc = {{1, kA}, {2, kA}, {2, kB}};
  const O final = {{-1, 0}, {-1, 1}};
  const Code none;
  return {
      // Message passing.
      {"MP", {W(kX) + W(kY), R(kA, kY) + R(kB, kX)}, p1, "1 0", true, "nothing orders"},
      {"MP+dmb+po",
       {W(kX) + Full() + W(kY), R(kA, kY) + R(kB, kX)},
       p1,
       "1 0",
       true,
       "the reads are not ordered"},
      {"MP+po+dmb",
       {W(kX) + W(kY), R(kA, kY) + Full() + R(kB, kX)},
       p1,
       "1 0",
       true,
       "the writes are not ordered"},
      {"MP+po+addr",
       {W(kX) + W(kY), R(kA, kY) + RAddr(kA, kB, kX)},
       p1,
       "1 0",
       true,
       "the writes are not ordered"},
      {"MP+dmbs",
       {W(kX) + Full() + W(kY), R(kA, kY) + Full() + R(kB, kX)},
       p1,
       "1 0",
       false,
       "dmb orders both"},
      {"MP+dmb.st+dmb.ld",
       {W(kX) + StoreBarrier() + W(kY), R(kA, kY) + LoadBarrier() + R(kB, kX)},
       p1,
       "1 0",
       false,
       "dmb st orders stores, dmb ld what comes after a load"},
      {"MP+dmb.ld+addr",
       {W(kX) + LoadBarrier() + W(kY), R(kA, kY) + RAddr(kA, kB, kX)},
       p1,
       "1 0",
       true,
       "dmb ld does not order stores"},
      {"MP+dmb+dmb.st",
       {W(kX) + Full() + W(kY), R(kA, kY) + StoreBarrier() + R(kB, kX)},
       p1,
       "1 0",
       true,
       "dmb st does not order loads"},
      {"MP+dmb+addr",
       {W(kX) + Full() + W(kY), R(kA, kY) + RAddr(kA, kB, kX)},
       p1,
       "1 0",
       false,
       "an address dependency orders"},
      {"MP+dmb+ctrl",
       {W(kX) + Full() + W(kY), R(kA, kY) + Ctrl(kA) + R(kB, kX)},
       p1,
       "1 0",
       true,
       "control does not order a read"},
      {"MP+dmb+ctrlisb",
       {W(kX) + Full() + W(kY), R(kA, kY) + Ctrl(kA) + Isb() + R(kB, kX)},
       p1,
       "1 0",
       false,
       "control and isb do"},
      {"MP+dmb+isb",
       {W(kX) + Full() + W(kY), R(kA, kY) + Isb() + R(kB, kX)},
       p1,
       "1 0",
       true,
       "isb alone does not"},
      {"MP+rel+acq",
       {W(kX) + WRel(kY), RAcq(kA, kY) + R(kB, kX)},
       p1,
       "1 0",
       false,
       "release and acquire"},
      {"MP+rel+acqpc",
       {W(kX) + WRel(kY), RAcqPc(kA, kY) + R(kB, kX)},
       p1,
       "1 0",
       false,
       "ldapr is an acquire as well"},
      {"MP+rel+po",
       {W(kX) + WRel(kY), R(kA, kY) + R(kB, kX)},
       p1,
       "1 0",
       true,
       "the reads are not ordered"},
      {"MP+po+acq",
       {W(kX) + W(kY), RAcq(kA, kY) + R(kB, kX)},
       p1,
       "1 0",
       true,
       "the writes are not ordered"},
      {"MP+dmb+rel-of-other",
       {WRel(kX) + W(kY), RAcq(kA, kY) + R(kB, kX)},
       p1,
       "1 0",
       true,
       "a release does not order what follows"},
      {"MP+swp+ldadda",
       {W(kX) + Swap(kY, kOne, 6, false, false), FetchAdd(kY, kA, true, false, 31) + R(kB, kX)},
       p1,
       "1 0",
       true,
       "a plain atomic does not release"},
      {"MP+swpl+ldadda",
       {W(kX) + Swap(kY, kOne, 6, false, true), FetchAdd(kY, kA, true, false, 31) + R(kB, kX)},
       p1,
       "1 0",
       false,
       "a releasing one does"},
      {"MP+casl+acq",
       {W(kX) + Cas(kY, 7, kOne, false, true), RAcq(kA, kY) + R(kB, kX)},
       p1,
       "1 0",
       false,
       "a releasing compare-and-swap"},
      {"MP+rel+ldadd-xzr",
       {W(kX) + WRel(kY), FetchAdd(kY, kA, false, false, 31) + R(kB, kX)},
       p1,
       "1 0",
       true,
       "a plain atomic does not acquire"},
      {"MP+narrow",
       {W(kX) + Full() + W(kY), RNarrow(kA, kY) + RAddr(kA, kB, kX)},
       p1,
       "1 0",
       false,
       "half of what was stored orders like the whole"},
      {"PPOCA",
       {W(kX) + Full() + W(kY), R(kA, kY) + Ctrl(kA) + W(kZ) + R(kC, kZ) + RAddr(kC, kB, kX)},
       {{1, kA}, {1, kC}, {1, kB}},
       "1 1 0",
       true,
       "a speculated store is read early"},
      {"PPOAA",
       {W(kX) + Full() + W(kY), R(kA, kY) + WAddr(kA, kZ) + R(kC, kZ) + RAddr(kC, kB, kX)},
       {{1, kA}, {1, kC}, {1, kB}},
       "1 1 0",
       false,
       "its address is not speculated"},
      {"MP+dmb+xcl-rfi-acq",
       {W(kX) + Full() + W(kY),
        R(kA, kY) + Ctrl(kA) + Exclusive(kZ, 6, kC, false, false) + RAcq(kScratch, kZ) + R(kB, kX)},
       {{1, kA}, {1, kC}, {1, kB}},
       "1 0 0",
       false,
       "an acquire does not read its thread's own exclusive store early"},
      {"MP+dmb+xcl-rfi-addr",
       {W(kX) + Full() + W(kY),
        R(kA, kY) + Ctrl(kA) + Exclusive(kZ, 6, kC, false, false) + R(7, kZ) + RAddr(7, kB, kX)},
       {{1, kA}, {1, kC}, {1, kB}},
       "1 0 0",
       true,
       "a plain load does"},
      // Store buffering.
      {"SB", {W(kX) + R(kA, kY), W(kY) + R(kA, kX)}, each, "0 0", true, "nothing orders"},
      {"SB+dmbs",
       {W(kX) + Full() + R(kA, kY), W(kY) + Full() + R(kA, kX)},
       each,
       "0 0",
       false,
       "dmb orders"},
      {"SB+dmb+po",
       {W(kX) + Full() + R(kA, kY), W(kY) + R(kA, kX)},
       each,
       "0 0",
       true,
       "one side is not ordered"},
      {"SB+rel+acq",
       {WRel(kX) + RAcq(kA, kY), WRel(kY) + RAcq(kA, kX)},
       each,
       "0 0",
       false,
       "stlr and ldar are RCsc"},
      {"SB+rel+acqpc",
       {WRel(kX) + RAcqPc(kA, kY), WRel(kY) + RAcqPc(kA, kX)},
       each,
       "0 0",
       true,
       "ldapr is RCpc"},
      {"SB+dmb.sts",
       {W(kX) + StoreBarrier() + R(kA, kY), W(kY) + StoreBarrier() + R(kA, kX)},
       each,
       "0 0",
       true,
       "dmb st does not order loads"},
      {"SB+swpals",
       {Swap(kX, kOne, 6, true, true) + R(kA, kY), Swap(kY, kOne, 6, true, true) + R(kA, kX)},
       each,
       "0 0",
       false,
       "what follows an acquiring and releasing atomic is after its store"},
      {"SB+swpas",
       {Swap(kX, kOne, 6, true, false) + R(kA, kY), Swap(kY, kOne, 6, true, false) + R(kA, kX)},
       each,
       "0 0",
       true,
       "what follows an acquiring one is after its load alone"},
      // Load buffering.
      {"LB", {R(kA, kX) + W(kY), R(kA, kY) + W(kX)}, each, "1 1", true, "nothing orders"},
      {"LB+data+po",
       {R(kA, kX) + WData(kA, kY), R(kA, kY) + W(kX)},
       each,
       "1 1",
       true,
       "one side is not ordered"},
      {"LB+neighbours",
       {Code{assemble::Load(2, kA, kX), assemble::Add(kScratch, kX, kFour),
             assemble::Store(2, kOne, kScratch)},
        Code{assemble::Add(kScratch, kX, kFour), assemble::Load(2, kA, kScratch),
             assemble::Store(2, kOne, kX)}},
       each,
       "1 1",
       true,
       "two locations, though in the same eight bytes"},
      {"LB+store-other",
       {R(kA, kX) + W(kZ, kA) + W(kY), R(kA, kY) + W(kX, kA)},
       each,
       "1 1",
       true,
       "a store that waits for its data lets the next one pass"},
      {"LB+store-other+dmb.st",
       {R(kA, kX) + W(kZ, kA) + StoreBarrier() + W(kY), R(kA, kY) + WData(kA, kX)},
       each,
       "1 1",
       false,
       "dmb st makes it wait"},
      {"LB+datas",
       {R(kA, kX) + WData(kA, kY), R(kA, kY) + WData(kA, kX)},
       each,
       "1 1",
       false,
       "data dependencies order"},
      {"LB+addrs",
       {R(kA, kX) + WAddr(kA, kY), R(kA, kY) + WAddr(kA, kX)},
       each,
       "1 1",
       false,
       "address dependencies order"},
      {"LB+ctrls",
       {R(kA, kX) + Ctrl(kA) + W(kY), R(kA, kY) + Ctrl(kA) + W(kX)},
       each,
       "1 1",
       false,
       "control orders a write"},
      {"LB+addrpos",
       {R(kA, kX) + RAddr(kA, kB, kZ) + W(kY), R(kA, kY) + RAddr(kA, kB, kZ) + W(kX)},
       each,
       "1 1",
       false,
       "a write waits for the addresses before it"},
      {"LB+dmbs",
       {R(kA, kX) + Full() + W(kY), R(kA, kY) + Full() + W(kX)},
       each,
       "1 1",
       false,
       "dmb orders"},
      {"LB+dmb.lds",
       {R(kA, kX) + LoadBarrier() + W(kY), R(kA, kY) + LoadBarrier() + W(kX)},
       each,
       "1 1",
       false,
       "dmb ld orders what comes after a load"},
      {"LB+rels",
       {R(kA, kX) + WRel(kY), R(kA, kY) + WRel(kX)},
       each,
       "1 1",
       false,
       "a release comes after what is before it"},
      {"LB+acqs",
       {RAcq(kA, kX) + W(kY), RAcq(kA, kY) + W(kX)},
       each,
       "1 1",
       false,
       "an acquire comes before what is after it"},
      // Writes.
      {"S",
       {W(kX, kTwo) + W(kY), R(kA, kY) + W(kX)},
       {{1, kA}, {-1, 0}},
       "1 2",
       true,
       "nothing orders"},
      {"S+dmb+data",
       {W(kX, kTwo) + Full() + W(kY), R(kA, kY) + WData(kA, kX)},
       {{1, kA}, {-1, 0}},
       "1 2",
       false,
       "a data dependency orders"},
      {"S+dmb+ctrl",
       {W(kX, kTwo) + Full() + W(kY), R(kA, kY) + Ctrl(kA) + W(kX)},
       {{1, kA}, {-1, 0}},
       "1 2",
       false,
       "control orders a write"},
      {"S+dmb+addrpo",
       {W(kX, kTwo) + Full() + W(kY), R(kA, kY) + RAddr(kA, kB, kZ) + W(kX)},
       {{1, kA}, {-1, 0}},
       "1 2",
       false,
       "a write waits for the addresses before it"},
      {"R",
       {W(kX) + W(kY), W(kY, kTwo) + R(kA, kX)},
       {{-1, 1}, {1, kA}},
       "2 0",
       true,
       "nothing orders"},
      {"R+dmbs",
       {W(kX) + Full() + W(kY), W(kY, kTwo) + Full() + R(kA, kX)},
       {{-1, 1}, {1, kA}},
       "2 0",
       false,
       "dmb orders"},
      {"2+2W", {W(kX, kTwo) + W(kY), W(kY, kTwo) + W(kX)}, final, "2 2", true, "nothing orders"},
      {"2+2W+dmbs",
       {W(kX, kTwo) + Full() + W(kY), W(kY, kTwo) + Full() + W(kX)},
       final,
       "2 2",
       false,
       "dmb orders"},
      {"2+2W+dmb.sts",
       {W(kX, kTwo) + StoreBarrier() + W(kY), W(kY, kTwo) + StoreBarrier() + W(kX)},
       final,
       "2 2",
       false,
       "dmb st orders stores"},
      {"2+2W+rels",
       {WRel(kX, kTwo) + WRel(kY), WRel(kY, kTwo) + WRel(kX)},
       final,
       "2 2",
       false,
       "releases come after the stores before them"},
      // Three and four threads: one order of stores for all.
      {"WRC",
       {W(kX), R(kA, kX) + W(kY), R(kA, kY) + R(kB, kX)},
       wrc,
       "1 1 0",
       true,
       "nothing orders"},
      {"WRC+data+addr",
       {W(kX), R(kA, kX) + WData(kA, kY), R(kA, kY) + RAddr(kA, kB, kX)},
       wrc,
       "1 1 0",
       false,
       "a store that one has seen all see"},
      {"WRC+acq+acq",
       {W(kX), RAcq(kA, kX) + W(kY), RAcq(kA, kY) + R(kB, kX)},
       wrc,
       "1 1 0",
       false,
       "acquires order"},
      {"IRIW",
       {W(kX), W(kY), R(kA, kX) + R(kB, kY), R(kA, kY) + R(kB, kX)},
       iriw,
       "1 0 1 0",
       true,
       "the reads are not ordered"},
      {"IRIW+addrs",
       {W(kX), W(kY), R(kA, kX) + RAddr(kA, kB, kY), R(kA, kY) + RAddr(kA, kB, kX)},
       iriw,
       "1 0 1 0",
       false,
       "one order of stores for all"},
      {"IRIW+acqs",
       {W(kX), W(kY), RAcq(kA, kX) + R(kB, kY), RAcq(kA, kY) + R(kB, kX)},
       iriw,
       "1 0 1 0",
       false,
       "likewise"},
      {"RWC+acq+dmb",
       {W(kX), RAcq(kA, kX) + R(kB, kY), W(kY) + Full() + R(kA, kX)},
       {{1, kA}, {1, kB}, {2, kA}},
       "1 0 0",
       false,
       "likewise"},
      {"ISA2+dmb+addr+addr",
       {W(kX) + Full() + W(kY), R(kA, kY) + WAddr(kA, kZ), R(kA, kZ) + RAddr(kA, kB, kX)},
       wrc,
       "1 1 0",
       false,
       "order is handed on"},
      // Coherence.
      {"CoRR", {W(kX), R(kA, kX) + R(kB, kX)}, p1, "1 0", false, "reads of one location"},
      {"CoWR", {W(kX) + R(kA, kX)}, {{0, kA}}, "0", false, "one's own store"},
      {"CoRW", {R(kA, kX) + W(kX)}, {{0, kA}}, "1", false, "one's own store that is to come"},
      {"CoWW", {W(kX) + W(kX, kTwo)}, {{-1, 0}}, "1", false, "one's own stores"},
      {"CoRW2",
       {W(kX, kTwo), R(kA, kX) + W(kX)},
       {{1, kA}, {-1, 0}},
       "2 2",
       false,
       "a store after what it follows has read"},
      {"CoRR-narrow",
       {W(kX), RNarrow(kA, kX) + R(kB, kX)},
       p1,
       "1 0",
       false,
       "reads of several sizes"},
      // 0x0202 is stored before the byte at 1; who reads the byte cannot miss the byte at 0.
      {"CoRW-mixed",
       {{assemble::Store(0, kOne, kX) | 1u << 10},
        {assemble::Move(6, 0x0202), assemble::Store(1, 6, kX)},
        {assemble::Load(1, kA, kX)}},
       {{2, kA}, {-1, 0}},
       "256 258",
       false,
       "a load reads all its bytes at one time"},
      // Atomicity.
      {"LSE increments",
       {FetchAdd(kX, kA, false, false), FetchAdd(kX, kA, false, false)},
       each,
       "0 0",
       false,
       "one of them comes first"},
      {"exclusive increments",
       {Exclusive(kX, kA, kB, false, false), Exclusive(kX, kA, kB, false, false)},
       {{0, kA}, {0, kB}, {1, kA}, {1, kB}},
       "0 0 0 0",
       false,
       "not both succeed"},
      {"exclusive and store",
       {Exclusive(kX, kA, kB, false, false), W(kX, kTwo)},
       {{0, kA}, {0, kB}, {-1, 0}},
       "0 0 1",
       false,
       "nothing comes between a pair that succeeds"},
      {"atomic and store",
       {FetchAdd(kX, kA, false, false), W(kX, kTwo) + R(kA, kX)},
       {{0, kA}, {1, kA}, {-1, 0}},
       "0 1 2",
       false,
       "nothing comes between its halves"},
      {"CAS both",
       {Cas(kX, 7, kOne, false, false), Cas(kX, 7, kTwo, false, false)},
       {{0, 7}, {1, 7}},
       "0 0",
       false,
       "one of them fails"},
      {"LB+swps",
       {Swap(kX, kOne, kA, false, false) + Ctrl(kA) + W(kY), R(kA, kY) + Ctrl(kA) + W(kX)},
       each,
       "1 1",
       false,
       "control orders a write, whatever has read"},
      {"atomics in order",
       {Swap(kX, kOne, 6, true, false) + W(kY), R(kA, kY) + RAddr(kA, kB, kX)},
       p1,
       "1 0",
       true,
       "a store may precede an acquiring atomic's store"},
      {"MP+rmw-order",
       {W(kX) + Full() + FetchAdd(kY, 6, false, false), R(kA, kY) + RAddr(kA, kB, kX)},
       p1,
       "1 0",
       false,
       "the store of an atomic comes after its load"},
      {"MP+rel-swpa+addr",
       {WRel(kX) + Swap(kY, kOne, 6, true, false), R(kA, kY) + RAddr(kA, kB, kX)},
       p1,
       "1 0",
       false,
       "an acquiring atomic comes after a release, and its store after its load"},
      {"MP+load+rmw",
       {W(kX) + Full() + W(kZ), R(kA, kZ) + FetchAdd(kZ, 6, false, false) + none,
        R(kA, kZ) + RAddr(kA, kB, kX)},
       {{2, kA}, {2, kB}},
       "2 0",
       false,
       "an atomic that read a store comes after it for all"},
  };
}

}  // namespace

const std::vector<Shape>& Shapes() {
  static const auto& shapes = *new std::vector<Shape>(MakeShapes());
  return shapes;
}

std::map<std::string, uint64_t> See(const Shape& shape, uint64_t seed, uint64_t executions,
                                    const MemoryOptions& options) {
  // A line of its own for each location; zero, as all are at first.
  alignas(64) uint64_t memory[3 * 8];
  Interpreter interpreter(reinterpret_cast<uint8_t*>(memory), sizeof(memory));
  std::vector<Interpreter::Thread> begin(shape.threads.size());
  for (size_t t = 0; t < begin.size(); ++t) {
    for (const uint32_t word : shape.threads[t]) begin[t].code.push_back(Decode(word));
    for (unsigned i = 0; i < 3; ++i)
      begin[t].x[kX + i] = reinterpret_cast<uint64_t>(&memory[8 * i]);
    begin[t].x[kOne] = 1;
    begin[t].x[kTwo] = 2;
    begin[t].x[kFour] = 4;
  }
  std::map<std::string, uint64_t> seen;
  for (uint64_t i = 0; i < executions; ++i) {
    for (uint64_t& word : memory) word = 0;
    std::vector<Interpreter::Thread> threads = begin;
    MemoryOptions with_seed = options;
    with_seed.seed = seed + i;
    interpreter.Run(threads, with_seed);
    std::string outcome;
    for (const Shape::Observed& o : shape.observed) {
      const auto number = static_cast<size_t>(o.number);
      const uint64_t value =
          o.thread < 0 ? memory[8 * number] : threads[static_cast<size_t>(o.thread)].x[number];
      outcome += (outcome.empty() ? "" : " ") + std::to_string(value);
    }
    ++seen[outcome];
  }
  return seen;
}

}  // namespace hammerlock::emulate
