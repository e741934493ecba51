# SPDX-License-Identifier: Apache-2.0
import contextlib
import io
import os
import shutil
import tempfile
import types
import unittest

import derived

_TEXT = "kept before\n  %s\nold\n  %s\nkept after\n" % (derived.BEGIN, derived.END)


def _row(**fields):
    row = dict(
        says="s", platform="//p:x", cpu="k8", features=[], launcher=None, env={}, engine="//e:e"
    )
    row.update(default=True, needs=[])
    row.update(fields)
    return types.SimpleNamespace(**row)


class Derived(unittest.TestCase):
    def test_only_what_is_between_the_markers_changes(self):
        self.assertEqual(derived.renew(_TEXT, ["new"]), _TEXT.replace("old", "new"))

    def test_missing_or_repeated_markers_are_refused(self):
        for text in ("", _TEXT + _TEXT, _TEXT.replace(derived.END, "")):
            with self.assertRaises(ValueError):
                derived.renew(text, [])

    def test_bazelrc_has_what_a_row_says(self):
        rows = {
            "a": _row(features=["tsan"], env={"E": "x=1:y"}),
            "b": _row(launcher="//emulate:run"),
        }
        lines = derived.bazelrc(rows)
        self.assertIn("build:a --features=tsan", lines)
        self.assertIn("test:a --test_env=E=x=1:y", lines)
        self.assertIn("test:a --test_tag_filters=-b", lines)
        self.assertIn("test:b --run_under=//tools:run_under_run", lines)

    def test_the_workflow_has_the_default_rows(self):
        rows = {"a": _row(), "b": _row(default=False), "c": _row()}
        self.assertEqual([line.strip() for line in derived.workflow(rows)], ["- a", "- c"])

    def test_a_difference_is_found_and_names_the_mend(self):
        root = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, root)
        with open(os.path.join(root, ".bazelrc"), "w", encoding="utf-8") as file:
            file.write(_TEXT)
        rows = {"a": _row()}
        wanted = derived.differing(root, rows, [".bazelrc"])
        self.assertIn("build:a --cpu=k8", wanted[".bazelrc"])
        with open(os.path.join(root, ".bazelrc"), "w", encoding="utf-8") as file:
            file.write(wanted[".bazelrc"])
        self.assertEqual(derived.differing(root, rows, [".bazelrc"]), {})

        said = io.StringIO()
        with contextlib.redirect_stdout(said):
            before = derived.table.ROOT, derived.table.load
            derived.table.ROOT, derived.table.load = root, lambda: {"other": _row()}
            try:
                code = derived.run(["--check", ".bazelrc"])
            finally:
                derived.table.ROOT, derived.table.load = before
        self.assertEqual(code, 1)
        self.assertIn("run tools/derived", said.getvalue())
