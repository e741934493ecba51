# SPDX-License-Identifier: Apache-2.0
import json
import os
import tempfile
import unittest

import events


def _configured(label, tags=()):
    return {
        "id": {"targetConfigured": {"label": label}},
        "configured": {"targetKind": "cc_test rule", "testSize": "SMALL", "tag": list(tags)},
    }


def _result(label, path, shard=1, attempt=1):
    return {
        "id": {"testResult": {"label": label, "run": 1, "shard": shard, "attempt": attempt}},
        "testResult": {"testActionOutput": [{"name": "test.log", "uri": "file://" + path}]},
    }


def _summary(label, status):
    return {
        "id": {"testSummary": {"label": label}},
        "testSummary": {"overallStatus": status, "totalRunDurationMillis": "1500"},
    }


def _parse(*lines):
    return events.parse([json.dumps(line) for line in lines])


class Parse(unittest.TestCase):
    def test_a_test_that_passed(self):
        got = _parse(_configured("//a:b", ["x"]), _summary("//a:b", "PASSED")).tests["//a:b"]
        self.assertTrue(got.passed)
        self.assertEqual((got.seconds, got.tags), (1.5, ["x"]))

    def test_a_test_without_summary_failed(self):
        results = _parse(
            _configured("//a:b"),
            {
                "id": {"targetCompleted": {"label": "//a:b"}},
                "completed": {"failureDetail": {"message": "clang failed"}},
            },
        )
        self.assertEqual([t.status for t in results.failed()], ["FAILED_TO_BUILD"])
        self.assertEqual(results.tests["//a:b"].why, "clang failed")

    def test_a_test_that_cannot_be_analysed_failed(self):
        results = _parse(
            _configured("//a:b"),
            {
                "id": {"configuredLabel": {"label": "//a:b"}},
                "aborted": {"reason": "ANALYSIS_FAILURE", "description": "no such target"},
            },
            {
                "id": {"targetCompleted": {"label": "//a:b"}},
                "aborted": {"reason": "ANALYSIS_FAILURE"},
            },
        )
        self.assertEqual(results.failed()[0].why, "no such target")

    def test_statuses_that_are_not_a_pass(self):
        for status in ("FAILED", "TIMEOUT", "NO_STATUS", "INCOMPLETE", "REMOTE_FAILURE"):
            results = _parse(_configured("//a:b"), _summary("//a:b", status))
            self.assertEqual(len(results.failed()), 1, status)

    def test_a_pattern_that_does_not_load_is_a_failure_of_its_own(self):
        results = _parse(
            {
                "id": {"pattern": {"pattern": ["//x/..."]}},
                "aborted": {"reason": "LOADING_FAILURE", "description": "no targets found"},
            }
        )
        self.assertEqual(results.failed(), ["//x/...: no targets found"])

    def test_a_library_is_no_test(self):
        event = {"id": {"targetConfigured": {"label": "//a:l"}}, "configured": {}}
        self.assertEqual(_parse(event).tests, {})

    def test_a_line_cut_off_is_passed_over(self):
        lines = [json.dumps(_configured("//a:b")), '{"id": {"testSum']
        self.assertEqual(list(events.parse(lines).tests), ["//a:b"])


class Logs(unittest.TestCase):
    def _log(self, text):
        file = tempfile.NamedTemporaryFile("w", suffix="#.log", delete=False)
        self.addCleanup(os.remove, file.name)
        with file:
            file.write(text)
        return file.name

    def test_the_last_verdict_of_each_shard_counts(self):
        one = self._log(
            "hammerlock: verdict=pass scenario=A executions=1\n"
            "hammerlock: verdict=fail scenario=* executions=7 seed=3\n"
        )
        two = self._log("nothing\n")
        results = _parse(
            _configured("//a:b"),
            _result("//a:b", one.replace("#", "%23"), shard=1),
            _result("//a:b", two.replace("#", "%23"), shard=2),
        )
        self.assertEqual(
            results.tests["//a:b"].verdicts(),
            [{"verdict": "fail", "scenario": "*", "executions": "7", "seed": "3"}],
        )

    def test_the_last_attempt_counts(self):
        first, second = self._log("first"), self._log("second")
        results = _parse(
            _configured("//a:b"),
            _result("//a:b", first.replace("#", "%23"), attempt=1),
            _result("//a:b", second.replace("#", "%23"), attempt=2),
        )
        self.assertEqual(list(results.tests["//a:b"].texts()), ["second"])

    def test_what_bazels_wrapper_says_is_not_the_tests(self):
        header = 'exec ${PAGER:-/usr/bin/less} "$0" || exit 1\nExecuting tests\n' + "-" * 77 + "\n"
        log = self._log(header + "mine\n")
        results = _parse(_configured("//a:b"), _result("//a:b", log.replace("#", "%23")))
        self.assertEqual(list(results.tests["//a:b"].texts()), ["mine\n"])
