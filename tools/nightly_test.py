# SPDX-License-Identifier: Apache-2.0
import contextlib
import io
import json
import os
import shutil
import signal
import subprocess
import sys
import time

import nightly  # first: it says where its parts are

import fakes
import outcome
from outcome import Refused

# A fuzz target as run.sh is: it keeps what it finds in $HAMMERLOCK_FUZZ_DIR.
_TARGET = """
echo "$0 $*" >> %(path)s/calls
case "$*" in
  *-merge=1*)
    to=$2
    cp "$3"/* "$4"/* "$to" 2> /dev/null
    exit 0 ;;
  *-minimize_crash=1*)
    for word; do case $word in -exact_artifact_path=*) printf x > "${word#*=}" ;; esac; done
    exit 0 ;;
  */minimised)
    echo 'hammerlock: verdict=fail scenario=S replay=1/S/pop' >&2
    exit 66 ;;
esac
mkdir -p "$HAMMERLOCK_FUZZ_DIR/artifacts"
printf input > "$HAMMERLOCK_FUZZ_DIR/corpus/%(name)s"
%(body)s
"""
_CLEAN = "echo 'stat::number_of_executed_units: 10' >&2\necho 'hammerlock: verdict=pass' >&2"
_CRASH = """printf xyz > "$HAMMERLOCK_FUZZ_DIR/artifacts/crash-1"
echo '#7 NEW' >&2
exit 66"""

_BAZEL = """
case $1 in
  query) cat %(path)s/labels ;;
  info) echo %(path)s/bin ;;
  build)
    for word; do case $word in
      --build_event_json_file=*) cp %(path)s/events "${word#*=}" ;;
    esac; done ;;
esac
exit ${code:-0}
"""


