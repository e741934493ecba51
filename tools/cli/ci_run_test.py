# SPDX-License-Identifier: Apache-2.0
"""What .ci/run counts, with commands in place of the real ones."""

import os
import shutil
import subprocess
import tempfile
import unittest

import table

_LAST = "echo 'hammerlock: verdict=x scenario=* tests=9 passed=%d failed=%d seconds=1' >&2"


class CiRun(unittest.TestCase):
    def _run(self, test, lint):
        """(exit code, last line) of .ci/run when its two commands are these."""
        root = tempfile.mkdtemp(dir=os.environ.get("TEST_TMPDIR"))
        self.addCleanup(shutil.rmtree, root)
        for name, body in ((".ci/run", None), ("tools/hammerlock", test), ("tools/lint", lint)):
            path = os.path.join(root, name)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            if body is None:
                shutil.copy(os.path.join(table.ROOT, name), path)
                continue
            with open(path, "w", encoding="utf-8") as file:
                file.write("#!/bin/sh\n" + body + "\n")
            os.chmod(path, 0o755)
        done = subprocess.run(
            [os.path.join(root, ".ci/run")],
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        return done.returncode, done.stdout.splitlines()[-1]

    def test_everything_passes(self):
        self.assertEqual(self._run(_LAST % (7, 0), "exit 0"), (0, "8 passed, 0 failed"))

    def test_tests_fail(self):
        self.assertEqual(
            self._run(_LAST % (6, 1) + "; exit 66", "exit 0"), (1, "7 passed, 1 failed")
        )

    def test_lint_fails(self):
        self.assertEqual(self._run(_LAST % (7, 0), "exit 66"), (1, "7 passed, 1 failed"))

    def test_the_tests_could_not_run(self):
        self.assertEqual(self._run("exit 67", "exit 0"), (1, "1 passed, 1 failed"))

    def test_a_crash_after_a_good_count_is_a_failure(self):
        crash = _LAST % (7, 0) + "; exit 1"
        self.assertEqual(self._run(crash, "exit 0"), (1, "8 passed, 1 failed"))

    def test_nothing_that_ran_is_not_a_pass(self):
        self.assertEqual(self._run("exit 0", "exit 0"), (1, "1 passed, 1 failed"))
