// SPDX-License-Identifier: Apache-2.0
#include "explore/axioms/explore_program.h"

#include <pthread.h>

#include <cstdlib>
#include <cstring>

#include "explore/axioms/internal/memory_layout.h"
#include "explore/axioms/internal/tsan_abi.h"

namespace hammerlock::axioms {
namespace {

using Kind = Instruction::Kind;

int AbiOrder(Order order) {
  switch (order) {
    case Order::kRelaxed:
      return 0;
    case Order::kAcquire:
      return 2;
    case Order::kRelease:
      return 3;
    case Order::kAcqRel:
      return 4;
    case Order::kSeqCst:
      return 5;
    case Order::kPlain:
      return 0;  // Of no use.
  }
  std::abort();  // Cannot happen, because these are all.
}

// Accesses that nobody is told of. The place may not be aligned.
template <class T>
int Peek(const char* address) {
  T value;
  std::memcpy(&value, address, sizeof value);
  return value;
}
template <class T>
void Poke(char* address, int value) {
  const T small = static_cast<T>(value);
  std::memcpy(address, &small, sizeof small);
}

alignas(64) char global_memory[internal::kMemorySize];

}  // namespace

CompiledProgram::CompiledProgram(const Program& program)
    : threads_(static_cast<int>(program.threads.size())), locations_(program.locations()) {
  int step = 0, registers = 0;
  for (int t = 0; t < threads_; ++t) {
    first_[t] = step;
    for (const Instruction& i : program.threads[t]) {
      steps_[step++] = {.kind = i.kind,
                        .location = i.location,
                        .expected = i.expected,
                        .value = i.value,
                        .order = AbiOrder(i.order),
                        .failure = AbiOrder(i.failure),
                        .result = i.reads() ? registers++ : 0,
                        .plain = i.plain()};
      has_plain_ |= i.plain();
      if (i.accesses() && !i.plain()) atomic_[i.location] = true;
    }
  }
  first_[threads_] = step;
}

// What one execution is made of.
struct CompiledProgram::Execution {
  const CompiledProgram& program;
  internal::Places places;
  uint64_t manner;
  Outcome outcome;  // Shared: each thread writes its own registers.
};

struct CompiledProgram::ThreadRun {
  Execution* execution;
  int thread;
};

namespace {

using internal::Place;

// A location's value as memory has it.
int Get(const Place& place) {
  switch (place.size) {
    case 1:
      return Peek<int8_t>(place.address);
    case 2:
      return Peek<int16_t>(place.address);
    default:
      return Peek<int32_t>(place.address);
  }
}

void Put(const Place& place, int value) {
  switch (place.size) {
    case 1:
      return Poke<int8_t>(place.address, value);
    case 2:
      return Poke<int16_t>(place.address, value);
    default:
      return Poke<int32_t>(place.address, value);
  }
}

// Tells of a plain access, or of some that conflict with others if and only if that one does:
// a write may have reads before it and after, and each may touch a part.
void TellPlain(const Place& place, bool write, Random* random) {
  if (random == nullptr) return internal::TellPlain(place.address, place.size, write);
  const int before = static_cast<int>(random->Below(3)), after = static_cast<int>(random->Below(3));
  for (int n = -before; n <= after; ++n) {
    const internal::Part part = internal::RandomPart(place, *random);
    internal::TellPlain(part.address, part.size, write && (n == 0 || random->Below(2) == 0));
  }
}

template <class Atomics, class Step>
int Access(const Step& s, char* a) {
  switch (s.kind) {
    case Kind::kLoad:
      return Atomics::Load(a, s.order);
    case Kind::kStore:
      return Atomics::Store(a, s.value, s.order), 0;
    case Kind::kExchange:
      return Atomics::Exchange(a, s.value, s.order);
    case Kind::kFetchAdd:
      return Atomics::FetchAdd(a, s.value, s.order);
    case Kind::kCompareExchange:
      return Atomics::CompareExchange(a, s.expected, s.value, s.order, s.failure);
    case Kind::kFence:
    case Kind::kGuard:
      break;
  }
  std::abort();  // Cannot happen, because these are no accesses.
}

}  // namespace

int CompiledProgram::AccessAtomically(const Step& step, const Place& place) {
  switch (place.size) {
    case 1:
      return Access<internal::Atomics8>(step, place.address);
    case 2:
      return Access<internal::Atomics16>(step, place.address);
    default:
      return Access<internal::Atomics32>(step, place.address);
  }
}

int CompiledProgram::AccessPlainly(const Step& step, const Place& place, Random* varied) {
  const bool write = step.kind == Kind::kStore;
  TellPlain(place, write, varied);
  if (write) Put(place, step.value);
  return Get(place);
}

void* CompiledProgram::RunThread(void* argument) {
  const ThreadRun& run = *static_cast<const ThreadRun*>(argument);
  Execution& execution = *run.execution;
  const CompiledProgram& program = execution.program;
  Random random(execution.manner + static_cast<uint64_t>(run.thread));
  Random* const varied = execution.manner != 0 ? &random : nullptr;
  const Step* const end = program.steps_.data() + program.first_[run.thread + 1];
  int last = 0;
  for (const Step* s = program.steps_.data() + program.first_[run.thread]; s != end; ++s) {
    if (s->kind == Kind::kFence) {
      __tsan_atomic_thread_fence(s->order);
      continue;
    }
    if (s->kind == Kind::kGuard) {
      if (last != s->value) return nullptr;
      continue;
    }
    const Place& place = execution.places[s->location];
    const int read = s->plain ? AccessPlainly(*s, place, varied) : AccessAtomically(*s, place);
    if (s->kind != Kind::kStore) execution.outcome.registers[s->result] = last = read;
  }
  return nullptr;
}

Outcome RunOnce(const CompiledProgram& program, uint64_t manner) {
  alignas(64) char stack_memory[internal::kMemorySize];
  CompiledProgram::Execution execution{program, {}, manner, {}};
  char* heap_memory = nullptr;
  if (manner == 0) {
    execution.places = internal::LayOutApart(global_memory);
    // What initialises an atomic is a plain store, before there are threads to see it.
    for (int l = 0; l < program.locations_; ++l) Put(execution.places[l], 0);
  } else {
    Random random(~manner);
    char* memory = global_memory;
    switch (random.Below(3)) {
      case 0:
        memory = stack_memory;
        break;
      case 1:
        memory = heap_memory = static_cast<char*>(std::malloc(internal::kMemorySize));
        break;
      default:
        break;
    }
    __tsan_write_range(memory, internal::kMemorySize);
    std::memset(memory, 0, internal::kMemorySize);
    execution.places = internal::LayOut(memory, program.atomic_, random);
  }
  std::array<CompiledProgram::ThreadRun, kMaxThreads> runs;
  std::array<pthread_t, kMaxThreads> threads;
  for (int t = 0; t < program.threads_; ++t) {
    runs[t] = {&execution, t};
    if (pthread_create(&threads[t], nullptr, &CompiledProgram::RunThread, &runs[t]) != 0) {
      std::abort();  // Without its threads there is no program to judge.
    }
  }
  for (int t = 0; t < program.threads_; ++t) pthread_join(threads[t], nullptr);
  for (int l = 0; l < program.locations_; ++l) {
    const Place& place = execution.places[l];
    const CompiledProgram::Step load{.kind = Kind::kLoad};
    execution.outcome.memory[l] = program.atomic_[l]
                                      ? CompiledProgram::AccessAtomically(load, place)
                                      : CompiledProgram::AccessPlainly(load, place, nullptr);
  }
  std::free(heap_memory);
  return execution.outcome;
}

}  // namespace hammerlock::axioms
