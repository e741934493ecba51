# SPDX-License-Identifier: Apache-2.0
"""What the table of configurations decides in files that Bazel and GitHub read.

usage: derived.py [--check FILE...]

Writes the parts between the markers of .bazelrc and .github/workflows/ci.yml anew. --check writes
nothing and fails with the mend if a file differs: for a test.
"""

import os
import sys

import table

BEGIN = "# >>> from platforms/configurations.bzl by tools/derived; do not edit"
END = "# <<<"


def bazelrc(rows):
    """The lines of .bazelrc that make --config=NAME of every row."""
    lines = []
    for name, row in rows.items():
        lines += ["", "# " + row.says]
        build = [
            "--platforms=" + row.platform,
            "--cpu=" + row.cpu,
            "--compilation_mode=opt",
            "--//platforms:engine=" + row.engine,
        ]
        build += ["--features=" + feature for feature in row.features]
        lines += ["build:%s %s" % (name, flag) for flag in build]
        # The plain tests, and of the matrix this configuration's own.
        others = ["-" + other for other in rows if other != name]
        run = ["--test_tag_filters=" + ",".join(others)]
        run += ["--test_env=%s=%s" % item for item in row.env.items()]
        if row.launcher:
            run.append("--run_under=//tools:run_under_" + row.launcher.rpartition(":")[2])
        lines += ["test:%s %s" % (name, flag) for flag in run]
    return lines


def workflow(rows):
    """The lines of the CI matrix: one job a default row."""
    return ["          - " + name for name in table.default_names(rows)]


FILES = {".bazelrc": bazelrc, os.path.join(".github", "workflows", "ci.yml"): workflow}


def renew(text, lines):
    """`text` with what stands between its markers replaced by `lines`.

    Raises:
      ValueError: the markers are not there, or not once.
    """
    old = text.splitlines()
    begins = [i for i, line in enumerate(old) if line.strip() == BEGIN]
    ends = [i for i, line in enumerate(old) if line.strip() == END]
    if len(begins) != 1 or len(ends) != 1 or begins[0] > ends[0]:
        raise ValueError("wants the lines '%s' and '%s', once each, in this order" % (BEGIN, END))
    return "\n".join(old[: begins[0] + 1] + lines + old[ends[0] :]) + "\n"


def differing(root, rows, names):
    """{name: what it should be} of the files that differ from the table."""
    wanted = {}
    for name in names:
        with open(os.path.join(root, name), encoding="utf-8") as file:
            text = file.read()
        try:
            new = renew(text, FILES[name](rows))
        except ValueError as error:
            sys.exit("%s: %s" % (name, error))
        if new != text:
            wanted[name] = new
    return wanted


def run(arguments):
    check = arguments[:1] == ["--check"]
    names = arguments[1:] if check else list(FILES)
    unknown = [name for name in names if name not in FILES]
    if unknown or (arguments and not check) or not names:
        sys.exit("usage: derived.py [--check FILE...]; it knows " + ", ".join(FILES))
    wanted = differing(table.ROOT, table.load(), names)
    for name, text in wanted.items():
        if check:
            print("%s differs from platforms/configurations.bzl: run tools/derived" % name)
        else:
            with open(os.path.join(table.ROOT, name), "w", encoding="utf-8") as file:
                file.write(text)
            print("wrote " + name)
    return 1 if check and wanted else 0


if __name__ == "__main__":
    sys.exit(run(sys.argv[1:]))
