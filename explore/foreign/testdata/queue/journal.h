// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

// A library of its own, with state of its own.
class Journal {
 public:
  static void Write(const std::string& key, int value);
  static int Sum();
  static size_t Size();
};
