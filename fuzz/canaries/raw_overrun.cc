// SPDX-License-Identifier: Apache-2.0
//
// Known bad: reads one byte too far, behind three characters that must be guessed.
#include <cstddef>
#include <cstdint>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  // On the heap and no larger than the input, so that AddressSanitizer sees where it ends.
  const std::vector<uint8_t> input(data, data + size);
  const uint8_t* const text = input.data();
  if (size < 3 || text[0] != 'l' || text[1] != 'e' || text[2] != 'n') return 0;
  return text[size] == 0 ? -1 : 0;
}
