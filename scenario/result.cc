// SPDX-License-Identifier: Apache-2.0
#include "scenario/result.h"

#include <algorithm>
#include <cstring>
#include <iterator>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"

namespace hammerlock {
namespace {

using KeyValues = std::vector<std::pair<std::string, std::string>>;

uint64_t Distinct(const Tally& tally) {
  return std::count_if(tally.outcomes().begin(), tally.outcomes().end(),
                       [](const auto& outcome) { return outcome.second.count > 0; });
}

// The keys of the last line, in its order. `numeric` tells which values are JSON numbers.
KeyValues Keys(const Result& r) {
  KeyValues keys = {
      {"verdict", std::string(VerdictName(r.verdict))},
      {"scenario", r.scenario},
      {"executions", absl::StrCat(r.tally.executions())},
      {"failures", absl::StrCat(r.tally.failures())},
  };
  if (r.tally.first_failure()) {
    keys.emplace_back("first_failure", absl::StrCat(r.tally.first_failure()->execution));
  }
  keys.emplace_back("distinct", absl::StrCat(Distinct(r.tally)));
  keys.emplace_back("seconds", absl::StrFormat("%.2f", r.seconds));
  keys.emplace_back("seed", absl::StrCat(r.seed));
  keys.insert(keys.end(), r.more.begin(), r.more.end());
  if (!r.replay.empty()) keys.emplace_back("replay", r.replay);
  return keys;
}

bool IsNumber(std::string_view key) {
  return key != "verdict" && key != "scenario" && key != "replay";
}

std::string JsonString(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      out += {'\\', c};
    } else if (c == '\n') {
      out += "\\n";
    } else if (static_cast<unsigned char>(c) < 0x20) {
      absl::StrAppendFormat(&out, "\\u%04x", c);
    } else {
      out += c;
    }
  }
  return out + "\"";
}

// The members of a JSON object for one result, without the braces.
std::string JsonMembers(const Result& r, std::string_view indent) {
  std::string json;
  for (const auto& [key, value] : Keys(r)) {
    const bool bare = IsNumber(key) && value.find_first_not_of("0123456789.") == value.npos;
    absl::StrAppend(&json, indent, JsonString(key), ": ", bare ? value : JsonString(value), ",\n");
  }
  absl::StrAppend(&json, indent, "\"why\": ", JsonString(r.why), ",\n", indent, "\"outcomes\": {");
  std::string_view separator = "";
  for (const auto& [text, outcome] : r.tally.outcomes()) {
    absl::StrAppend(&json, separator, JsonString(text), ": ", outcome.count);
    separator = ", ";
  }
  return json + "}";
}

// What XML 1.0 cannot hold is left out.
std::string XmlText(std::string_view text) {
  std::string clean;
  std::copy_if(text.begin(), text.end(), std::back_inserter(clean), [](char c) {
    return static_cast<unsigned char>(c) >= 0x20 || c == '\n' || c == '\t';
  });
  return absl::StrReplaceAll(clean,
                             {{"&", "&amp;"}, {"<", "&lt;"}, {">", "&gt;"}, {"\"", "&quot;"}});
}

// Length-prefixed fields, native byte order: both ends are the same program.
class Writer {
 public:
  Writer& Number(uint64_t n) {
    bytes_.append(reinterpret_cast<const char*>(&n), sizeof(n));
    return *this;
  }
  Writer& Text(std::string_view text) {
    Number(text.size());
    bytes_ += text;
    return *this;
  }
  std::string Take() { return std::move(bytes_); }

 private:
  std::string bytes_;
};

class Reader {
 public:
  explicit Reader(std::string_view bytes) : bytes_(bytes) {}
  uint64_t Number() {
    uint64_t n = 0;
    if (bytes_.size() < sizeof(n)) return ok_ = false, 0;
    std::memcpy(&n, bytes_.data(), sizeof(n));
    bytes_.remove_prefix(sizeof(n));
    return n;
  }
  std::string Text() {
    const uint64_t size = Number();
    if (size > bytes_.size()) return ok_ = false, "";
    std::string text(bytes_.substr(0, size));
    bytes_.remove_prefix(size);
    return text;
  }
  bool ok() const { return ok_; }
  bool done() const { return ok_ && bytes_.empty(); }

