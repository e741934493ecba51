// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace hammerlock::emulate {

// What the weak memory needs of the machine that executes the instructions. Everything concerns
// the running thread.
class Guest {
 public:
  virtual ~Guest() = default;

  // X0 to X30; 31 is SP.
  virtual uint64_t X(int number) = 0;
  virtual void SetX(int number, uint64_t value) = 0;
  virtual uint64_t pc() = 0;

  // Where the bytes [address, address + size) lie; null if they are not all there and writable.
  // The address is a multiple of 8, and so is the size.
  virtual uint8_t* Bytes(uint64_t address, unsigned size) = 0;
};

}  // namespace hammerlock::emulate
