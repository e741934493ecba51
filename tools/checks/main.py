# SPDX-License-Identifier: Apache-2.0
"""tools/lint: what can be checked without building.

usage: tools/lint [--fix] [--without-buildifier] [FILE...]

Formatting of C++ (clang-format) and of Starlark (buildifier), spelled-out memory orders in
primitives/, exactly one licence line a file. Without FILEs: the whole checkout. --fix formats;
the rest is for people. Exit codes: 0 clean, 66 findings, 67 could not check, 64 wrong usage.
"""

import os
import sys

HERE = os.path.dirname(os.path.realpath(__file__))
sys.path.insert(1, os.path.join(os.path.dirname(HERE), "cli"))

import formatting
import licences
import memory_orders
import outcome
import packages
import sources
import table
from outcome import Refused, say

_FLAGS = {"--fix", "--without-buildifier", "-h", "--help"}


def _read(root, name):
    with open(os.path.join(root, name), encoding="utf-8", errors="replace") as file:
        return file.read()


def findings(root, files, fix, with_buildifier):
    """[(file, line, message)], sorted."""
    found = formatting.cpp(root, [f for f in files if sources.is_cpp(f)], fix)
    if with_buildifier:
        found += formatting.starlark(root, [f for f in files if sources.is_starlark(f)], fix)
    for name in files:
        text = _read(root, name)
        if sources.is_licensed(name, text):
            found += [(name, line, message) for line, message in licences.check(text)]
        if name.startswith("primitives/") and sources.is_cpp(name):
            found += [(name, line, message) for line, message in memory_orders.check(text)]
    return sorted(found)


def _chosen(arguments):
    """The files named on the command line, relative to the checkout; all if none is."""
    if not arguments:
        return sources.listed(table.ROOT)
    for name in arguments:
        if not os.path.isfile(name):
            raise Refused("there is no file %s" % name, outcome.USAGE)
    return [os.path.relpath(os.path.realpath(name), table.ROOT) for name in arguments]


def run(arguments):
    """Checks, prints the findings, returns the exit code."""
    flags = {argument for argument in arguments if argument.startswith("-")}
    unknown = sorted(flags - _FLAGS)
    if unknown:
        raise Refused("lint knows no flag %s: see tools/lint --help" % unknown[0], outcome.USAGE)
    if flags & {"-h", "--help"}:
        print(__doc__.partition("\n\n")[2], end="")
        return outcome.PASS
    packages.install(packages.LINT)
    files = _chosen([argument for argument in arguments if argument not in flags])
    with_buildifier = "--without-buildifier" not in flags
    found = findings(table.ROOT, files, "--fix" in flags, with_buildifier)
    for name, line, message in found:
        print("%s:%d: %s" % (name, line, message))
    say(
        "lint: %d files, %d findings%s"
        % (len(files), len(found), "" if with_buildifier else "; Starlark's formatting not checked")
    )
    return outcome.FAIL if found else outcome.PASS


if __name__ == "__main__":
    try:
        sys.exit(run(sys.argv[1:]))
    except Refused as refused:
        say(str(refused))
        sys.exit(refused.code)
