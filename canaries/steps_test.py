# SPDX-License-Identifier: Apache-2.0
"""How the explorer shows what it found: who reads the report of a canary can tell the bug."""

import json
import os
import re
import subprocess
import tempfile
import unittest

CONFIGURATION = "explore_aarch64" if os.path.exists("relaxed_ring.explore_aarch64") else "explore"


def line_of(canary, text):
    """The number of the first line of the canary's source that holds the text."""
    with open(canary + ".cc", encoding="utf-8") as source:
        for number, line in enumerate(source, 1):
            if text in line:
                return number
    raise AssertionError("%s.cc has no line with %r" % (canary, text))


def run(canary):
    """What a run prints, and the scenario in its report file."""
    runner = os.path.abspath("%s.%s" % (canary, CONFIGURATION))
    with tempfile.TemporaryDirectory() as folder:
        report = os.path.join(folder, "report.json")
        text = subprocess.run(
            [runner, "--seed=7", "--report=" + report],
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
            cwd="..",  # Where the paths of the source begin.
        ).stderr
        with open(report, encoding="utf-8") as file:
            return text, json.load(file)["scenarios"][0]


class Steps(unittest.TestCase):
    maxDiff = None

    def steps(self, canary):
        text, report = run(canary)
        self.assertIn("verdict=fail", text)
        lines = text.splitlines()
        self.assertLessEqual(len(lines), 60)
        for line in lines:
            if not line.startswith(("hammerlock:", "replay:")):
                self.assertLessEqual(len(line), 120, line)
        steps = report["trace"]["steps"]
        self.assertTrue(steps)
        for i, step in enumerate(steps):
            self.assertIn("thread %d" % step["thread"], report["trace"]["threads"][step["thread"]])
            for other in step.get("newer", []) + step.get("synchronises_with", []):
                self.assertLess(other, i)
        return text, steps

    def assert_row(self, text, *words):
        """A row says these words in this order."""
        pattern = r"(?m)^ +\d+ .*" + ".*".join(re.escape(word) for word in words)
        self.assertRegex(text, pattern)

    def test_a_stale_read_names_what_it_ignored(self):
        canary = "seqlock_without_fence"
        text, steps = self.steps(canary)
        line = ":%d" % line_of(canary, "const int after")
        self.assert_row(text, "| load sequence.value = ", "relaxed", line)
        self.assertRegex(text, r"(initial|from \d+( \(\w+( \w+)?\))?), IGNORES \d+")
        ignoring = [s for s in steps if s["kind"] == "load" and s.get("newer")]
        self.assertTrue(ignoring)
        for step in ignoring:
            for newer in step["newer"]:
                self.assertEqual(steps[newer]["address"], step["address"])
                self.assertEqual(steps[newer]["kind"], "store")

    def test_a_race_has_both_accesses(self):
        canary = "relaxed_ring"
        text, steps = self.steps(canary)
        write, read = line_of(canary, "slots[t % 2]"), line_of(canary, "slots[h % 2]")
        self.assertIn("data race on slots[]", text)
        self.assertIn("canaries/relaxed_ring.cc:%d in Push" % write, text)
        self.assertIn("canaries/relaxed_ring.cc:%d in Pop" % read, text)
        self.assertIn("const int value = slots[h % 2];", text)
        self.assert_row(text, "write slots[]", ":%d" % write)
        self.assert_row(text, "load tail = ", "relaxed", "(no sync)")
        self.assert_row(text, "read slots[]", ":%d" % read, "RACES WITH")
        failing = [s for s in steps if s.get("fails")]
        self.assertEqual(len(failing), 1)
        other = steps[failing[0]["races_with"]]
        self.assertNotEqual(other["thread"], failing[0]["thread"])
        self.assertEqual({failing[0]["stack"][0]["line"], other["stack"][0]["line"]}, {read, write})

    def test_freed_memory_has_the_free(self):
        text, _ = self.steps("hazard_without_fence")
        free = line_of("hazard_without_fence", "delete old")
        self.assertRegex(text, r"(use after free|data race) ")
        self.assertIn("canaries/hazard_without_fence.cc:%d in P1" % free, text)

    def test_a_deadlock_tells_who_waits_for_what(self):
        canary = "lost_wake_up"
        text, steps = self.steps(canary)
        wait = line_of(canary, "bumped_.wait")
        for thread in ("0", "1"):
            self.assertRegex(text, "thread %s waits for condition variable bumped_" % thread)
        self.assertIn("canaries/lost_wake_up.cc:%d in Wait" % wait, text)
        self.assertIn("before it waits", text)
        self.assert_row(text, "lock mu_")
        self.assert_row(text, "notify bumped_: nobody waits")
        self.assert_row(text, "wait for condition variable bumped_", ":%d" % wait)
        self.assertEqual(steps[-1]["kind"], "fail")

    def test_operations_stand_beside_what_they_do(self):
        text, _ = self.steps("torn_stack")
        self.assertIn("not linearizable", text)
        self.assert_row(text, "call pop()")
        self.assert_row(text, "lock mu_", ":%d" % line_of("torn_stack", "const std::lock_guard"))
        self.assert_row(text, "returns pop() = ")

    def test_a_replay_shows_the_same(self):
        text, _ = self.steps("seqlock_without_fence")
        replay = re.search(r"replay=(\S+)", text).group(1)
        runner = os.path.abspath("seqlock_without_fence." + CONFIGURATION)
        again = subprocess.run(
            [runner, "--replay=" + replay],
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
            cwd="..",
        ).stderr
        rows = [line for line in text.splitlines() if re.match(r" +\d+  ", line)]
        self.assertGreater(len(rows), 4)
        self.assertEqual(rows, [r for r in again.splitlines() if re.match(r" +\d+  ", r)])


if __name__ == "__main__":
    unittest.main()
