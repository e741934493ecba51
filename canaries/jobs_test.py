# SPDX-License-Identifier: Apache-2.0
"""Several processes search at once, and answer as one."""

import json
import os
import re
import subprocess
import tempfile
import unittest


def run(canary, *flags):
    """What a run of the canary prints; its exit code is a judgement of the canary."""
    return subprocess.run(
        [os.path.abspath(canary + ".explore"), *flags],
        capture_output=True, text=True, check=False, timeout=120,
    ).stderr


class Jobs(unittest.TestCase):
    def test_counts_are_added_up(self):
        with tempfile.TemporaryDirectory() as folder:
            report = os.path.join(folder, "report.json")
            text = run("torn_stack", "--jobs=3", "--executions=100", "--stop=never",
                       "--shrink=0", "--report=" + report)
            with open(report) as file:
                told = json.load(file)
        self.assertRegex(text, r"verdict=fail .* executions=100 .* jobs=3")
        self.assertEqual(100, told["executions"])
        alone = [run("torn_stack", "--seed=%d" % seed, "--executions=%d" % share, "--stop=never",
                     "--shrink=0") for seed, share in ((1, 34), (2, 33), (3, 33))]
        failures = sum(int(re.search(r" failures=(\d+)", one).group(1)) for one in alone)
        self.assertEqual(failures, told["failures"])
        self.assertGreater(failures, 1)

    def test_a_failure_is_told_with_the_seed_that_found_it(self):
        text = run("lost_wake_up", "--jobs=2", "--seconds=60")
        flags = re.search(r"^replay: .* (--seed=[12]) (--replay=\S+)$", text, re.MULTILINE)
        self.assertIsNotNone(flags, text)
        self.assertIn(" executions=1 failures=1 ", run("lost_wake_up", *flags.groups()))
        # The seed finds it alone as well, in the same execution and in the same way.
        told = re.compile(r" (first_failure=\d+) .* (seed=\d+) .*(replay=\S+)")
        self.assertEqual(
            told.search(text).groups(),
            told.search(run("lost_wake_up", flags.group(1), "--seconds=60")).groups(),
        )

    def test_no_job_is_left_without_an_execution(self):
        self.assertRegex(run("racy_counter", "--jobs=8", "--executions=3", "--stop=never"),
                         r"executions=3 .* jobs=3")

    def test_a_number_that_makes_no_sense_is_refused(self):
        for flag in ("--jobs=0", "--jobs=1000", "--jobs=x", "--mode=exhaustive"):
            with self.subTest(flag=flag):
                text = run("racy_counter", flag)
                self.assertNotIn("verdict=", text)
                said = re.findall("^hammerlock: .*$", text, re.MULTILINE)
                self.assertEqual(1, len(said), text)
                self.assertIn(flag.partition("=")[0].strip("-"), said[0])


if __name__ == "__main__":
    unittest.main()
