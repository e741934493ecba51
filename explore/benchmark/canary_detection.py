#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""How many executions the explorer needs to find each canary, as a table: the median over seeds.

usage: canary_detection.py [--seeds=N] [--flags=FLAGS] BINARY...

The binaries are those of //canaries, in an explorer's configuration:

    bazel build --build_tests_only --test_tag_filters=explore //canaries/...
    explore/benchmark/canary_detection.py bazel-bin/canaries/*.explore

They bring the flags that the canary needs. Ends with 1 if one is not found.
"""

import argparse
import os
import re
import statistics
import subprocess
import sys

EXECUTIONS = 1000000


def first_detection(binary, flags):
    """The number of the first failing execution; None if there is none."""
    run = subprocess.run(
        [os.path.abspath(binary), "--shrink=0", f"--executions={EXECUTIONS}", *flags],
        capture_output=True,
        text=True,
        check=False,
    )
    found = re.search(r"verdict=fail .* first_failure=(\d+)", run.stderr)
    if found is None and "verdict=pass" not in run.stderr:
        sys.exit(f"{binary} {' '.join(flags)}: neither passed nor failed:\n{run.stderr}")
    return int(found.group(1)) if found else None


def main():
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--flags", default="", help="of the engine, such as --strategy=pos")
    parser.add_argument("binary", nargs="+")
    arguments = parser.parse_args()
    print("| canary | median | max |\n|---|---|---|")
    silent = False
    for binary in arguments.binary:
        name = os.path.basename(binary).split(".")[0]
        flags = arguments.flags.split()
        counts = [
            first_detection(binary, [f"--seed={seed}", *flags])
            for seed in range(1, arguments.seeds + 1)
        ]
        missed = counts.count(None)
        silent |= missed != 0
        counts = sorted(EXECUTIONS if count is None else count for count in counts)
        note = f" ({missed} seeds did not find it)" if missed else ""
        print(f"| {name} | {statistics.median(counts):g} | {counts[-1]}{note} |", flush=True)
    sys.exit(1 if silent else 0)


if __name__ == "__main__":
    main()
