// SPDX-License-Identifier: Apache-2.0
#include "explore/axioms/internal/draw.h"

#include <algorithm>
#include <iterator>

namespace hammerlock::axioms::internal {
namespace {

using Kind = Instruction::Kind;

const std::vector<Order>& AllowedOrders(Kind kind) {
  using enum Order;
  static const auto* const kLoad = new std::vector<Order>{kRelaxed, kAcquire, kSeqCst};
  static const auto* const kStore = new std::vector<Order>{kRelaxed, kRelease, kSeqCst};
  static const auto* const kBoth =
      new std::vector<Order>{kRelaxed, kAcquire, kRelease, kAcqRel, kSeqCst};
  static const auto* const kFence = new std::vector<Order>{kAcquire, kRelease, kAcqRel, kSeqCst};
  switch (kind) {
    case Kind::kLoad:
      return *kLoad;
    case Kind::kStore:
      return *kStore;
    case Kind::kFence:
      return *kFence;
    default:
      return *kBoth;
  }
}

}  // namespace

int Draw::Weighted(std::initializer_list<int> weights) {
  int sum = 0;
  for (const int w : weights) sum += w;
  int left = Below(sum);
  int index = 0;
  for (const int w : weights) {
    if (left < w) break;
    left -= w;
    ++index;
  }
  return index;
}

void Draw::NewStyle() { style_ = static_cast<Style>(Weighted({4, 3, 1, 2, 4})); }

Order Draw::DrawOrder(const std::vector<Order>& allowed) {
  std::vector<Order> wanted;
  std::ranges::copy_if(allowed, std::back_inserter(wanted), [this](Order o) {
    switch (style_) {
      case Style::kRelaxed:
        return o == Order::kRelaxed;
      case Style::kReleaseAcquire:
        return o != Order::kRelaxed && o != Order::kSeqCst;
      case Style::kSeqCst:
        return o == Order::kSeqCst;
      case Style::kAcquireReleaseAndSeqCst:
        return o != Order::kRelaxed;
      case Style::kAny:
        return true;
    }
    return true;
  });
  // Now and then out of style: a single weak access is what makes a strong program interesting.
  return wanted.empty() || OneIn(6) ? OneOf(allowed) : OneOf(wanted);
}

void Draw::DrawOrders(Instruction& instruction) {
  if (instruction.kind == Kind::kFence) {
    const bool strongest = style_ == Style::kSeqCst || OneIn(2);
    instruction.order = strongest ? Order::kSeqCst : OneOf(AllowedOrders(Kind::kFence));
    return;
  }
  instruction.order = DrawOrder(AllowedOrders(instruction.kind));
  instruction.failure = DrawOrder(AllowedOrders(Kind::kLoad));
}

}  // namespace hammerlock::axioms::internal