 private:
  std::string_view bytes_;
  bool ok_ = true;
};

}  // namespace

Verdict VerdictOf(const Tally& tally) {
  if (tally.failures() != 0) return Verdict::kFail;
  return tally.inconclusive() != 0 ? Verdict::kInconclusive : Verdict::kPass;
}

Result Summary(const std::vector<Result>& results) {
  if (results.size() == 1) return results[0];
  Result summary;
  summary.scenario = "*";
  summary.verdict = Verdict::kPass;
  for (const Result& r : results) {
    if (Heavier(r.verdict, summary.verdict) != summary.verdict) {
      summary.verdict = r.verdict;
      summary.scenario = r.scenario;
      summary.replay = r.replay;
      summary.why = r.why;
    }
    // Outcomes of different scenarios do not mix.
    Tally counts;
    counts.AddCounts(r.tally);
    summary.tally.Add(counts);
    summary.seconds += r.seconds;
    summary.seed = r.seed;
  }
  summary.more.emplace_back("scenarios", absl::StrCat(results.size()));
  return summary;
}

Result Together(const std::vector<Result>& results) {
  if (results.size() == 1) return results[0];
  const Result* heaviest = &results[0];
  for (const Result& r : results) {
    if (Heavier(r.verdict, heaviest->verdict) != heaviest->verdict) heaviest = &r;
  }
  Result together = *heaviest;
  for (const Result& r : results) {
    // After its own: the first failure keeps the number that it has from its seed.
    if (&r != heaviest) together.tally.Add(r.tally);
    together.seconds = std::max(together.seconds, r.seconds);
  }
  for (auto& [key, value] : together.more) {
    uint64_t sum = 0, number = 0;
    bool numbers = true;
    for (const Result& r : results) {
      for (const auto& [other, text] : r.more) {
        if (other != key) continue;
        numbers = numbers && absl::SimpleAtoi(text, &number);
        if (numbers) sum += number;
      }
    }
    if (numbers) value = absl::StrCat(sum);
  }
  together.more.emplace_back("jobs", absl::StrCat(results.size()));
  return together;
}

std::string LastLine(const Result& result) {
  std::string line = "hammerlock:";
  for (const auto& [key, value] : Keys(result)) absl::StrAppend(&line, " ", key, "=", value);
  return line;
}

std::string OutcomeTableText(const Result& result) {
  const auto& outcomes = result.tally.outcomes();
  if (outcomes.empty()) return {};
  size_t width = 7;
  for (const auto& [text, outcome] : outcomes) width = std::max(width, text.size());
  std::string table = absl::StrFormat("%-*s %12s %9s  %-12s %s\n", width, "outcome", "count",
                                      "share", "grade", "meaning");
  const double total = std::max<double>(1, result.tally.executions());
  for (const auto& [text, outcome] : outcomes) {
    const bool silent = outcome.count == 0 && !Fails(outcome.grade);
    absl::StrAppendFormat(&table, "%-*s %12d %8.4f%%  %-12s %s%s\n", width, text, outcome.count,
                          100 * outcome.count / total, GradeName(outcome.grade), outcome.meaning,
                          silent ? " (never seen)" : "");
  }
  return table;
}

std::string ReportJson(const std::vector<Result>& results) {
  std::string json =
      absl::StrCat("{\n", JsonMembers(Summary(results), "  "), ",\n  \"scenarios\": [");
  std::string_view separator = "\n";
  for (const Result& r : results) {
    absl::StrAppend(&json, separator, "    {\n", JsonMembers(r, "      "));
    if (!r.steps_json.empty()) absl::StrAppend(&json, ",\n      \"trace\": ", r.steps_json);
    json += "\n    }";
    separator = ",\n";
  }
  return absl::StrCat(json, "\n  ]\n}\n");
}

