# SPDX-License-Identifier: Apache-2.0
"""The stable contract, end to end: flags, environment, last line, exit codes, files."""

import json
import os
import re
import resource
import signal
import subprocess
import tempfile
import unittest
import xml.etree.ElementTree

BINARY = os.path.abspath("contract_scenarios")
NAMES = ["Passes", "Undescribed", "FailsOnAChoice", "Crashes", "Exits", "Hangs", "RunsForLong"]
LAST_LINE = re.compile(
    r"hammerlock: verdict=(pass|fail|inconclusive|not_instrumented) scenario=\S+ executions=\d+ "
    r"failures=\d+( first_failure=\d+)? distinct=\d+ seconds=\d+\.\d+ seed=\d+( \S+=\S+)*$"
)


def run(*flags, **env):
    """Runs the binary; returns exit code, the last line as a dict, and standard error."""
    outer = {k: v for k, v in os.environ.items()
             if not k.startswith(("TEST_", "TESTBRIDGE", "XML_OUTPUT", "HAMMERLOCK"))}
    done = subprocess.run([BINARY, *flags], env=dict(outer, **env), capture_output=True, text=True,
                          check=False)
    lines = done.stderr.splitlines()
    last = lines[-1] if lines else ""
    keys = dict(part.split("=", 1) for part in last.split()[1:] if "=" in part)
    return done.returncode, keys if LAST_LINE.match(last) else {}, done.stderr


