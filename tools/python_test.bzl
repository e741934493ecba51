# SPDX-License-Identifier: Apache-2.0
"""Unit tests in Python, with Debian's interpreter. (Bazel 4's py_test wants a `python`.)"""

def python_test(name, src, size = "small", data = [], tags = []):
    """Runs the unittest.TestCases of one file.

    Args:
      name: of the test.
      src: the file, whose folder and tools/cli are where it imports from.
      size: of the test.
      data: what it imports and reads.
      tags: of the test.
    """
    native.sh_test(
        name = name,
        size = size,
        srcs = ["//tools:python_test.sh"],
        args = ["$(rootpath %s)" % src],
        data = [src] + data,
        tags = tags,
    )
