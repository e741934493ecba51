# SPDX-License-Identifier: Apache-2.0
"""Runs Bazel, with the disk cache that outlives a checkout, and reads what came of it."""

import os
import re
import shutil
import subprocess
import sys
import tempfile

import events
import outcome
import places
import table
from outcome import Refused, say

# Bazel's exit codes that are about the tests; every other one means that it could not run.
_TESTED = {0, 1, 3}
_USAGE = 2
_NO_TESTS = 4

# A log gets one line of progress a minute, so that nobody thinks it hangs, and of Bazel's
# other output the beginning: what went wrong first is what is wrong.
_LOG_FLAGS = [
    "--color=no",
    "--curses=no",
    "--show_progress_rate_limit=60",
    "--noshow_loading_progress",
    "--ui_event_filters=-info",
]
_LOG_LINES = 200

_PATTERN = re.compile(r"-?(//|@|:)")


def patterns(arguments):
    """Whether `arguments`, meant for `bazel test`, say themselves what to test."""
    return "--" in arguments or any(_PATTERN.match(argument) for argument in arguments)


def _head(stream, limit):
    """Passes on the first `limit` lines to standard error, and drops the others."""
    count = 0
    for line in stream:
        count += 1
        if count <= limit:
            sys.stderr.write(line)
            sys.stderr.flush()
    if count > limit:
        say("%d more lines of Bazel's are left out here" % (count - limit))


def _run(command, env):
    if sys.stderr.isatty():
        return subprocess.run(command, cwd=table.ROOT, env=env, stdin=subprocess.DEVNULL).returncode
    with subprocess.Popen(
        command,
        cwd=table.ROOT,
        env=env,
        stdin=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        errors="replace",
    ) as process:
        _head(process.stderr, _LOG_LINES)
    return process.returncode


def build(targets, what, flags=()):
    """Builds `targets`, optimised; returns their paths. `what` names them to people.

    Raises:
      Refused: they could not be built; Bazel has said why.
    """
    _require()
    command = ["bazel", "build", "-c", "opt", "--disk_cache=" + places.cache()]
    done = subprocess.run(command + list(flags) + targets, cwd=table.ROOT, env=places.environment(),
                          stdin=subprocess.DEVNULL, check=False)
    if done.returncode != 0:
        raise Refused("bazel could not build %s: see above" % what)
    return [os.path.join(table.ROOT, "bazel-bin", t[2:].replace(":", "/")) for t in targets]


def _require():
    # PATH's, and not ours by name, so that a user's own Bazel counts too.
    if not shutil.which("bazel"):
        raise Refused("bazel is not in PATH: run 'tools/hammerlock doctor'")


def test(arguments):
    """Runs `bazel test` with `arguments`, the targets among them.

    Returns:
      An events.Results.
    Raises:
      Refused: Bazel could not run, or was used wrongly; it has said why.
    """
    _require()
    with tempfile.TemporaryDirectory(prefix="hammerlock.") as folder:
        file = os.path.join(folder, "events.json")
        command = ["bazel", "test", "--keep_going", "--disk_cache=" + places.cache()]
        command += ["--build_event_json_file=" + file]
        # Failing logs are printed by us: after everything else, and not without end.
        command += ["--test_output=summary", "--test_summary=none"]
        if not sys.stderr.isatty():
            command += _LOG_FLAGS
        code = _run(command + arguments, places.environment())
        if code == _USAGE:
            raise Refused("bazel did not understand that (see above)", outcome.USAGE)
        if code == _NO_TESTS:
            raise Refused("no test is there to run: see above which targets and filters were meant")
        results = events.read(file)
        if code not in _TESTED or (code != 0 and not results.tests and not results.broken):
            raise Refused("bazel could not run the tests (its exit code is %d): see above" % code)
        if code != 0 and not results.failed():
            # Never a pass that Bazel itself does not call one.
            results.broken.append("bazel ended with exit code %d, though every test passed" % code)
    return results
