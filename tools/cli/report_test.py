# SPDX-License-Identifier: Apache-2.0
import unittest

import events
import report
from columns import Table

_ROWS = ["native", "tsan", "aarch64"]


class _Test(events.Test):
    """A test whose logs are given."""

    def __init__(self, label, status, *texts, tags=()):
        super().__init__(label, tags)
        self.status = status
        self._texts = texts

    def texts(self):
        return self._texts


_LITMUS = """\
hammerlock: seed=1
SB_relaxed, scenario/calibration.cc:220
outcome          count     share  grade        meaning
r0=0 r1=0         5759   5.6240%  interesting  the weak outcome
r0=1 r1=1        38890  37.9785%  acceptable   an interleaving, 50.0% of all
SB_seq_cst, scenario/calibration.cc:221
outcome          count     share  grade        meaning
r0=1 r1=1      1200000  99.0000%  acceptable   an interleaving
MP_seq_cst, scenario/calibration.cc:222
r0=1 r1=0            2   0.0100%  forbidden    the weak outcome
"""


def _verdict(name, executions, seconds, failures=0):
    return "hammerlock: verdict=%s scenario=* executions=%d failures=%d seconds=%s seed=1\n" % (
        name,
        executions,
        failures,
        seconds,
    )


def _results(*tests):
    results = events.Results()
    results.tests = {test.label: test for test in tests}
    return results


class Rendering(unittest.TestCase):
    def test_columns_are_aligned_and_empty_ones_left_out(self):
        made = Table("T", "row", ["a", "b", "c"])
        made.put("long name", "a", "x")
        made.put("n", "c", "yy")
        self.assertEqual(
            made.render(),
            "T\n\nrow        a  c\n---------  -  --\nlong name  x  -\nn          -  yy\n",
        )

    def test_equal_notes_share_a_number(self):
        made = Table("", "row", ["a", "b"])
        made.put("r", "a", "no", "TSO")
        made.put("r", "b", "no", "QEMU")
        made.put("s", "a", "no", "TSO")
        text = made.render()
        self.assertIn("r    no [1]  no [2]", text)
        self.assertIn("s    no [1]  -", text)
        self.assertTrue(text.endswith("\n[1] TSO\n[2] QEMU\n"))


class Canaries(unittest.TestCase):
    def _cell(self, line, status="PASSED"):
        return report.canary_cell(_Test("//canaries:x.tsan", status, "noise\n" + line + "\n"))

    def test_cells(self):
        self.assertEqual(self._cell("canary: expect=must found=yes"), ("found", ""))
        self.assertEqual(self._cell("canary: expect=must found=no", "FAILED"), ("silent!", ""))
        self.assertEqual(self._cell("canary: expect=may found=yes"), ("found now and then", ""))
        self.assertEqual(self._cell("canary: expect=may found=no"), ("not this time", ""))
        self.assertEqual(
            self._cell('canary: expect=cannot found=no reason="TSO hides it"'),
            ("cannot see", "TSO hides it"),
        )
        self.assertEqual(
            self._cell('canary: expect=cannot found=yes reason="r"', "FAILED"),
            ("found after all!", "r"),
        )

    def test_a_canary_that_says_nothing_is_loud(self):
        self.assertEqual(self._cell("")[0], "no verdict!")
        self.assertEqual(self._cell("", "FAILED_TO_BUILD")[0], "does not build!")


class Calibration(unittest.TestCase):
    def test_cells(self):
        made = report.calibrations([_Test("//s:calibration.tsan", "PASSED", _LITMUS)], _ROWS)
        self.assertEqual(made.get("SB_relaxed", "tsan"), "5.8k of 44.6k")
        self.assertEqual(made.get("SB_seq_cst", "tsan"), "never in 1.2M")
        self.assertEqual(made.get("MP_seq_cst", "tsan"), "2 of 2!")

    def test_a_litmus_test_without_outcomes_is_loud(self):
        self.assertEqual(report.calibration_cell("nothing\n"), "nothing ran!")


