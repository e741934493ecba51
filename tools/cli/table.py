# SPDX-License-Identifier: Apache-2.0
"""The table of configurations, read without Bazel.

//platforms:configurations.bzl is Starlark, and valid Python as well once there is a
`struct`: so the command can say what a machine lacks before Bazel is on it.
"""

import os
import types

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.realpath(__file__))))
PATH = os.path.join("platforms", "configurations.bzl")


def load(path=None):
    """Returns {name: row}, in the table's order; a row has the fields that the table gives it."""
    path = path or os.path.join(ROOT, PATH)
    with open(path, encoding="utf-8") as file:
        code = compile(file.read(), path, "exec")
    names = {"struct": lambda **fields: types.SimpleNamespace(**fields)}
    exec(code, names)  # our own file, from the same checkout
    return names["CONFIGURATIONS"]


def default_names(table):
    """The rows that every concurrency_test has unless it says otherwise."""
    return [name for name, row in table.items() if row.default]
