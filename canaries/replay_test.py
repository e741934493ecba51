# SPDX-License-Identifier: Apache-2.0
"""A failure that the explorer found is repeated exactly: by the build that found it, and by the
one for the other architecture."""

import os
import re
import subprocess
import unittest

# Recorded on x86_64. A change of the engine's choices, or of the canary, wants them recorded anew.
RECORDED = {
    "lost_wake_up": "1/LostWakeUp/~k11",
    "relaxed_ring": "1/RelaxedRing/~a",
    "seqlock_without_fence": "1/SeqlockWithoutFence/~b1a1a11b2",
    "torn_stack": "1/TornStackIsAStack/push.1@pop+pop@~c1",
}
CONFIGURATION = "explore_aarch64" if os.path.exists("torn_stack.explore_aarch64") else "explore"


def run(canary, *flags):
    """What a run of the canary prints."""
    runner = os.path.abspath("%s.%s" % (canary, CONFIGURATION))
    return subprocess.run(
        [runner, *flags], capture_output=True, text=True, check=False, timeout=120
    ).stderr


class Replay(unittest.TestCase):
    def check(self, canary, replay):
        text = run(canary, "--replay=" + replay)
        self.assertIn("verdict=fail", text)
        self.assertIn(" executions=1 failures=1 ", text)

    def test_a_failure_is_repeated_at_once(self):
        for canary in RECORDED:
            with self.subTest(canary=canary):
                found = re.search(r"verdict=fail .* replay=(\S+~\S+)", run(canary, "--seed=7"))
                self.assertIsNotNone(found)
                self.check(canary, found.group(1))

    def test_what_was_recorded_on_x86_64_is_repeated(self):
        for canary, replay in RECORDED.items():
            with self.subTest(canary=canary):
                self.check(canary, replay)

    def test_the_command_names_the_flags_that_it_needs(self):
        text = run("relaxed_ring", "--seed=7", "--load_buffering", "--max_steps=5000")
        flags = re.search(r"^replay: .* --seed=7 (.*)$", text, re.MULTILINE).group(1).split()
        self.assertEqual(["--max_steps=5000", "--load_buffering"], flags[:2])
        self.assertRegex(text, r"hammerlock: verdict=fail .* discarded=\d+")
        self.assertIn(" executions=1 failures=1 ", run("relaxed_ring", *flags))

    def test_a_trace_that_does_not_fit_is_told(self):
        text = run("seqlock_without_fence", "--replay=1/SeqlockWithoutFence/~99999")
        self.assertIn("recorded with another build", text)
        self.assertIn("verdict=inconclusive", text)


if __name__ == "__main__":
    unittest.main()
