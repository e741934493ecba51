// SPDX-License-Identifier: Apache-2.0
#include "explore/axioms/explore_program.h"

#include <pthread.h>

#include <cstdlib>

extern "C" {
int __tsan_atomic32_load(const volatile int* a, int order);
void __tsan_atomic32_store(volatile int* a, int value, int order);
int __tsan_atomic32_exchange(volatile int* a, int value, int order);
int __tsan_atomic32_fetch_add(volatile int* a, int value, int order);
int __tsan_atomic32_compare_exchange_val(volatile int* a, int expected, int value, int order,
                                         int failure);
void __tsan_atomic_thread_fence(int order);
}

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
  }
  std::abort();  // Cannot happen, because these are all.
}

// A cache line each, so that an engine that looks at neighbouring bytes has none to look at.
struct alignas(64) Location {
  volatile int value;
};
Location locations[kMaxLocations];

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
                        .result = i.reads() ? registers++ : 0};
    }
  }
  first_[threads_] = step;
}

struct CompiledProgram::ThreadRun {
  const CompiledProgram* program;
  int thread;
  Outcome* outcome;  // Shared: each thread writes its own registers.
};

void* CompiledProgram::RunThread(void* argument) {
  const ThreadRun& run = *static_cast<const ThreadRun*>(argument);
  const CompiledProgram& program = *run.program;
  const Step* const end = program.steps_.data() + program.first_[run.thread + 1];
  for (const Step* s = program.steps_.data() + program.first_[run.thread]; s != end; ++s) {
    volatile int* const a = &locations[s->location].value;
    int& result = run.outcome->registers[s->result];
    switch (s->kind) {
      case Kind::kLoad:
        result = __tsan_atomic32_load(a, s->order);
        break;
      case Kind::kStore:
        __tsan_atomic32_store(a, s->value, s->order);
        break;
      case Kind::kExchange:
        result = __tsan_atomic32_exchange(a, s->value, s->order);
        break;
      case Kind::kFetchAdd:
        result = __tsan_atomic32_fetch_add(a, s->value, s->order);
        break;
      case Kind::kCompareExchange:
        result =
            __tsan_atomic32_compare_exchange_val(a, s->expected, s->value, s->order, s->failure);
        break;
      case Kind::kFence:
        __tsan_atomic_thread_fence(s->order);
        break;
    }
  }
  return nullptr;
}

Outcome RunOnce(const CompiledProgram& program) {
  Outcome outcome;
  // What initialises an atomic is a plain store, before there are threads to see it.
  for (int l = 0; l < program.locations_; ++l) locations[l].value = 0;
  std::array<CompiledProgram::ThreadRun, kMaxThreads> runs;
  std::array<pthread_t, kMaxThreads> threads;
  for (int t = 0; t < program.threads_; ++t) {
    runs[t] = {&program, t, &outcome};
    if (pthread_create(&threads[t], nullptr, &CompiledProgram::RunThread, &runs[t]) != 0) {
      std::abort();  // Without its threads there is no program to judge.
    }
  }
  for (int t = 0; t < program.threads_; ++t) pthread_join(threads[t], nullptr);
  for (int l = 0; l < program.locations_; ++l) {
    outcome.memory[l] = __tsan_atomic32_load(&locations[l].value, AbiOrder(Order::kRelaxed));
  }
  return outcome;
}

}  // namespace hammerlock::axioms
