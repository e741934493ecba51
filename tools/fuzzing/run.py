# SPDX-License-Identifier: Apache-2.0
"""One fuzz target in one configuration: fuzzed, its crashes kept, its corpus merged."""

import os
import re
import shutil
import time

import files

_NOT_FINDINGS = ("slow-unit-",)  # What libFuzzer notes and goes on.
_MERGE_SECONDS = 300
_MINIMISE_SECONDS = 30
_REPLAY_SECONDS = 120


class Run:
    """A fuzz target in one configuration."""

    def __init__(self, label, runner, out, children):
        self._children = children
        self.label = label
        self.runner = runner
        target, _, self.configuration = label.lstrip("/").rpartition(".")
        self.target = re.sub(r"[^A-Za-z0-9_]", "_", re.sub(r"_run$", "", target))
        self.name = "%s.%s" % (self.target, self.configuration)
        self.out = out
        self.corpus = out("corpora", self.target, self.configuration)
        self.work = out("work", self.name)

    def _command(self, arguments, log, seconds):
        """Runs the target; returns its exit code, None if it had to be stopped."""
        env = dict(os.environ, HAMMERLOCK_FUZZ_DIR=self.work, HAMMERLOCK_OPTIONS="")
        with open(log, "ab") as file:
            return self._children.run([self.runner] + arguments, env, file, seconds)

    def _prepare(self):
        # A merge that was cut short between its two renames.
        if not os.path.isdir(self.corpus) and os.path.isdir(self.corpus + ".old"):
            os.rename(self.corpus + ".old", self.corpus)
        shutil.rmtree(self.corpus + ".old", ignore_errors=True)
        os.makedirs(self.corpus, exist_ok=True)
        # What an earlier run left in work is kept: it was killed before it could merge.
        start = os.path.join(self.work, "corpus")
        os.makedirs(start, exist_ok=True)
        # What another configuration found is worth a try in this one.
        family = os.path.dirname(self.corpus)
        for configuration in os.listdir(family):
            for file in files.listed(os.path.join(family, configuration)):
                try:
                    shutil.copy(file, start)
                except FileNotFoundError:
                    pass  # The other one merges at this moment.

    def fuzz(self, seconds):
        """Does all there is to do with this run; returns what came of it, for the summary."""
        self._prepare()
        log = os.path.join(self.work, "log")
        began = time.monotonic()
        with open(log, "wb"):
            pass
        code = self._command(["-max_total_time=%d" % max(1, round(seconds))], log, seconds + 120)
        spent = time.monotonic() - began
        text = files.text(log)
        units = re.findall(r"^stat::number_of_executed_units: (\d+)|^#(\d+)\s", text, re.M)
        result = {
            "target": self.label,
            "configuration": self.configuration,
            "seconds": round(spent, 1),
            "executions": max([int(a or b) for a, b in units] or [0]),
            "crashes": [self._keep(file, seconds) for file in self._artifacts()],
        }
        if result["crashes"]:
            result["verdict"] = "fail"
        elif code != 0 or result["executions"] == 0:
            result["verdict"] = "inconclusive"
            result["why"] = _why(text) or "it ended with exit code %s" % code
            files.write(self.out("could_not_run.%s.log" % self.name), text)
        else:
            result["verdict"] = "pass"
        result["corpus"] = self._merge(log)
        shutil.rmtree(self.work, ignore_errors=True)
        return result

    def _artifacts(self):
        found = files.listed(os.path.join(self.work, "artifacts"))
        return [f for f in found if not os.path.basename(f).startswith(_NOT_FINDINGS)]

    def _keep(self, artifact, seconds):
        """Minimises a crash and keeps it; returns its entry in the summary."""
        smallest = artifact
        if not os.path.basename(artifact).startswith(("leak-", "oom-", "timeout-")):
            wanted = os.path.join(self.work, "minimised")
            limit = int(min(_MINIMISE_SECONDS, max(2, seconds)))
            arguments = ["-minimize_crash=1", "-max_total_time=%d" % limit]
            arguments += ["-exact_artifact_path=" + wanted, artifact]
            self._command(arguments, os.path.join(self.work, "minimise.log"), limit + 60)
            if os.path.exists(wanted) and 0 < os.path.getsize(wanted) <= os.path.getsize(artifact):
                smallest = wanted
        kept = self.out("crashes", "%s.%s" % (self.name, os.path.basename(artifact)))
        files.copy(smallest, kept)
        # How it fails, in its own words, once more: on the small one.
        log = os.path.join(self.work, "replay.log")
        self._command([smallest], log, _REPLAY_SECONDS)
        text = files.text(log)
        entry = {"file": kept, "replay": "bazel run %s -- %s" % (self.label, kept)}
        verdicts = re.findall(r"^hammerlock: verdict=fail .*$", text, re.M)
        if verdicts:
            entry["line"] = verdicts[-1]
        files.write(kept + ".txt", "%s\n%s\n" % (entry["replay"], text[-200000:]))
        return entry

    def _merge(self, log):
        """Replaces the corpus by the smallest one that covers as much; returns its size."""
        new = self.corpus + ".merging"
        shutil.rmtree(new, ignore_errors=True)
        os.makedirs(new)
        code = self._command(
            ["-merge=1", new, self.corpus, os.path.join(self.work, "corpus")], log, _MERGE_SECONDS
        )
        if code == 0 and files.listed(new):
            os.rename(self.corpus, self.corpus + ".old")
            os.rename(new, self.corpus)
            shutil.rmtree(self.corpus + ".old")
        shutil.rmtree(new, ignore_errors=True)
        return len(files.listed(self.corpus))


def _why(text):
    lines = [line for line in text.splitlines() if line.startswith(("hammerlock: ", "ERROR"))]
    lines = [line for line in lines if "are kept in" not in line]
    return lines[-1] if lines else ""
