# SPDX-License-Identifier: Apache-2.0
"""The command itself, as a user starts it."""

import os
import subprocess

import fakes
import main
import outcome
import table


class Command(fakes.Machine):
    def setUp(self):
        super().setUp()
        self.command = os.path.join(table.ROOT, "tools", "hammerlock")

    def _run(self, *arguments, command=None, cwd=None):
        done = subprocess.run(
            [command or self.command] + list(arguments),
            cwd=cwd,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        return done.returncode, done.stdout, done.stderr

    def test_help(self):
        for verb in ("help", "--help", "-h"):
            code, out, _ = self._run(verb)
            self.assertEqual(code, 0)
            self.assertIn("doctor", out)

    def test_an_unknown_verb_is_one_sentence(self):
        code, out, err = self._run("frobnicate")
        self.assertEqual((code, out), (64, ""))
        self.assertEqual(len(err.splitlines()), 1)
        self.assertIn("frobnicate", err)

    def test_arguments_that_a_verb_does_not_take(self):
        self.assertEqual(self._run("doctor", "--all")[0], 64)
        self.assertEqual(self._run("install", "everything")[0], 64)

    def test_through_a_symbolic_link_from_elsewhere(self):
        os.mkdir(self.path + "/bin")
        os.symlink(self.command, self.path + "/bin/one")
        os.symlink("one", self.path + "/bin/two")
        code, out, err = self._run("help", command="bin/two", cwd=self.path)
        self.assertEqual((code, err), (0, ""))
        self.assertIn("usage", out)

    def test_configurations(self):
        _, out, _ = self._run("configurations")
        rows = table.load()
        self.assertEqual(out.split(), list(rows))
        _, out, _ = self._run("configurations", "--default")
        self.assertEqual(out.split(), [name for name, row in rows.items() if row.default])

    def test_doctor_on_a_bare_machine(self):
        code, out, _ = self._run("doctor")
        self.assertEqual(code, 67)
        self.assertIn("apt-get install -y --no-install-recommends bazel-bootstrap", out)

    def test_a_machine_that_cannot_install_gets_one_sentence_and_the_contracts_line(self):
        self.program("id", "echo 1000")
        for arguments in ([], ["test"]):
            code, _, err = self._run(*arguments)
            self.assertEqual(code, 67)
            sentence, last = err.splitlines()
            self.assertIn("apt-get install", sentence)
            self.assertTrue(last.startswith("hammerlock: verdict=inconclusive scenario=* "))

    def test_a_checkout_without_a_verbs_program(self):
        with self.assertRaises(outcome.Refused) as caught:
            main._script("tools/nothing.py", [], "nothing cannot run")
        self.assertIn("no tools/nothing.py", str(caught.exception))