std::string JUnitXml(std::string_view suite, const std::vector<Result>& results) {
  const auto failures = std::count_if(results.begin(), results.end(),
                                      [](const Result& r) { return r.verdict != Verdict::kPass; });
  double seconds = 0;
  for (const Result& r : results) seconds += r.seconds;
  std::string xml = absl::StrFormat(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
      "<testsuites tests=\"%d\" failures=\"%d\" time=\"%.3f\">\n"
      "  <testsuite name=\"%s\" tests=\"%d\" failures=\"%d\" time=\"%.3f\">\n",
      results.size(), failures, seconds, XmlText(suite), results.size(), failures, seconds);
  for (const Result& r : results) {
    absl::StrAppendFormat(&xml,
                          "    <testcase name=\"%s\" classname=\"%s\" file=\"%s\" line=\"%d\" "
                          "time=\"%.3f\">\n",
                          XmlText(r.scenario), XmlText(suite), XmlText(r.file), r.line, r.seconds);
    if (r.verdict != Verdict::kPass) {
      absl::StrAppend(&xml, "      <failure message=\"", XmlText(LastLine(r)), "\">",
                      XmlText(r.why), "\n", XmlText(r.steps), "</failure>\n");
    }
    absl::StrAppend(&xml, "      <system-out>", XmlText(OutcomeTableText(r)), XmlText(LastLine(r)),
                    "</system-out>\n    </testcase>\n");
  }
  return absl::StrCat(xml, "  </testsuite>\n</testsuites>\n");
}

std::string Serialize(const Result& r) {
  Writer w;
  w.Text(r.scenario).Text(r.file).Number(r.line).Number(static_cast<uint64_t>(r.verdict));
  w.Number(static_cast<uint64_t>(r.seconds * 1e6)).Number(r.seed).Text(r.replay).Text(r.why);
  w.Text(r.steps).Text(r.steps_json);
  w.Number(r.more.size());
  for (const auto& [key, value] : r.more) w.Text(key).Text(value);
  r.tally.Save([&](uint64_t n) { w.Number(n); }, [&](std::string_view t) { w.Text(t); });
  return w.Take();
}

absl::StatusOr<Result> Deserialize(std::string_view bytes) {
  Reader reader(bytes);
  Result r;
  r.scenario = reader.Text();
  r.file = reader.Text();
  r.line = static_cast<int>(reader.Number());
  r.verdict = static_cast<Verdict>(reader.Number());
  r.seconds = reader.Number() / 1e6;
  r.seed = reader.Number();
  r.replay = reader.Text();
  r.why = reader.Text();
  r.steps = reader.Text();
  r.steps_json = reader.Text();
  for (uint64_t n = reader.Number(); reader.ok() && n > 0; --n) {
    std::string key = reader.Text();
    r.more.emplace_back(std::move(key), reader.Text());
  }
  r.tally = Tally::Load([&] { return reader.Number(); }, [&] { return reader.Text(); },
                        [&] { return reader.ok(); });
  if (!reader.done()) return absl::DataLossError("a result from another process was cut short");
  return r;
}

namespace {
constexpr std::string_view kReplayVersion = "1";
}

std::string ReplayString(std::string_view scenario, std::string_view program,
                         std::string_view choices) {
  return absl::StrCat(kReplayVersion, "/", scenario, "/", program, choices.empty() ? "" : "~",
                      choices);
}

absl::StatusOr<Replay> ParseReplay(std::string_view text) {
  const std::vector<std::string> parts = absl::StrSplit(text, absl::MaxSplits('/', 2));
  if (parts.size() != 3) {
    return absl::InvalidArgumentError(
        absl::StrCat("\"", text,
                     "\" is not a replay: it reads VERSION/SCENARIO/PROGRAM, as the "
                     "last line of a failing run prints it"));
  }
  if (parts[0] != kReplayVersion) {
    return absl::InvalidArgumentError(absl::StrCat(
        "the replay \"", text, "\" is of version ", parts[0], ", and this program reads version ",
        kReplayVersion, ": record it again with this build"));
  }
  const size_t tilde = parts[2].rfind('~');
  if (tilde == std::string::npos) return Replay{parts[1], parts[2], ""};
  return Replay{parts[1], parts[2].substr(0, tilde), parts[2].substr(tilde + 1)};
}

}  // namespace hammerlock
