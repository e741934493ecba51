// SPDX-License-Identifier: Apache-2.0
//
// Histories a second, of programs as they are drawn: up to 3 threads of up to 4 calls, up to 2
// calls before and 3 after; and executions a second through the waist on one thread.
#include <benchmark/benchmark.h>

#include <cstddef>
#include <optional>
#include <vector>

#include "scenario/choices.h"
#include "scenario/linearizable.h"

namespace hammerlock {
namespace {

// Sequential code: what is measured is the harness.
class PlainStack {
 public:
  void Push(int v) { items_[size_++] = v; }
  std::optional<int> TryPop() {
    if (size_ == 0) return std::nullopt;
    return items_[--size_];
  }

 private:
  int items_[24];
  size_t size_ = 0;
};

class PlainMap {
 public:
  void Put(int key, int v) { values_[key] = v; }
  std::optional<int> Get(int key) const { return values_[key]; }

 private:
  std::optional<int> values_[4];
};

LINEARIZABLE(StackHistories, PlainStack, StackModel) {
  Op("push", &Subject::Push, &Model::Push).With(Fresh());
  Op("pop", &Subject::TryPop, &Model::TryPop);
}
LINEARIZABLE(QueueHistories, PlainStack, QueueModel) {
  Op("push", &Subject::Push, &Model::Push).With(Fresh());
  Op("pop", &Subject::TryPop, &Model::TryPop);
}
LINEARIZABLE(MapHistories, PlainMap, MapModel) {
  Op("put", &Subject::Put, &Model::Put).Keyed();
  Op("get", &Subject::Get, &Model::Get).Keyed();
}

// A history of 3 threads of 4 calls, interleaved at random, all concurrent as far as is known.
template <class Model>
History Interleaved(Random& random, const Specification<Model>& specification, bool keyed,
                    bool corrupt) {
  History h({"a", "b", "c"});
  Model model;
  int left[3] = {4, 4, 4};
  uint32_t completed[3] = {};
  for (int n = 0; n < 12;) {
    const auto t = static_cast<int>(random.Below(3));
    if (left[t] == 0) continue;
    --left[t], ++n;
    Call call{static_cast<int>(random.Below(2)), {}};
    if (keyed) call.arguments.push_back(Value::Integer(random.Below(4)));
    if (call.operation == 0) call.arguments.push_back(Value::Integer(n));
    std::optional<Value> result;
    specification.Apply(model, call, nullptr, &result);
    if (corrupt && call.operation == 1) result = Value::Integer(random.Below(13));
    const size_t id = h.Add(t, call);
    for (int u = 0; u < 3; ++u) h.Follow(id, u, completed[u] == 0 ? 0 : completed[u] - 1);
    h.Return(id, *result);
    ++completed[t];
  }
  return h;
}

template <class Model>
void Check(benchmark::State& state, bool keyed, bool corrupt) {
  Specification<Model> specification;
  if constexpr (requires(Model& m) { m.Push(1); }) {
    specification.Add("push", &Model::Push);
    specification.Add("pop", &Model::TryPop);
  } else {
    specification.SetKeyed(specification.Add("put", &Model::Put));
    specification.SetKeyed(specification.Add("get", &Model::Get));
  }
  Random random(1);
  std::vector<History> histories;
  for (int i = 0; i < 1000; ++i) {
    histories.push_back(Interleaved<Model>(random, specification, keyed, corrupt));
  }
  size_t i = 0;
  uint64_t steps = 0;
  for (auto _ : state) {
    const Judgement judgement =
        CheckLinearizability(specification, Model(), histories[i++ % histories.size()]);
    steps += judgement.steps;
    benchmark::DoNotOptimize(judgement.verdict);
  }
  state.SetItemsProcessed(state.iterations());
  state.counters["steps"] = static_cast<double>(steps) / static_cast<double>(state.iterations());
}

void Stack(benchmark::State& state, bool corrupt) { Check<StackModel>(state, false, corrupt); }
void Queue(benchmark::State& state, bool corrupt) { Check<QueueModel>(state, false, corrupt); }
void Map(benchmark::State& state, bool corrupt) { Check<MapModel>(state, true, corrupt); }
BENCHMARK_CAPTURE(Stack, linearizable, false);
BENCHMARK_CAPTURE(Stack, corrupted, true);
BENCHMARK_CAPTURE(Queue, linearizable, false);
BENCHMARK_CAPTURE(Queue, corrupted, true);
BENCHMARK_CAPTURE(Map, linearizable, false);
BENCHMARK_CAPTURE(Map, corrupted, true);

// As many different histories as executions.
class Numbers {
 public:
  int64_t Next() { return ++last; }
  static inline int64_t last = 0;
};
struct AnyNumber {
  friend bool operator==(const AnyNumber&, const AnyNumber&) = default;
};
LINEARIZABLE(DifferentHistories, Numbers, AnyNumber) {
  Op("next", &Subject::Next).Allows([](Model&, int64_t) { return true; });
}

// Make, Run and Finish of a stride on one thread. Of a plain stack all executions of a program
// have the same history, which is judged once.
void Executions(benchmark::State& state, size_t index) {
  Scenario& scenario = *Scenarios()[index];
  SeededChoices choices(1);
  size_t executions = 0;
  for (auto _ : state) {
    const auto batch = scenario.Make(choices, scenario.stride());
    for (int t = 0; t < batch->threads(); ++t) batch->Run(t, {0, scenario.stride()});
    Tally tally;
    batch->Finish({0, scenario.stride()}, tally);
    executions += tally.executions();
  }
  state.SetItemsProcessed(static_cast<int64_t>(executions));
}
BENCHMARK_CAPTURE(Executions, same_history, 0);
BENCHMARK_CAPTURE(Executions, different_histories, 3);

}  // namespace
}  // namespace hammerlock
