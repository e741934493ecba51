# SPDX-License-Identifier: Apache-2.0
"""What Bazel did with each test, read from its build event file (--build_event_json_file).

One JSON object a line. Four kinds of event are of use: targetConfigured says that there is
a test and what it is tagged with, testResult where an attempt's log is, testSummary how the
test ended. A test that has no summary was never run: it, or what it needs, does not build.
"""

import json
import re
import urllib.parse

_VERDICT = re.compile(r"hammerlock: (verdict=.*)")
_KEY = re.compile(r'(\w+)=("[^"]*"|\S*)')
# What Bazel's test wrapper puts before the test's own output.
_HEADER_END = "-" * 77


class Test:
    """One test target."""

    def __init__(self, label, tags=()):
        self.label = label
        self.tags = list(tags)
        self.status = "FAILED_TO_BUILD"
        self.cached = True
        self.seconds = 0.0
        self.logs = {}  # (run, shard): the last attempt's file
        self.why = ""

    @property
    def passed(self):
        return self.status in ("PASSED", "FLAKY")

    def texts(self):
        """What the test printed, shard for shard."""
        for _, path in sorted(self.logs.items()):
            try:
                with open(path, encoding="utf-8", errors="replace") as file:
                    text = file.read()
            except OSError:
                continue
            head, line, rest = text.partition(_HEADER_END + "\n")
            yield rest if line and head.startswith("exec ") else text

    def verdicts(self):
        """The contract's last line of each shard, as a dict; none where there is no such line."""
        found = []
        for text in self.texts():
            lines = _VERDICT.findall(text)
            if lines:
                found.append({key: value.strip('"') for key, value in _KEY.findall(lines[-1])})
        return found


class Results:
    """Everything that came of one `bazel test`."""

    def __init__(self):
        self.tests = {}  # label: Test
        self.broken = []  # what failed and belongs to no test: a pattern, a package

    def failed(self):
        return [test for test in self.tests.values() if not test.passed] + self.broken


def _path(uri):
    return urllib.parse.unquote(urllib.parse.urlsplit(uri).path)


def _result(test, identity, result):
    for file in result.get("testActionOutput", []):
        if file["name"] == "test.log" and "uri" in file:
            test.logs[(identity.get("run", 1), identity.get("shard", 1))] = _path(file["uri"])
    remote = result.get("executionInfo", {}).get("cachedRemotely", False)
    test.cached = test.cached and (result.get("cachedLocally", False) or remote)


def parse(lines):
    """Returns the Results that these lines of a build event file tell of."""
    results = Results()
    for line in lines:
        try:
            event = json.loads(line)
        except ValueError:
            continue  # the last line of a Bazel that was killed
        (kind, identity), = event.get("id", {"": {}}).items()
        label = identity.get("label", "") if isinstance(identity, dict) else ""
        test = results.tests.get(label)
        if kind == "targetConfigured" and event.get("configured", {}).get("testSize"):
            results.tests[label] = Test(label, event["configured"].get("tag", []))
        elif "aborted" in event:
            why = event["aborted"].get("description", "")
            if test:
                test.why = test.why or why
            elif kind == "pattern" and event["aborted"].get("reason") != "SKIPPED":
                results.broken.append("%s: %s" % (" ".join(identity.get("pattern", [])), why))
        elif test and kind == "targetCompleted":
            test.why = event.get("completed", {}).get("failureDetail", {}).get("message", "")
        elif test and kind == "testResult":
            _result(test, identity, event["testResult"])
        elif test and kind == "testSummary":
            summary = event["testSummary"]
            test.status = summary.get("overallStatus", "NO_STATUS")
            test.seconds = int(summary.get("totalRunDurationMillis", 0)) / 1000
    return results


def read(path):
    """Returns the Results of the build event file `path`; empty ones if there is none."""
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            return parse(file)
    except FileNotFoundError:
        return Results()
