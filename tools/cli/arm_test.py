# SPDX-License-Identifier: Apache-2.0
import os
import struct
import tempfile
import types
import unittest

import arm
import outcome
from outcome import Refused


def elf(machine, kind=2):
    return b"\x7fELF" + bytes(12) + struct.pack("<HH", kind, machine)


def deviation(number, kind="stale"):
    return arm.Deviation(kind, 1, number, 0x4000 + 4 * number, 0x100, 8, 2, 0, 7)


class FakeEngine:
    """A program that fails as long as it has both of two deviations, of ten."""

    def __init__(self, wanted):
        self.wanted = set(wanted)
        self.runs = 0

    def run(self, seed, only=None, model=None, show=False):
        del show
        self.runs += 1
        left = [deviation(n) for n in range(10) if only is None or "1.%d" % n in only]
        if model == "sc":
            left = []
        fails = self.wanted <= {d.number for d in left}
        return arm.Run(seed, 1 if fails else 0, "it failed" if fails else "", [], left, 0, b"")


class Arm(unittest.TestCase):
    def refused(self, arguments):
        with self.assertRaises(Refused) as caught:
            arm.run(arguments)
        return caught.exception

    def test_wrong_usage_is_told_in_a_sentence(self):
        for arguments in ([], ["--jobs=0", "--", "x"], ["--model=x86", "--", "x"], ["--seed=a"]):
            with self.subTest(arguments=arguments):
                self.assertEqual(outcome.USAGE, self.refused(arguments).code)

    def test_other_programs_are_refused(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "program")
            self.assertIn("no program", str(self.refused(["--", path])))
            for content in (elf(62), b"#!/bin/sh\n", b""):
                with open(path, "wb") as file:
                    file.write(content)
                self.assertIn("not an aarch64 program", str(self.refused(["--", path])))
            with open(path, "wb") as file:
                file.write(elf(183, 3))
            self.assertTrue(arm.check_program(path))

    def test_the_report_of_a_run_is_read(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "report")
            with open(path, "w", encoding="utf-8") as file:
                file.write(
                    "steps 5\nfallback d5000000 3\noutcome r0=1\nfailure deadlock: all wait\n"
                    "deviation early 2.17 pc=4f0 address=1000 bytes=4 distance=3 by=-1 value=2a\n"
                )
            done = types.SimpleNamespace(returncode=66, stdout=b"out", stderr=b"err")
            run = arm._read(9, done, path)
        self.assertEqual(("deadlock: all wait", ["r0=1"], 3, b"outerr"),
                         (run.why, run.outcomes, run.fallbacks, run.output))
        self.assertEqual([arm.Deviation("early", 2, 17, 0x4F0, 0x1000, 4, 3, -1, 42)],
                         run.deviations)
        self.assertEqual("fail", arm.verdict(run))

    def test_a_failure_is_made_small(self):
        engine = FakeEngine({3, 8})
        smallest = arm.needed(engine, engine.run(1))
        self.assertEqual(["1.3", "1.8"], arm.names(smallest))
        self.assertLess(engine.runs, 60)

    def test_the_strongest_model_is_told(self):
        self.assertEqual("sc", arm.strongest(FakeEngine(set()), FakeEngine(set()).run(1)))
        self.assertEqual("tso", arm.strongest(FakeEngine({1}), FakeEngine({1}).run(1)))

    def test_a_trail_has_a_column_a_thread(self):
        run = arm.Run(1, 1, "", [], [deviation(1), deviation(2, "early")._replace(thread=0)], 0, b"")
        text = arm.trail(run, {0x4004: "ring.h:41"})
        head, first, second = text.splitlines()
        self.assertRegex(head, "^thread 0 +thread 1$")
        self.assertEqual(head.index("thread 1"), first.index("ring.h:41: reads 0x7 of thread 0"))
        self.assertTrue(second.startswith("0x4008: stores 0x7 before 2 stores"), second)


if __name__ == "__main__":
    unittest.main()
