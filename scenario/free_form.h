// SPDX-License-Identifier: Apache-2.0
//
// Free-form tests: an ordinary body with std::thread and expectations, run over and over.
//
//   FREE_FORM(CounterCountsEveryThread) {
//     Counter counter;
//     std::thread other([&] { counter.Add(1); });
//     counter.Add(1);
//     other.join();
//     ExpectEq(counter.Get(), 2);
//   }
//
// Anything that may differ from one execution to the next comes from Choose(n)
// (scenario/execution.h). The body ends with all its threads joined.
#pragma once

#include <memory>
#include <string_view>

#include "scenario/execution.h"
#include "scenario/scenario.h"

namespace hammerlock {

class FreeForm : public Scenario {
 public:
  FreeForm(std::string_view name, std::string_view file, int line, void (*body)())
      : Scenario(name, file, line), body_(body) {}

  std::unique_ptr<Batch> Make(Choices& choices, size_t size) override;

 private:
  void (*const body_)();
};

// FREE_FORM(Name) { body }
#define FREE_FORM(Name)                                                                  \
  static void Name##Body();                                                              \
  [[maybe_unused]] static const bool Name##Registered = ::hammerlock::Register(          \
      std::make_unique<::hammerlock::FreeForm>(#Name, __FILE__, __LINE__, &Name##Body)); \
  static void Name##Body()

}  // namespace hammerlock
