// SPDX-License-Identifier: Apache-2.0
#include "explore/benchmark/sampler.h"

#include <elf.h>
#include <link.h>
#include <signal.h>
#include <string.h>
#include <sys/time.h>
#include <ucontext.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <map>

namespace hammerlock::explore::benchmark {

const char* const kPartName[kParts] = {"sched", "atomics", "races", "threads",
                                       "reset", "program", "other"};

namespace {

// A function belongs to the first line whose text its mangled name contains.
struct Rule {
  const char* text;
  Part part;
};
constexpr Rule kRules[] = {
    {"6Runner", kReset},
    {"4MainEiPPc", kReset},
    {"9benchmark", kProgram},
    {"_State_impl", kProgram},

    {"__tsan_atomic", kAtomics},
    {"__tsan_", kRaces},

    {"hammerlock_fiber", kThreadLife},
    {"hammerlock_switch", kScheduling},
    {"Reschedule", kScheduling},
    {"N_14NextE", kScheduling},
    {"6BecomeE", kScheduling},
    {"15HighestPriority", kScheduling},
    {"11LetTimePass", kScheduling},
    {"11MakeWaiting", kScheduling},
    {"5PointE", kScheduling},
    {"5YieldE", kScheduling},
    {"SwitchTo", kScheduling},
    {"Candidate", kScheduling},
    {"Decide", kScheduling},
    {"TimeOut", kScheduling},
    {"sched_yield", kScheduling},
    {"7Chooser", kScheduling},

    {"10ReadShared", kRaces},
    {"11WriteShared", kRaces},
    {"5Claim", kRaces},
    {"5Plain", kRaces},
    {"9Plain", kRaces},
    {"10Plain", kRaces},
    {"13Plain", kRaces},
    {"14Plain", kRaces},
    {"10AtomicRead", kRaces},
    {"11AtomicWrite", kRaces},
    {"5Check", kRaces},
    {"9Check", kRaces},
    {"10Check", kRaces},
    {"19Check", kRaces},
    {"12EndHistories", kRaces},
    {"9KeepAside", kRaces},
    {"8DropMore", kRaces},
    {"OutsideCell", kRaces},
    {"LogUndo", kRaces},
    {"HappensBefore", kRaces},

    {"ResetP", kReset},
    {"Reset", kReset},
    {"7ExecuteE", kReset},
    {"EndExecution", kReset},
    {"BeginThreads", kReset},
    {"UndoAll", kReset},
    {"SettleFrees", kReset},
    {"SeedExecution", kReset},
    {"4Seed", kReset},

    {"pthread_", kThreadLife},
    {"Spawn", kThreadLife},
    {"NewThread", kThreadLife},
    {"4ExitE", kThreadLife},
    {"OnThreadExit", kThreadLife},
    {"ThreadCount", kThreadLife},
    {"ThreadById", kThreadLife},
    {"5BlockE", kThreadLife},
    {"4WakeE", kThreadLife},
    {"6WakeIf", kThreadLife},
    {"6WakeUp", kThreadLife},
    {"6Finish", kThreadLife},
    {"11DriverStack", kReset},
    {"WaitFor", kThreadLife},
    {"8internal12_GLOBAL__N_1", kThreadLife},
    {"FreshStack", kThreadLife},
    {"StackTop", kThreadLife},
    {"7AcquireE", kThreadLife},
    {"7ReleaseE", kThreadLife},
    {"malloc", kThreadLife},
    {"free", kThreadLife},
    {"Allocate", kThreadLife},
    {"4Free", kThreadLife},
    {"5Freed", kThreadLife},
    {"emutls", kThreadLife},

    {"LocationSlow", kAtomics},
    {"BeginHistory", kAtomics},
    {"Choose", kAtomics},
    {"Insert", kAtomics},
    {"Modify", kAtomics},
    {"ReadFrom", kAtomics},
    {"4Link", kAtomics},
    {"5Carry", kAtomics},
    {"NewStore", kAtomics},
    {"Reading", kAtomics},
    {"Writing", kAtomics},
    {"CompareExchange", kAtomics},
    {"5Fence", kAtomics},
    {"BeginFence", kAtomics},
    {"EndFence", kAtomics},
    {"NewClock", kAtomics},
    // seq_cst.cc
    {"5Reach", kAtomics},
    {"Note", kAtomics},
    {"NewEvent", kAtomics},
    {"RanksOf", kAtomics},
    {"Precede", kAtomics},
    {"AddEdge", kAtomics},
    {"Sources", kAtomics},
    {"ForLanes", kAtomics},
    {"Strongly", kAtomics},
    {"Last", kAtomics},
    {"NewLanes", kAtomics},
    {"8Sequence", kAtomics},
};

Part PartOf(const char* name) {
  for (const Rule& rule : kRules) {
    if (strstr(name, rule.text) != nullptr) return rule.part;
  }
  return kOther;
}

constexpr size_t kMaxSamples = size_t{1} << 20;
uintptr_t samples[kMaxSamples];
volatile size_t sample_count = 0;

void OnTick(int, siginfo_t*, void* context) {
  const mcontext_t& machine = static_cast<const ucontext_t*>(context)->uc_mcontext;
#if defined(__x86_64__)
  const uintptr_t pc = static_cast<uintptr_t>(machine.gregs[REG_RIP]);
#else
  const uintptr_t pc = machine.pc;
#endif
  if (sample_count < kMaxSamples) {
    samples[sample_count] = pc;
    sample_count = sample_count + 1;
  }
}

void Tick(suseconds_t microseconds) {
  const itimerval interval = {{0, microseconds}, {0, microseconds}};
  setitimer(ITIMER_PROF, &interval, nullptr);
}

// How far this program was moved from where it was linked.
uintptr_t Bias() {
  uintptr_t bias = 0;
  dl_iterate_phdr(
      [](dl_phdr_info* info, size_t, void* into) {
        *static_cast<uintptr_t*>(into) = info->dlpi_addr;
        return 1;  // The first one is the program.
      },
      &bias);
  return bias;
}

template <class T>
const T* At(const std::string& file, size_t offset, size_t count = 1) {
  if (offset > file.size() || count > (file.size() - offset) / sizeof(T)) return nullptr;
  return reinterpret_cast<const T*>(file.data() + offset);
}

}  // namespace

Sampler::Sampler() {
  std::ifstream in("/proc/self/exe", std::ios::binary);
  const std::string file{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  const auto* const header = At<ElfW(Ehdr)>(file, 0);
  if (header == nullptr) return;
  const auto* const sections = At<ElfW(Shdr)>(file, header->e_shoff, header->e_shnum);
  if (sections == nullptr) return;
  const uintptr_t bias = Bias();
  for (unsigned s = 0; s < header->e_shnum; ++s) {
    const ElfW(Shdr)& table = sections[s];
    if (table.sh_type != SHT_SYMTAB || table.sh_link >= header->e_shnum) continue;
    const size_t count = table.sh_size / sizeof(ElfW(Sym));
    const auto* const symbols = At<ElfW(Sym)>(file, table.sh_offset, count);
    const size_t names = sections[table.sh_link].sh_offset;
    if (symbols == nullptr) continue;
    for (size_t i = 0; i < count; ++i) {
      const ElfW(Sym)& symbol = symbols[i];
      const char* const name = At<char>(file, names + symbol.st_name);
      if ((symbol.st_info & 0xf) != STT_FUNC || symbol.st_shndx == SHN_UNDEF || name == nullptr) {
        continue;
      }
      const uintptr_t begin = bias + symbol.st_value;
      functions_.push_back({begin, begin + symbol.st_size, name, PartOf(name)});
    }
  }
  std::sort(functions_.begin(), functions_.end(),
            [](const Function& a, const Function& b) { return a.begin < b.begin; });
}

void Sampler::Start() {
  sample_count = 0;
  struct sigaction action = {};
  action.sa_sigaction = OnTick;
  action.sa_flags = SA_SIGINFO | SA_ONSTACK | SA_RESTART;  // Not on a fiber's stack.
  sigaction(SIGPROF, &action, nullptr);
  Tick(1000);
}

void Sampler::Stop() { Tick(0); }

const Sampler::Function* Sampler::Find(uintptr_t pc) const {
  auto after = std::upper_bound(functions_.begin(), functions_.end(), pc,
                                [](uintptr_t at, const Function& f) { return at < f.begin; });
  if (after == functions_.begin()) return nullptr;
  const Function& function = *--after;
  return pc < function.end ? &function : nullptr;
}

Sampler::Shares Sampler::Classify() const {
  Shares shares = {};
  shares.samples = sample_count;
  if (shares.samples == 0) return shares;
  const double each = 1.0 / static_cast<double>(shares.samples);
  std::map<std::string, int> unknown;
  for (size_t i = 0; i < shares.samples; ++i) {
    const Function* const function = Find(samples[i]);
    // Outside of the program lie std::thread's code in libstdc++ and the C library's memset.
    const Part part =
        function == nullptr ? (functions_.empty() ? kOther : kThreadLife) : function->part;
    shares.of[part] += each;
    if (part == kOther && function != nullptr) ++unknown[function->name];
  }
  int most = 0;
  for (const auto& [name, times] : unknown) {
    if (times > most) most = times, shares.unknown = name;
  }
  return shares;
}

}  // namespace hammerlock::explore::benchmark
