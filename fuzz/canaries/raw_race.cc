// SPDX-License-Identifier: Apache-2.0
//
// Known bad: two threads count in a plain variable, behind a character that must be guessed.
#include <cstddef>
#include <cstdint>
#include <thread>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0 || data[0] != 'r') return 0;
  int count = 0;
  std::thread other([&] { ++count; });
  ++count;
  other.join();
  return 0;
}
