# SPDX-License-Identifier: Apache-2.0
"""A seed of the Arm engine repeats everything, whatever else the machine does."""

import os
import re
import subprocess
import unittest

RUNS = 10


def run(seed):
    """What a run of a canary prints, without what it says of time and addresses."""
    text = subprocess.run(
        [os.path.abspath("relaxed_unlock.arm"), "--seed=%d" % seed, "--executions=2000",
         "--stop=never"],
        capture_output=True, text=True, check=False, timeout=200,
    ).stderr
    return re.sub(r"seconds=\S+", "", text)


class Repeat(unittest.TestCase):
    def test_a_seed_repeats(self):
        first = run(3)
        self.assertIn("verdict=fail", first)
        self.assertRegex(first, r"forbidden")
        for _ in range(RUNS):
            self.assertEqual(first, run(3))

    def test_another_seed_does_not(self):
        self.assertNotEqual(run(3), run(4).replace("seed=4", "seed=3"))


if __name__ == "__main__":
    unittest.main()
