// SPDX-License-Identifier: Apache-2.0
//
// The linearizable kind of scenario without its types: programs, fresh subjects, recording and
// judging. linearizable.h declares one.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "scenario/choices.h"
#include "scenario/grammar.h"
#include "scenario/history.h"
#include "scenario/judgement.h"
#include "scenario/program.h"
#include "scenario/scenario.h"
#include "scenario/value.h"

namespace hammerlock {

class LinearizableScenario : public Scenario {
 public:
  // A type, at run time.
  struct SubjectType {
    size_t size;
    size_t alignment;
    std::function<void(void* where)> construct;
    void (*destroy)(void* subject);
  };
  // An operation's function: `call` calls `f` on the subject.
  struct SubjectOperation {
    std::shared_ptr<const void> f;
    Value (*call)(const void* f, void* subject, const Value* arguments);
  };

  std::unique_ptr<Batch> Make(Choices& choices, size_t size) override;
  size_t stride() const override { return 256; }
  std::string Print(const Trace& trace) const override;
  absl::StatusOr<Trace> Parse(std::string_view text) const override;
  std::string Explain(const Trace& trace) const override;
  std::vector<Trace> Smaller(const Trace& trace) const override;

  // Fresh executions of this very program. REQUIRES: the grammar has it; `choices` outlives the
  // batch.
  std::unique_ptr<Batch> MakeProgram(Program program, Choices& choices, size_t size) const;

  // Judges one history of calls on a fresh subject.
  virtual Judgement Check(const History& history) const = 0;

  const Grammar& grammar() const { return grammar_; }
  const SubjectType& subject() const { return subject_; }
  const std::vector<SubjectOperation>& operations() const { return operations_; }
  const std::vector<std::string>& names() const { return names_; }

  // Whether a call follows those that happen before it, rather than only its thread's own.
  bool happens_before() const { return happens_before_; }

  // Completes the declaration. A mistake in it ends the program with a sentence.
  virtual void Seal();

 protected:
  LinearizableScenario(std::string_view name, std::string_view file, int line);

  // Ends the program with a sentence about this declaration.
  [[noreturn]] void Complain(std::string_view sentence) const;

  Grammar grammar_;
  SubjectType subject_{};
  std::vector<SubjectOperation> operations_;
  bool happens_before_ = true;

 private:
  std::vector<std::string> names_;
};

}  // namespace hammerlock
