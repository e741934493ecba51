// SPDX-License-Identifier: Apache-2.0
//
// Concurrency Kit's stack, as it comes, through a subject in C (ck_stack_subject.c).
#include <memory>
#include <optional>

#include "examples/ck_stack_subject.h"
#include "scenario/generator.h"
#include "scenario/linearizable.h"
#include "scenario/models.h"

namespace {

// A program here pushes fewer numbers than NUMBER_STACK_CAPACITY.
class Stack {
 public:
  void Push(int number) { number_stack_push(stack_.get(), number); }

  std::optional<int> Pop() {
    int number;
    if (!number_stack_pop(stack_.get(), &number)) return std::nullopt;
    return number;
  }

 private:
  struct Delete {
    void operator()(number_stack* stack) const { number_stack_delete(stack); }
  };

  std::unique_ptr<number_stack, Delete> stack_{number_stack_new()};
};

}  // namespace

LINEARIZABLE(CkStackIsAStack, Stack, hammerlock::StackModel) {
  Op("push", &Stack::Push, &Model::Push).With(hammerlock::Fresh());
  Op("pop", &Stack::Pop, &Model::TryPop);
}