class Contract(unittest.TestCase):

    def one_sentence(self, code, wants, *flags, **env):
        got, _, stderr = run(*flags, **env)
        self.assertEqual(got, code, stderr)
        self.assertEqual(len(stderr.splitlines()), 1, stderr)
        self.assertTrue(stderr.startswith("hammerlock: "), stderr)
        self.assertIn(wants, stderr)

    def test_pass(self):
        code, last, _ = run("--filter=Passes", "--executions=100", "--seed=7")
        self.assertEqual(code, 0)
        self.assertEqual(last["verdict"], "pass")
        self.assertEqual(last["scenario"], "Passes")
        self.assertEqual(last["executions"], "100")
        self.assertEqual(last["seed"], "7")

    def test_fail_with_an_undescribed_outcome(self):
        code, last, stderr = run("--filter=Undescribed", "--executions=10")
        self.assertEqual(code, 66)
        self.assertEqual(last["verdict"], "fail")
        self.assertEqual(last["failures"], "10")
        self.assertEqual(last["first_failure"], "1")
        self.assertIn("undescribed", stderr)

    def test_a_failure_replays(self):
        code, last, stderr = run("--filter=FailsOnAChoice", "--executions=100000")
        self.assertEqual(code, 66)
        self.assertIn("contract_scenarios.cc:", stderr)
        self.assertIn("--replay=" + last["replay"], stderr)
        first, second = map(int, last["replay"].split("/")[2].split("."))
        self.assertEqual(first + second, 9)
        code, again, _ = run("--replay=" + last["replay"], "--executions=1")
        self.assertEqual(code, 66)
        self.assertEqual(again["replay"], last["replay"])

    def test_the_same_seed_fails_in_the_same_place(self):
        runs = [run("--filter=FailsOnAChoice", "--executions=100000", "--seed=5")[1]
                for _ in range(2)]
        self.assertEqual(runs[0]["first_failure"], runs[1]["first_failure"])
        self.assertEqual(runs[0]["replay"], runs[1]["replay"])
        other = run("--filter=FailsOnAChoice", "--executions=100000", "--seed=6")[1]
        self.assertNotEqual((runs[0]["first_failure"], runs[0]["replay"]),
                            (other["first_failure"], other["replay"]))

    def test_stop_never_counts_the_failures(self):
        _, last, _ = run("--filter=FailsOnAChoice", "--executions=2000", "--stop=never")
        self.assertEqual(last["executions"], "2000")
        # Ten of a hundred pairs fail; ten standard deviations are 134.
        self.assertAlmostEqual(int(last["failures"]), 200, delta=134)

    def test_a_crash_ends_in_a_verdict(self):
        code, last, stderr = run("--filter=Crashes")
        self.assertEqual((code, last["verdict"], last["failures"]), (66, "fail", "1"))
        self.assertIn("Aborted", stderr)

    def test_an_exit_ends_in_a_verdict(self):
        code, last, stderr = run("--filter=Exits")
        self.assertEqual((code, last["verdict"]), (66, "fail"))
        self.assertIn("exit code 3", stderr)

    def test_a_hang_ends_in_a_verdict_with_stacks(self):
        code, last, stderr = run("--filter=Hangs", "--deadlock_seconds=1")
        self.assertEqual((code, last["verdict"]), (66, "fail"))
        self.assertIn("deadlock", stderr)
        self.assertIn("HangsBody", stderr)

    def test_several_scenarios_end_in_one_last_line(self):
        code, last, stderr = run("--filter=Passes,Undescribed", "--executions=5")
        self.assertEqual(code, 66)
        self.assertEqual(last["scenario"], "Undescribed")
        self.assertEqual(last["scenarios"], "2")
        self.assertEqual(last["executions"], "10")
        self.assertEqual(stderr.count("hammerlock: verdict="), 3)

    def test_the_environment_has_the_same_names(self):
        code, last, _ = run(HAMMERLOCK_OPTIONS="filter=Pass*:executions=10:seed=3")
        self.assertEqual((code, last["scenario"], last["seed"]), (0, "Passes", "3"))

    def test_an_interruption_is_inconclusive_and_loses_nothing(self):
        with tempfile.TemporaryDirectory() as folder:
            report = os.path.join(folder, "report.json")
            process = subprocess.Popen(
                [BINARY, "--filter=Passes,RunsForLong", "--seconds=1000", "--executions=0",
                 "--report=" + report], stderr=subprocess.PIPE, text=True)
            process.stderr.readline()  # The seed: it runs.
            process.send_signal(signal.SIGTERM)
            stderr = process.communicate()[1]
            self.assertEqual(process.returncode, 67, stderr)
            self.assertIn("verdict=inconclusive", stderr.splitlines()[-1])
            with open(report, encoding="utf-8") as file:
                self.assertEqual(json.load(file)["verdict"], "inconclusive")

    def test_report(self):
        with tempfile.TemporaryDirectory() as folder:
            report = os.path.join(folder, "report.json")
            run("--filter=Passes,Undescribed", "--executions=5", "--report=" + report)
            with open(report, encoding="utf-8") as file:
                got = json.load(file)
            self.assertEqual(os.listdir(folder), ["report.json"])
        self.assertEqual(got["verdict"], "fail")
        self.assertEqual(got["executions"], 10)
        self.assertEqual([s["outcomes"] for s in got["scenarios"]],
                         [{"r0=1": 5}, {"r0=1": 0, "r0=2": 5}])

    def test_no_space_for_the_report_leaves_nothing_half_written(self):
        with tempfile.TemporaryDirectory() as folder:
            report = os.path.join(folder, "report.json")
            done = subprocess.run(
                [BINARY, "--filter=Passes", "--executions=5", "--report=" + report],
                capture_output=True, text=True, check=False,
                preexec_fn=lambda: (signal.signal(signal.SIGXFSZ, signal.SIG_IGN),
                                    resource.setrlimit(resource.RLIMIT_FSIZE, (16, 16))))
            self.assertEqual(done.returncode, 67, done.stderr)
            self.assertIn("nothing was written to", done.stderr)
            self.assertEqual(os.listdir(folder), [])

    def test_bad_input_gets_one_sentence(self):
        self.one_sentence(64, "unknown flag \"sed\"", "--sed=1")
        self.one_sentence(64, "HAMMERLOCK_OPTIONS", HAMMERLOCK_OPTIONS="sed=1")
        self.one_sentence(64, "there are: " + ", ".join(NAMES), "--filter=Nothing*")
        self.one_sentence(64, "is not a replay", "--replay=x")
        self.one_sentence(64, "of version 0", "--replay=0/Passes/")
        self.one_sentence(64, "which this program does not have", "--replay=1/Other/")
        self.one_sentence(64, "does not fit Passes", "--replay=1/Passes/a.b")
        self.one_sentence(64, "No such file", "--report=/nowhere/at/all.json")
        self.one_sentence(64, "is a folder", "--report=/proc")
        self.one_sentence(64, "one of mixed, none, yield, preempt", "--noise=loud")

    def test_bazels_protocol(self):
        with tempfile.TemporaryDirectory() as folder:
            xml_file = os.path.join(folder, "test.xml")
            status = os.path.join(folder, "status")
            code, last, _ = run("--executions=5", TESTBRIDGE_TEST_ONLY="Pass*:Undescribed",
                                XML_OUTPUT_FILE=xml_file, TEST_TARGET="//a:b",
                                TEST_RANDOM_SEED="9")
            self.assertEqual((code, last["seed"]), (66, "9"))
            suite = xml.etree.ElementTree.parse(xml_file).getroot().find("testsuite")
            self.assertEqual(suite.get("name"), "//a:b")
            self.assertEqual([(c.get("name"), c.find("failure") is not None)
                              for c in suite.findall("testcase")],
                             [("Passes", False), ("Undescribed", True)])

            ran = []
            for shard in range(2):
                _, _, stderr = run("--executions=2", "--filter=Passes,FailsOnAChoice,RunsForLong",
                                   TEST_TOTAL_SHARDS="2", TEST_SHARD_INDEX=str(shard),
                                   TEST_SHARD_STATUS_FILE=status)
                ran.append(set(re.findall(r"verdict=\S+ scenario=(\w+)", stderr)))
            self.assertTrue(os.path.exists(status))
            self.assertEqual(ran[0] & ran[1], set())
            self.assertEqual(ran[0] | ran[1], {"Passes", "FailsOnAChoice", "RunsForLong"})

    def test_bazels_filter_may_leave_nothing(self):
        self.one_sentence(0, "leave no scenario", TESTBRIDGE_TEST_ONLY="Nothing")

    def test_list_and_help(self):
        done = subprocess.run([BINARY, "--list"], capture_output=True, text=True, check=True)
        self.assertEqual([line.split()[0] for line in done.stdout.splitlines()], NAMES)
        done = subprocess.run([BINARY, "--help"], capture_output=True, text=True, check=True)
        for flag in ["seed", "executions", "seconds", "replay", "report", "filter", "stop"]:
            self.assertIn("--%s=" % flag, done.stdout)


if __name__ == "__main__":
    unittest.main()
