# SPDX-License-Identifier: Apache-2.0
import contextlib
import io
import json
import os
import pwd
import types
import unittest

import bazel
import fakes
import outcome
import places
from outcome import Refused

_CONFIGURED = json.dumps(
    {"id": {"targetConfigured": {"label": "//a:b"}}, "configured": {"testSize": "SMALL"}}
)
_PASSED = json.dumps(
    {"id": {"testSummary": {"label": "//a:b"}}, "testSummary": {"overallStatus": "PASSED"}}
)


class Patterns(unittest.TestCase):
    def test_targets_are_told_from_flags(self):
        for arguments in (["//a:b"], ["-x", ":c"], ["@r//a"], ["-//a/..."], ["--", "x"]):
            self.assertTrue(bazel.patterns(arguments), arguments)
        for arguments in ([], ["--config=tsan"], ["--runs_per_test", "10"]):
            self.assertFalse(bazel.patterns(arguments), arguments)


class Run(fakes.Machine):
    """What becomes of Bazel's own exit codes."""

    def setUp(self):
        super().setUp()
        os.environ["XDG_CACHE_HOME"] = self.path + "/cache"

    def _test(self, code, *lines):
        self.program(
            "bazel",
            'echo "$@" >> ${0%%/*}/calls\nfor word; do case $word in --build_event_json_file=*)\n'
            "cat > ${word#*=} <<'END'\n%s\nEND\n;; esac; done\nexit %d" % ("\n".join(lines), code),
        )
        with contextlib.redirect_stderr(io.StringIO()):
            return bazel.test(["//..."])

    def test_a_pass(self):
        results = self._test(0, _CONFIGURED, _PASSED)
        self.assertEqual((len(results.tests), results.failed()), (1, []))
        self.assertIn("--disk_cache=%s/cache/hammerlock" % self.path, self.calls()[0])
        self.assertTrue(self.calls()[0].endswith(" //..."))

    def test_a_failure(self):
        self.assertEqual(len(self._test(3, _CONFIGURED).failed()), 1)

    def test_never_a_pass_that_bazel_does_not_call_one(self):
        self.assertEqual(len(self._test(1, _CONFIGURED, _PASSED).failed()), 1)

    def test_codes_that_mean_it_could_not_run(self):
        for code, wanted in ((1, 67), (2, 64), (4, 67), (8, 67), (37, 67)):
            with self.assertRaises(Refused) as caught:
                self._test(code)
            self.assertEqual(caught.exception.code, wanted, code)

    def test_without_bazel(self):
        with self.assertRaises(Refused) as caught:
            bazel.test([])
        self.assertEqual(caught.exception.code, outcome.INCONCLUSIVE)


class Places(fakes.Machine):
    def test_the_cache_follows_the_environment(self):
        os.environ["HOME"] = "/h"
        os.environ.pop("XDG_CACHE_HOME", None)
        self.assertEqual(places.cache(), "/h/.cache/hammerlock")
        os.environ["XDG_CACHE_HOME"] = "/x"
        self.assertEqual(places.cache(), "/x/hammerlock")
        os.environ["XDG_CACHE_HOME"] = "relative"
        self.assertEqual(places.cache(), "/h/.cache/hammerlock")

    def test_bazel_gets_a_home_of_its_own_when_there_is_none(self):
        del os.environ["HOME"]
        os.environ["TMPDIR"] = self.path
        places.pwd = types.SimpleNamespace(getpwuid=lambda _: types.SimpleNamespace(pw_dir="/none"))
        self.addCleanup(setattr, places, "pwd", pwd)
        home = places.environment()["HOME"]
        self.assertEqual(os.stat(home).st_mode & 0o777, 0o700)
        self.assertEqual(places.home(), home)  # the second time it is there already

    def test_no_place_for_a_home_is_one_sentence(self):
        del os.environ["HOME"]
        os.environ["TMPDIR"] = "/nowhere"
        places.pwd = types.SimpleNamespace(getpwuid=lambda _: types.SimpleNamespace(pw_dir=""))
        self.addCleanup(setattr, places, "pwd", pwd)
        with self.assertRaises(Refused) as caught:
            places.home()
        self.assertIn("set HOME", str(caught.exception))
