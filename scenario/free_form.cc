// SPDX-License-Identifier: Apache-2.0
#include "scenario/free_form.h"

#include <exception>
#include <vector>

#include "absl/strings/str_cat.h"
#include "scenario/internal/unobserved.h"

namespace hammerlock {
namespace {

// One thread, which starts its own.
class Bodies : public Batch {
 public:
  Bodies(void (*body)(), Choices& choices, size_t size)
      : body_(body), execution_(&choices), verdicts_(size) {}

  int threads() const override { return 1; }

  void Run(int /*thread*/, Range range) override {
    for (size_t i = range.begin; i < range.end; ++i) {
      try {
        body_();
      } catch (const std::exception& e) {
        execution_.Fail(absl::StrCat("an exception left the body: ", e.what()));
      } catch (...) {
        execution_.Fail("an exception that is no std::exception left the body");
      }
      const internal::Unobserved unobserved;
      execution_.Finish(verdicts_[i]);
    }
  }

  void Finish(Range range, Tally& tally) override {
    const internal::Unobserved unobserved;
    for (size_t i = range.begin; i < range.end; ++i) tally.Add(verdicts_[i]);
  }

 private:
  void (*const body_)();
  Execution execution_;
  std::vector<Tally> verdicts_;
};

}  // namespace

std::unique_ptr<Batch> FreeForm::Make(Choices& choices, size_t size) {
  return std::make_unique<Bodies>(body_, choices, size);
}

}  // namespace hammerlock