class Verdicts(unittest.TestCase):
    def _cell(self, status, *texts):
        return report.verdict_cell(_Test("//p:t.native", status, *texts))

    def test_the_contracts_line(self):
        self.assertEqual(self._cell("PASSED", _verdict("pass", 1234567, 2)), "pass 1.2M in 2.0s")

    def test_shards_are_added_and_the_worst_counts(self):
        cell = self._cell("FAILED", _verdict("pass", 10, 1), _verdict("fail", 20, 0.5))
        self.assertEqual(cell, "fail! 30 in 1.5s")

    def test_inconclusive_is_not_a_pass(self):
        self.assertEqual(
            self._cell("FAILED", _verdict("inconclusive", 5, 1)), "inconclusive! 5 in 1.0s"
        )

    def test_bazel_has_the_last_word(self):
        self.assertEqual(self._cell("FAILED", _verdict("pass", 5, 1)), "failed! 5 in 1.0s")
        self.assertEqual(self._cell("TIMEOUT"), "timeout!")
        self.assertEqual(self._cell("FAILED_TO_BUILD"), "does not build!")

    def test_what_is_not_run_where_and_why(self):
        test = _Test(
            "//examples:ck.native",
            "PASSED",
            tags=["native", "not_runnable:tsan=C, and = inline asm"],
        )
        text = report.verdicts("T", [test], _ROWS).render()
        self.assertRegex(text, r"//examples:ck +pass +not run \[1\]")
        self.assertIn("[1] C, and = inline asm", text)


class WholeReport(unittest.TestCase):
    def setUp(self):
        self.results = _results(
            _Test("//stress:calibration.native", "PASSED", _LITMUS),
            _Test(
                "//canaries:racy.tsan",
                "PASSED",
                _verdict("fail", 3, 1, failures=3) + "canary: expect=must found=yes\n",
                tags=["canary", "tsan"],
            ),
            _Test("//primitives/lock:lock_test.native", "PASSED", _verdict("pass", 100, 1)),
            _Test("//examples:queue_test.aarch64", "FAILED", _verdict("fail", 7, 1, failures=1)),
            _Test("//primitives/lock:unit_test", "PASSED"),
        )

    def test_every_test_is_in_its_table(self):
        text = report.tables(self.results, _ROWS)
        parts = ["Calibration", "SB_relaxed", "Canaries", "racy", "Primitives"]
        parts += ["lock_test", "Other people's code", "queue_test", "1 of 1 passed"]
        places = [text.index(part) for part in parts]
        self.assertEqual(places, sorted(places), text)

    def test_the_full_report_has_every_outcome(self):
        self.assertNotIn("r0=1 r1=1", report.tables(self.results, _ROWS))
        self.assertIn("r0=1 r1=1", report.tables(self.results, _ROWS, full=True))

    def test_the_last_line_and_the_exit_code(self):
        line, code = report.last_line(self.results, 12.34)
        self.assertEqual(
            line,
            "hammerlock: verdict=fail scenario=* executions=110 failures=1"
            " tests=5 passed=4 failed=1 seconds=12.3 seed=1",
        )
        self.assertEqual(code, 66)
        del self.results.tests["//examples:queue_test.aarch64"]
        line, code = report.last_line(self.results, 1)
        self.assertIn("verdict=pass", line)
        self.assertEqual(code, 0)

    def test_failures_name_the_command_that_repeats_them(self):
        self.results.broken.append("//x/...: no targets found")
        text = report.failures(self.results)
        self.assertIn("FAILED: //examples:queue_test.aarch64 (failed)", text)
        self.assertIn("tools/hammerlock test //examples:queue_test.aarch64", text)
        self.assertIn("verdict=fail", text)
        self.assertIn("FAILED: //x/...: no targets found", text)
        self.assertNotIn("lock_test", text)

    def test_long_logs_are_cut_at_the_front(self):
        log = "".join("line %d\n" % i for i in range(1000))
        text = report.failures(_results(_Test("//a:b", "FAILED", log)))
        self.assertIn("line 999", text)
        self.assertNotIn("line 100\n", text)
        self.assertIn("940 lines before", text)