class Nightly(fakes.Machine):
    def setUp(self):
        super().setUp()
        for tool in ("cp", "sleep", "mkdir"):
            os.symlink(shutil.which(tool, path=self.real_path), os.path.join(self.path, tool))
        self.program("bazel", _BAZEL % {"path": self.path})
        self.out = os.path.join(self.path, "out")
        self.labels = []
        self.broken = []

    def target(self, name, body, builds=True):
        label = "//a:%s" % name
        self.labels.append(label)
        if builds:
            os.makedirs(os.path.join(self.path, "bin", "a"), exist_ok=True)
            file = os.path.join("bin", "a", name)
            self.program(file, _TARGET % {"path": self.path, "name": name, "body": body})
        else:
            self.broken.append(label)
        with open(os.path.join(self.path, "labels"), "w", encoding="utf-8") as file:
            file.write("\n".join(self.labels))
        with open(os.path.join(self.path, "events"), "w", encoding="utf-8") as file:
            for built in self.labels:
                completed = {"success": True} if built not in self.broken else {}
                event = {"id": {"targetCompleted": {"label": built}}, "completed": completed}
                file.write(json.dumps(event) + "\n")

    def run_nightly(self, *more):
        arguments = ["--minutes=0.01", "--out=" + self.out, "--jobs=2"] + list(more)
        self.printed, self.said = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(self.printed), contextlib.redirect_stderr(self.said):
            return nightly.main(arguments)

    def summary(self):
        with open(os.path.join(self.out, "summary.json"), encoding="utf-8") as file:
            return json.load(file)

    def in_out(self, *parts):
        folder = os.path.join(self.out, *parts)
        return sorted(os.listdir(folder)) if os.path.isdir(folder) else []

    def test_all_clean(self):
        self.target("x_fuzz_run.fuzz_asan", _CLEAN)
        self.target("x_fuzz_run.fuzz_tsan", _CLEAN)
        self.assertEqual(self.run_nightly(), outcome.PASS)
        summary = self.summary()
        self.assertEqual((summary["verdict"], summary["executions"]), ("pass", 20))
        self.assertEqual([r["corpus"] for r in summary["targets"]].count(0), 0)
        self.assertIn("x_fuzz_run.fuzz_asan", self.in_out("corpora", "a_x_fuzz", "fuzz_asan"))
        self.assertIn("verdict=pass", self.said.getvalue().splitlines()[-1])
        self.assertNotIn("\r", self.said.getvalue())
        # Nothing half-done is left.
        self.assertEqual(self.in_out("work"), [])
        self.assertEqual(self.in_out(), [".lock", "corpora", "crashes", "summary.json", "summary.txt",
                                         "work"])

    def test_a_crash_is_kept_minimised_and_replayable(self):
        self.target("x_fuzz_run.fuzz_asan", _CRASH)
        self.target("y_fuzz_run.fuzz_asan", _CLEAN)
        self.assertEqual(self.run_nightly(), outcome.FAIL)
        (crash,) = [c for r in self.summary()["targets"] for c in r["crashes"]]
        with open(crash["file"], encoding="utf-8") as file:
            self.assertEqual(file.read(), "x")  # xyz, minimised
        replay = "bazel run //a:x_fuzz_run.fuzz_asan -- " + crash["file"]
        self.assertEqual(crash["replay"], replay)
        self.assertIn(replay, self.printed.getvalue())
        self.assertIn("replay=1/S/pop", self.printed.getvalue())
        self.assertIn("verdict=fail", self.said.getvalue().splitlines()[-1])

    def test_what_runs_no_input_has_not_passed(self):
        self.target("x_fuzz_run.fuzz_asan", "exit 0")
        self.assertEqual(self.run_nightly(), outcome.INCONCLUSIVE)

    def test_what_cannot_run_says_why(self):
        self.target("x_fuzz_run.fuzz_asan", "echo 'hammerlock: no scenario' >&2; exit 64")
        self.assertEqual(self.run_nightly(), outcome.INCONCLUSIVE)
        self.assertIn("no scenario", self.printed.getvalue())

    def test_what_does_not_build_is_told_and_the_others_run(self):
        self.target("x_fuzz_run.fuzz_asan", "", builds=False)
        self.target("y_fuzz_run.fuzz_asan", _CLEAN)
        self.assertEqual(self.run_nightly(), outcome.INCONCLUSIVE)
        self.assertEqual(self.summary()["do_not_build"], ["//a:x_fuzz_run.fuzz_asan"])
        self.assertEqual(self.summary()["executions"], 10)

    def test_a_corpus_is_the_start_of_the_next_run_and_of_other_configurations(self):
        self.target("x_fuzz_run.fuzz_asan", _CLEAN)
        self.run_nightly()
        self.target("x_fuzz_run.fuzz_tsan", 'ls() { cd "$1" && echo *; }\nls '
                    '"$HAMMERLOCK_FUZZ_DIR/corpus" > %s/seen\n' % self.path + _CLEAN)
        self.run_nightly()
        self.assertIn("x_fuzz_run.fuzz_asan", self.calls("seen")[0])

    def test_a_rerun_does_what_is_left(self):
        self.target("x_fuzz_run.fuzz_asan", _CLEAN)
        self.target("y_fuzz_run.fuzz_asan", _CLEAN)
        self.run_nightly()
        done = [r for r in self.summary()["targets"] if "x_fuzz" in r["target"]]
        with open(os.path.join(self.out, "unfinished.json"), "w", encoding="utf-8") as file:
            json.dump({"minutes": 0.01, "results": done}, file)
        os.remove(os.path.join(self.path, "calls"))
        self.run_nightly()
        self.assertEqual([c for c in self.calls() if "x_fuzz_run" in c.split()[0]], [])
        self.assertEqual(len(self.summary()["targets"]), 2)
        self.assertNotIn("unfinished.json", self.in_out())

    def test_a_merge_that_was_cut_short_loses_nothing(self):
        self.target("x_fuzz_run.fuzz_asan", _CLEAN)
        old = os.path.join(self.out, "corpora", "a_x_fuzz", "fuzz_asan.old")
        os.makedirs(old)
        with open(os.path.join(old, "precious"), "w", encoding="utf-8"):
            pass
        self.run_nightly()
        self.assertIn("precious", self.in_out("corpora", "a_x_fuzz", "fuzz_asan"))

    def test_wrong_usage_is_one_sentence(self):
        for wrong in (
            [],
            ["--minutes=0", "--out=x"],
            ["--minutes=ten", "--out=x"],
            ["--minutes=nan", "--out=x"],
            ["--minutes=1"],
            ["--minutes=1", "--out=x", "--jobs=0"],
            ["--minutes=1", "--out=x", "--what"],
            ["--minutes=1", "--out=/dev/null/x"],
            ["--minutes=1", "--out="],
        ):
            with self.assertRaises(Refused) as caught:
                nightly.main(wrong)
            self.assertEqual(caught.exception.code, outcome.USAGE, wrong)
            self.assertNotIn("\n", str(caught.exception))

    def test_one_run_at_a_time(self):
        with nightly.Out(self.out):
            with self.assertRaises(Refused) as caught:
                nightly.Out(self.out)
        self.assertEqual(caught.exception.code, outcome.USAGE)

    def test_no_target_and_no_bazel(self):
        with open(os.path.join(self.path, "labels"), "w", encoding="utf-8"):
            pass
        with self.assertRaises(Refused) as caught:
            self.run_nightly()
        self.assertEqual(caught.exception.code, outcome.INCONCLUSIVE)
        os.remove(os.path.join(self.path, "bazel"))
        with self.assertRaises(Refused) as caught:
            self.run_nightly()
        self.assertEqual(caught.exception.code, outcome.INCONCLUSIVE)

    def test_killed_in_the_middle(self):
        self.target("x_fuzz_run.fuzz_asan", "echo $$ > %s/pid; exec sleep 60" % self.path)
        command = [sys.executable, "-B", nightly.__file__, "--minutes=1", "--out=" + self.out]
        process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
        pid = os.path.join(self.path, "pid")
        while not os.path.exists(pid) or not os.path.getsize(pid):
            self.assertIsNone(process.poll())
            time.sleep(0.01)
        process.send_signal(signal.SIGTERM)
        _, said = process.communicate(timeout=60)
        self.assertEqual(process.returncode, 128 + signal.SIGTERM)
        self.assertIn("goes on from here", said)
        with open(pid, encoding="utf-8") as file:
            with self.assertRaises(ProcessLookupError):
                os.kill(int(file.read()), 0)
        self.assertNotIn("summary.json", self.in_out())
        # What it had found is not lost.
        self.target("x_fuzz_run.fuzz_asan", _CLEAN)
        self.labels = self.labels[:1]
        self.target("y_fuzz_run.fuzz_asan", _CLEAN)
        self.assertEqual(self.run_nightly(), outcome.PASS)
