// SPDX-License-Identifier: Apache-2.0
#include "explore/report/locations.h"

#include <set>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "explore/report/order.h"
#include "explore/runtime/region.h"

namespace hammerlock::explore {
namespace {

constexpr size_t kLongest = 26;

bool HasLocation(const Event& e) {
  return e.address != 0 && (IsPlain(e) || IsAtomic(e) || e.kind == Event::kLock ||
                            e.kind == Event::kUnlock || e.kind == Event::kNotify ||
                            e.kind == Event::kOther || (e.kind == Event::kBlock && e.value == 0));
}

// "(anonymous namespace)::" tells nobody anything.
std::string Shortened(std::string_view name) {
  // libstdc++'s count of those that wait, for atomic::wait.
  if (absl::StrContains(name, "__waiter_pool")) return "atomic waiters";
  std::string text = absl::StrReplaceAll(name, {{"(anonymous namespace)::", ""}});
  if (text.size() > kLongest) text = absl::StrCat("..", text.substr(text.size() - kLongest + 2));
  return text;
}

std::string Letter(size_t n) {
  std::string letter(1, static_cast<char>('A' + n % 26));
  if (n >= 26) absl::StrAppend(&letter, n / 26);
  return letter;
}

}  // namespace

std::vector<uintptr_t> DataOf(const std::vector<Event>& events) {
  std::set<uintptr_t> data;
  for (const Event& e : events) {
    if (HasLocation(e) && !InRegion(e.address)) data.insert(e.address);
  }
  return {data.begin(), data.end()};
}

Locations::Locations(const std::vector<Event>& events, const std::vector<int>& told,
                     const std::vector<Place>& places, const Symbols& symbols, Source& source) {
  std::vector<uintptr_t> shown, others;  // In the order of their first events.
  std::map<uintptr_t, std::string> wanted;
  const auto add = [&](int i, std::vector<uintptr_t>& addresses) {
    const Event& e = events[i];
    if (!HasLocation(e)) return;
    const auto [found, fresh] = wanted.try_emplace(e.address);
    if (fresh) {
      addresses.push_back(e.address);
      const auto symbol = symbols.data.find(e.address);
      if (symbol != symbols.data.end()) found->second = Shortened(symbol->second);
    }
    if (found->second.empty()) found->second = Shortened(source.Object(places[i].frame()));
  };
  for (int i : told) add(i, shown);
  for (int i = 0; i < static_cast<int>(events.size()); ++i) add(i, others);
  Choose(shown, wanted);
  Choose(others, wanted);
}

void Locations::Choose(const std::vector<uintptr_t>& addresses,
                       std::map<uintptr_t, std::string>& wanted) {
  std::map<std::string, int> uses;
  for (uintptr_t address : addresses) ++uses[wanted[address]];
  for (uintptr_t address : addresses) {
    const std::string& name = wanted[address];
    if (name.empty()) {
      names_[address] = Letter(letters_++);
    } else if (int& taken = taken_[name]; uses[name] == 1 && taken == 0) {
      names_[address] = name;
      ++taken;
    } else {
      names_[address] = absl::StrCat(name, "#", ++taken);
    }
  }
}

std::string Locations::NameOf(uintptr_t address) const {
  const auto found = names_.find(address);
  return found != names_.end() ? found->second : AddressText(address);
}

bool Locations::IsLetter(uintptr_t address) const {
  const std::string name = NameOf(address);
  return name[0] >= 'A' && name[0] <= 'Z' && name.find_first_not_of("0123456789", 1) == name.npos;
}

std::string AddressText(uintptr_t address) {
  if (address - kHeapBase < kHeapSize)
    return absl::StrCat("heap+0x", absl::Hex(address - kHeapBase));
  if (address - kRegionBase < kStacksSize) {
    const uintptr_t offset = address - kRegionBase;
    const uintptr_t thread =
        offset < kMainStackSize ? 0 : 1 + (offset - kMainStackSize) / kStackSize;
    return absl::StrCat("stack ", thread, "-0x",
                        absl::Hex(StackTop(static_cast<int>(thread)) - address));
  }
  return absl::StrCat("0x", absl::Hex(address));
}

std::string ValueText(uint64_t value, unsigned size) {
  if (size == 0 || size > 8) size = 8;
  if (size < 8) value &= (uint64_t{1} << (8 * size)) - 1;
  const int shift = 64 - 8 * static_cast<int>(size);
  const int64_t as_signed = static_cast<int64_t>(value << shift) >> shift;
  if (as_signed >= -4096 && as_signed < 100'000) return absl::StrCat(as_signed);
  return size == 8 ? AddressText(value) : absl::StrCat("0x", absl::Hex(value));
}

}  // namespace hammerlock::explore
