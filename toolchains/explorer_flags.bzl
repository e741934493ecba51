# SPDX-License-Identifier: Apache-2.0
"""How code is compiled for the explorer, besides -fsanitize=thread: by the toolchain's feature
`explore`, and by the drop-in compilers, which read this file as Python (tools/cli/compiler.py).
"""

EXPLORER_FLAGS = [
    # Threads are fibers: each has its own thread-locals by way of a function call.
    "-femulated-tls",
    # Wider accesses than 16 bytes are not instrumented.
    "-fno-vectorize",
    "-fno-slp-vectorize",
    "-mllvm",
    "-tsan-instrument-func-entry-exit=0",
    "-mllvm",
    "-tsan-compound-read-before-write",
    # Or the last call of a function would be its caller's in reports.
    "-fno-optimize-sibling-calls",
]

# What libstdc++.so has instantiated is not instrumented.
EXPLORER_CXX_FLAGS = ["-D_GLIBCXX_EXTERN_TEMPLATE=0"]
