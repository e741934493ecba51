// SPDX-License-Identifier: Apache-2.0
#include "explore/runtime/search.h"

#include <string.h>
#include <sys/mman.h>

namespace hammerlock::explore {

const char* const kStrategyNames[] = {"portfolio", "walk", "pct", "pctwm", "pos", nullptr};

namespace {

Manner Portfolio(uint64_t draw);

// Where PCT and the like draw their depth from.
constexpr unsigned kDepths = 4;

Manner MannerOf(Strategy strategy, uint64_t draw) {
  const auto drawn = [&](unsigned below, unsigned shift) {
    return static_cast<uint8_t>((draw >> shift) % below);
  };
  Manner manner;
  switch (strategy) {
    case Strategy::kWalk:
      break;
    case Strategy::kPct:
      manner.scheduling = Scheduling::kPct;
      manner.depth = 1 + drawn(kDepths, 0);
      break;
    case Strategy::kPctwm:
      manner.scheduling = Scheduling::kPctwm;
      manner.depth = 1 + drawn(kDepths, 0);
      manner.history = 1 + drawn(kDepths, 16);
      break;
    case Strategy::kPos:
      manner.scheduling = Scheduling::kPos;
      break;
    case Strategy::kPortfolio:
      return Portfolio(draw);
  }
  return manner;
}

// No strategy is best at everything, so they take turns. The shares were found by measuring
// (benchmark/detection_benchmark.cc): what finds weak orders fastest is a walk that does not stop
// before stores. The others are there for bugs that are not like those measured.
Manner Portfolio(uint64_t draw) {
  Manner manner;
  switch (draw % 16) {
    case 0:
      return MannerOf(Strategy::kPct, draw >> 8);
    case 1:
      return MannerOf(Strategy::kPctwm, draw >> 8);
    case 2:
      manner.scheduling = Scheduling::kPos;
      manner.stops_before_stores = false;
      break;
    case 3:  // A walk without stale reads but a few, as on a strong machine.
      manner.stale_bits = 3;
      break;
    case 4:
      break;
    case 5:
      manner.stops_before_stores = false;
      manner.stay_bits = 1;
      break;
    default:
      manner.stops_before_stores = false;
  }
  return manner;
}

// As text: a run of up to 26 zeros is one of a..z, 1 to 9 are digits, 10 to 35 are A..Z, and what
// is larger stands as -digits-.
constexpr unsigned kLongestRun = 26;

}  // namespace

bool ParseStrategy(const char* name, Strategy* strategy) {
  for (size_t i = 0; kStrategyNames[i] != nullptr; ++i) {
    if (strcmp(name, kStrategyNames[i]) != 0) continue;
    *strategy = static_cast<Strategy>(i);
    return true;
  }
  return false;
}

void SeedExecution(uint64_t seed, uint64_t number, Strategy strategy) {
  const uint64_t own = Mix(Mix(seed + kGamma) + number * 0xd1342543de82ef95u);
  g_chooser.Seed(own, MannerOf(strategy, Mix(own)));
}

ChoiceTrace& NewTrace() {
  ChoiceTrace* const trace = static_cast<ChoiceTrace*>(
      mmap(nullptr, sizeof(ChoiceTrace) + kMaxTrace * sizeof(uint16_t), PROT_READ | PROT_WRITE,
           MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0));
  trace->choices = reinterpret_cast<uint16_t*>(trace + 1);
  trace->size = 0;
  return *trace;
}

bool PrintTrace(const ChoiceTrace& trace, TraceText* into) {
  size_t size = trace.size;
  while (size != 0 && trace.choices[size - 1] == 0) --size;
  size_t n = 0;
  for (size_t i = 0; i < size;) {
    if (n + 8 > TraceText::kMax) return false;
    unsigned choice = trace.choices[i];
    if (choice == 0) {
      unsigned run = 0;
      while (run < kLongestRun && trace.choices[i] == 0) ++run, ++i;
      into->text[n++] = static_cast<char>('a' + run - 1);
      continue;
    }
    ++i;
    if (choice < 10) {
      into->text[n++] = static_cast<char>('0' + choice);
    } else if (choice < 36) {
      into->text[n++] = static_cast<char>('A' + choice - 10);
    } else {
      into->text[n++] = '-';
      char digits[6];
      int count = 0;
      for (; choice != 0; choice /= 10) digits[count++] = static_cast<char>('0' + choice % 10);
      while (count != 0) into->text[n++] = digits[--count];
      into->text[n++] = '-';
    }
  }
  // No choice but the least surprising ones is a trace as well.
  if (n == 0) into->text[n++] = 'a';
  into->text[n] = '\0';
  return true;
}

bool ParseTrace(const char* text, ChoiceTrace* into) {
  into->size = 0;
  for (const char* c = text; *c != '\0'; ++c) {
    if (into->size + kLongestRun > kMaxTrace) return false;
    if (*c >= 'a' && *c <= 'z') {
      for (int run = *c - 'a' + 1; run != 0; --run) into->choices[into->size++] = 0;
    } else if (*c >= '1' && *c <= '9') {
      into->choices[into->size++] = static_cast<uint16_t>(*c - '0');
    } else if (*c >= 'A' && *c <= 'Z') {
      into->choices[into->size++] = static_cast<uint16_t>(*c - 'A' + 10);
    } else if (*c == '-') {
      unsigned value = 0;
      for (++c; *c >= '0' && *c <= '9'; ++c) {
        value = value * 10 + static_cast<unsigned>(*c - '0');
        if (value > 0xffff) return false;
      }
      if (*c != '-') return false;
      into->choices[into->size++] = static_cast<uint16_t>(value);
    } else {
      return false;
    }
  }
  // Those at the end stand for nothing: the execution need not have had so many.
  while (into->size != 0 && into->choices[into->size - 1] == 0) --into->size;
  return true;
}

bool Capture(uint64_t seed, uint64_t number, Strategy strategy, const Attempt& attempt,
             ChoiceTrace* trace) {
  SeedExecution(seed, number, strategy);
  g_chooser.Record(trace->choices, kMaxTrace);
  const bool failed = attempt.run(attempt.argument);
  trace->size = g_chooser.recorded() < kMaxTrace ? g_chooser.recorded() : kMaxTrace;
  return failed;
}

void Shrink(const Attempt& attempt, ChoiceTrace* trace, uint64_t budget) {
  static ChoiceTrace& tried = NewTrace();
  static ChoiceTrace& made = NewTrace();
  const auto try_it = [&] {
    if (budget == 0) return false;
    --budget;
    g_chooser.Repeat(tried.choices, tried.size);
    g_chooser.Record(made.choices, kMaxTrace);
    if (!attempt.run(attempt.argument) || g_chooser.recorded() > kMaxTrace) return false;
    // What was really chosen: the trace may have held too much.
    made.size = g_chooser.recorded();
    while (made.size != 0 && made.choices[made.size - 1] == 0) --made.size;
    memcpy(trace->choices, made.choices, made.size * sizeof(uint16_t));
    trace->size = made.size;
    return true;
  };
  const auto copy = [&] {
    memcpy(tried.choices, trace->choices, trace->size * sizeof(uint16_t));
    tried.size = trace->size;
  };
  // Ever smaller pieces, from the end: what comes late depends on what came before, not the
  // other way round. A piece is made zero, or taken out where that shifts the rest.
  for (bool smaller = true; smaller && budget != 0;) {
    smaller = false;
    for (size_t piece = trace->size; piece != 0 && budget != 0; piece /= 2) {
      for (size_t end = trace->size; end != 0 && budget != 0;) {
        if (end > trace->size) end = trace->size;
        const size_t begin = end > piece ? end - piece : 0;
        bool any = false;
        for (size_t i = begin; i < end; ++i) any |= trace->choices[i] != 0;
        if (any) {
          copy();
          memset(tried.choices + begin, 0, (end - begin) * sizeof(uint16_t));
          if (try_it()) smaller = true;
        }
        if (end > trace->size) end = trace->size;
        if (begin < end) {
          copy();
          memmove(tried.choices + begin, tried.choices + end,
                  (tried.size - end) * sizeof(uint16_t));
          tried.size -= end - begin;
          const size_t before = trace->size;
          if (try_it() && trace->size < before) smaller = true;
        }
        end = begin;
      }
    }
  }
}

}  // namespace hammerlock::explore
