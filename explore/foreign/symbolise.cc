// SPDX-License-Identifier: Apache-2.0
#include "explore/foreign/symbolise.h"

#include <dlfcn.h>
#include <elf.h>
#include <link.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

namespace hammerlock::explore {
namespace {

constexpr const char kMark[] = "pc 0x";

struct Place {
  char function[256];
  char line[512];  // "file.cc:12"
};

// The file of code, and the address in it as its tables have it.
bool Locate(uintptr_t pc, char* file, size_t size, uintptr_t* address) {
  Dl_info info;
  link_map* map = nullptr;
  if (dladdr1(reinterpret_cast<void*>(pc), &info, reinterpret_cast<void**>(&map),
              RTLD_DL_LINKMAP) == 0) {
    return false;
  }
  *address = pc - map->l_addr;
  if (map->l_name[0] != '\0') {
    snprintf(file, size, "%s", map->l_name);
    return true;
  }
  const ssize_t length = readlink("/proc/self/exe", file, size - 1);
  if (length <= 0) return false;
  file[length] = '\0';
  return true;
}

bool ReadLine(FILE* from, char* into, size_t size) {
  if (fgets(into, static_cast<int>(size), from) == nullptr) return false;
  into[strcspn(into, "\n")] = '\0';
  return into[0] != '\0' && into[0] != '?';
}

// "file.cc:12:5" is as long as it need be without its folders and its column.
void Shorten(char* line) {
  if (char* const slash = strrchr(line, '/')) memmove(line, slash + 1, strlen(slash));
  char* const first = strchr(line, ':');
  if (char* const second = first != nullptr ? strchr(first + 1, ':') : nullptr) *second = '\0';
  if (char* const remark = strstr(line, " (discriminator")) *remark = '\0';
}

// By whichever tool there is; they print alike.
bool Symbolise(uintptr_t pc, Place* place) {
  constexpr const char* kTools[] = {"llvm-symbolizer-19 --inlines=false -e", "addr2line -f -C -e"};
  char file[1024];
  uintptr_t address = 0;
  if (!Locate(pc - 1, file, sizeof(file), &address) || strchr(file, '\'') != nullptr) return false;
  for (const char* tool : kTools) {
    char command[1280];
    snprintf(command, sizeof(command), "%s '%s' 0x%zx 2>/dev/null", tool, file,
             static_cast<size_t>(address));
    FILE* const output = popen(command, "re");
    if (output == nullptr) continue;
    const bool known = ReadLine(output, place->function, sizeof(place->function)) &&
                       ReadLine(output, place->line, sizeof(place->line));
    pclose(output);
    if (!known) continue;
    Shorten(place->line);
    return true;
  }
  return false;
}

}  // namespace

void SymboliseText(char* text, size_t size) {
  char* at = text;
  while ((at = strstr(at, kMark)) != nullptr) {
    char* end;
    const uintptr_t pc = strtoull(at + strlen("pc "), &end, 16);
    Place place;
    char readable[800];
    const size_t rest = strlen(end) + 1;
    if (!Symbolise(pc, &place)) {
      at = end;
      continue;
    }
    const size_t length = static_cast<size_t>(
        snprintf(readable, sizeof(readable), "%s (%s)", place.line, place.function));
    if (length >= sizeof(readable) || static_cast<size_t>(at - text) + length + rest > size) return;
    memmove(at + length, end, rest);
    memcpy(at, readable, length);
    at += length;
  }
}

}  // namespace hammerlock::explore
