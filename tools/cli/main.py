# SPDX-License-Identifier: Apache-2.0
"""The verbs of tools/hammerlock."""

import os
import signal
import sys
import time

import arm
import bazel
import bench
import doctor
import outcome
import packages
import report
import table
from outcome import Refused, say

_HELP = """\
usage: tools/hammerlock [VERB [ARGUMENTS]]

  (none)   the main job: canaries, primitives and other people's code in every configuration,
           with tables of what each configuration sees and of every verdict; --full adds every
           outcome of the calibrations
  test     the tests: bazel test //... (arguments are bazel's; targets among them replace //...)
  calibrate   of the main job the two tables that say what each configuration can see at all
  doctor   what each configuration needs, what of it this machine has, how to get the rest
  bench    each primitive beside its peers, as ratios (arguments are Google Benchmark's)
  arm      an aarch64 program in the Arm engine: arm [--flags] -- PROGRAM [ARGS]; arm --help
  nightly  the long fuzzing run: nightly --help
  lint     formatting, memory orders, licence lines; lint --fix formats
  install  only installs what is missing; with --lint also what lint needs
  configurations   their names, one a line; --default: those of every concurrency_test
  help     this

What is missing is installed by apt, as root or with sudo. Exit codes: 0 pass, 66 fail,
67 could not run or inconclusive, 64 wrong usage.
"""

_MAIN_FOLDERS = ["canaries", "primitives", "examples", "stress"]


def _has_packages(folder):
    return any("BUILD" in files for _, _, files in os.walk(os.path.join(table.ROOT, folder)))


def _finish(results, began):
    failed = report.failures(results)
    if failed:
        print(failed, flush=True)
    line, code = report.last_line(results, time.monotonic() - began)
    print(line, file=sys.stderr, flush=True)
    return code


def _tables_of(targets, arguments, job):
    if arguments not in ([], ["--full"]):
        raise Refused("%s knows only --full" % job, outcome.USAGE)
    began = time.monotonic()
    rows = table.load()
    packages.install(packages.needed(rows))
    results = bazel.test(targets)
    print(report.tables(results, list(rows), "--full" in arguments), flush=True)
    return _finish(results, began)


def main_job(arguments):
    targets = ["//%s/..." % folder for folder in _MAIN_FOLDERS if _has_packages(folder)]
    return _tables_of(targets, arguments, "the main job")


def calibrate(arguments):
    targets = ["//stress:calibration", "//stress:calibration.aarch64_plain", "//canaries/..."]
    return _tables_of(targets, arguments, "calibrate")


def test(arguments):
    began = time.monotonic()
    packages.install(packages.needed(table.load()))
    if not bazel.patterns(arguments):
        arguments = arguments + ["//..."]
    return _finish(bazel.test(arguments), began)


def benchmarks(arguments):
    packages.install(packages.needed(table.load()))
    return bench.run(arguments)


def install(arguments):
    unknown = [argument for argument in arguments if argument != "--lint"]
    if unknown:
        raise Refused("install knows --lint, not %r" % unknown[0], outcome.USAGE)
    wanted = packages.needed(table.load())
    if arguments:
        wanted.update(packages.LINT)
    packages.install(wanted)
    return outcome.PASS


def _script(path, arguments, why):
    """Becomes another program of ours."""
    full = os.path.join(table.ROOT, path)
    if not os.path.exists(full):
        raise Refused("%s: this checkout has no %s" % (why, path))
    os.execv(sys.executable, [sys.executable, "-B", full] + arguments)


def nightly(arguments):
    if not {"-h", "--help"} & set(arguments):
        packages.install(packages.needed(table.load()))
    _script("tools/nightly.py", arguments, "nightly cannot run")


def lint(arguments):
    _script("tools/checks/main.py", arguments, "lint cannot run")


def configurations(arguments):
    if arguments not in ([], ["--default"]):
        raise Refused("configurations knows only --default", outcome.USAGE)
    rows = table.load()
    print("\n".join(table.default_names(rows) if arguments else rows))
    return outcome.PASS


def help_(arguments):
    del arguments  # help never refuses
    print(_HELP, end="")
    return outcome.PASS


_VERBS = {
    "": main_job,
    "--full": lambda arguments: main_job(["--full"] + arguments),
    "test": test,
    "arm": arm.run,
    "bench": benchmarks,
    "calibrate": calibrate,
    "doctor": doctor.run,
    "nightly": nightly,
    "lint": lint,
    "install": install,
    "configurations": configurations,
    "help": help_,
    "--help": help_,
    "-h": help_,
}


def run(arguments):
    """Does what the arguments say; returns the exit code."""
    verb = arguments[0] if arguments else ""
    try:
        if verb not in _VERBS:
            raise Refused(
                "there is no verb %r: 'tools/hammerlock help' lists them" % verb, outcome.USAGE
            )
        return _VERBS[verb](arguments[1:])
    except Refused as refused:
        say(str(refused))
        if refused.code == outcome.INCONCLUSIVE and verb in ("", "--full", "test"):
            print("hammerlock: verdict=inconclusive scenario=* executions=0 failures=0 tests=0"
                  " passed=0 failed=0 seconds=0", file=sys.stderr)
        return refused.code
    except KeyboardInterrupt:
        return 128 + signal.SIGINT


if __name__ == "__main__":
    sys.exit(run(sys.argv[1:]))
