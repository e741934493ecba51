# SPDX-License-Identifier: Apache-2.0
"""The long fuzzing run: `tools/hammerlock nightly`. docs/fuzzing.md says what it keeps, and where.

Every file that others read is renamed into place when it is whole, so that a run may be killed at
any point; the next one with the same --out and --minutes does what is left.
"""

import argparse
import concurrent.futures
import fcntl
import json
import os
import signal
import sys
import threading

_TOOLS = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(_TOOLS, "cli"), os.path.join(_TOOLS, "fuzzing")]

import children
import columns
import files
import outcome
import targets
from outcome import Refused, say

_CHILDREN = children.Children()


class _Parser(argparse.ArgumentParser):
    def error(self, message):
        raise Refused("nightly: %s ('nightly --help' says more)" % message, outcome.USAGE)


def _minutes(text):
    try:
        value = float(text)
    except ValueError:
        value = 0
    if not 0 < value < 1e6:
        raise argparse.ArgumentTypeError("%r is not a number of minutes" % text)
    return value


def _jobs(text):
    if not text.isdecimal() or not 1 <= int(text) <= 1024:
        raise argparse.ArgumentTypeError("%r is not a number of processes" % text)
    return int(text)


def parse(arguments):
    parser = _Parser(
        prog="tools/hammerlock nightly",
        allow_abbrev=False,
        description="Fuzzes every fuzz target in each of its configurations. Exit code 66 if"
        " something was found, 67 if something could not run.",
    )
    parser.add_argument("--minutes", type=_minutes, required=True, help="of fuzzing, in all")
    parser.add_argument(
        "--out", required=True, help="folder for corpora, crashes and the summary; kept from run to run"
    )
    parser.add_argument(
        "--jobs", type=_jobs, default=os.cpu_count() or 1, help="how many run at once (%(default)s)"
    )
    return parser.parse_args(arguments)


class Out:
    """The folder that outlives a run."""

    def __init__(self, path):
        if not path:
            raise Refused("--out= names no folder", outcome.USAGE)
        self.path = os.path.abspath(path)
        try:
            os.makedirs(os.path.join(self.path, "crashes"), exist_ok=True)
            self._lock = open(os.path.join(self.path, ".lock"), "w", encoding="utf-8")
        except OSError as error:
            raise Refused("--out=%s cannot be written: %s" % (path, error.strerror), outcome.USAGE) from None
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            self._lock.close()
            raise Refused("another nightly run uses --out=%s" % path, outcome.USAGE) from None
        # What a run that was killed had not written whole.
        for folder in (self.path, self("crashes")):
            for file in files.listed(folder):
                if file.endswith(".new"):
                    os.remove(file)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._lock.close()

    def __call__(self, *parts):
        return os.path.join(self.path, *parts)


class Progress:
    """What has been done of a run, on disk and on the terminal."""

    def __init__(self, out, minutes, runs):
        self._path = out("unfinished.json")
        self._minutes = minutes
        self._count = len(runs)
        self._lock = threading.Lock()
        self.results = []
        try:
            before = json.loads(files.text(self._path) or "{}")
        except ValueError:
            before = {}
        if before.get("minutes") == minutes:
            labels = {run.label for run in runs}
            self.results = [r for r in before["results"] if r["target"] in labels]
        if self.results:
            say("goes on with an unfinished run: %d of %d are done" % (len(self.results), self._count))

    def done(self):
        return {result["target"] for result in self.results}

    def started(self, run):
        if sys.stderr.isatty():
            with self._lock:
                text = "%d of %d done; fuzzes %s" % (len(self.results), self._count, run.name)
                sys.stderr.write("\r\033[K" + text[:100])
                sys.stderr.flush()

    def finished(self, result):
        with self._lock:
            self.results.append(result)
            files.write(self._path, json.dumps({"minutes": self._minutes, "results": self.results}))
            if sys.stderr.isatty():
                sys.stderr.write("\r\033[K")
            for crash in result["crashes"]:
                say("%s: found: %s" % (result["target"], crash["replay"]))
            if result["verdict"] == "inconclusive":
                say("%s could not run: %s" % (result["target"], result["why"]))

    def forget(self):
        if os.path.exists(self._path):
            os.remove(self._path)


def fuzz(runs, minutes, jobs, progress):
    """Does what is not done yet, `jobs` at a time, each for its share."""
    share = minutes * 60 * min(jobs, len(runs)) / len(runs)
    waiting = [run for run in runs if run.label not in progress.done()]

    def one(run):
        if _CHILDREN.stopped:
            return
        progress.started(run)
        result = run.fuzz(share)
        if not _CHILDREN.stopped:
            progress.finished(result)

    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        try:
            for future in [pool.submit(one, run) for run in waiting]:
                future.result()
        except BaseException:
            _CHILDREN.stop()
            raise


def summary(results, broken, minutes):
    """(dict, table for people, last line, exit code) of a finished run."""
    results = sorted(results, key=lambda r: r["target"])
    crashes = [crash for result in results for crash in result["crashes"]]
    stuck = [r for r in results if r["verdict"] == "inconclusive"]
    verdict = "fail" if crashes else "inconclusive" if stuck or broken else "pass"
    found = columns.Table("", "target", ["seconds", "inputs", "corpus", "verdict"])
    for r in results:
        found.put(r["target"], "seconds", "%.0f" % r["seconds"])
        found.put(r["target"], "inputs", str(r["executions"]))
        found.put(r["target"], "corpus", str(r["corpus"]))
        found.put(r["target"], "verdict", r["verdict"])
    for label in broken:
        found.put(label, "verdict", "does not build")
    text = [found.render().rstrip()]
    for crash in crashes:
        text += ["", crash["replay"]] + ([crash["line"]] if "line" in crash else [])
    text += ["%s could not run: %s" % (r["target"], r["why"]) for r in stuck]
    executions = sum(r["executions"] for r in results)
    seconds = sum(r["seconds"] for r in results)
    line = (
        "hammerlock: verdict=%s scenario=* executions=%d failures=%d targets=%d could_not_run=%d"
        " seconds=%.1f" % (verdict, executions, len(crashes), len(results) + len(broken),
                           len(stuck) + len(broken), seconds)
    )
    everything = {
        "verdict": verdict,
        "executions": executions,
        "failures": len(crashes),
        "minutes": minutes,
        "seconds": seconds,
        "targets": results,
        "do_not_build": broken,
    }
    code = {"fail": outcome.FAIL, "inconclusive": outcome.INCONCLUSIVE, "pass": outcome.PASS}[verdict]
    return everything, "\n".join(text), line, code


def main(arguments):
    """Returns the exit code."""
    options = parse(arguments)
    with Out(options.out) as out:
        runs, broken = targets.targets(out, _CHILDREN)
        if not runs:
            raise Refused("no fuzz target builds: run 'bazel build %s' to see why" % broken[0])
        progress = Progress(out, options.minutes, runs)
        fuzz(runs, options.minutes, options.jobs, progress)
        everything, text, line, code = summary(progress.results, broken, options.minutes)
        files.write(out("summary.json"), json.dumps(everything, indent=2) + "\n")
        files.write(out("summary.txt"), "%s\n%s\n" % (text, line))
        progress.forget()
    print(text, flush=True)
    print(line, file=sys.stderr, flush=True)
    return code


def _interrupt(number, _):
    _CHILDREN.stop()
    raise KeyboardInterrupt(number)


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, _interrupt)
    signal.signal(signal.SIGINT, _interrupt)
    try:
        sys.exit(main(sys.argv[1:]))
    except Refused as refused:
        say(str(refused))
        sys.exit(refused.code)
    except OSError as error:
        say("nightly cannot go on: %s" % error)
        sys.exit(outcome.INCONCLUSIVE)
    except KeyboardInterrupt as interrupt:
        say("interrupted; the same command goes on from here")
        sys.exit(128 + (interrupt.args[0] if interrupt.args else signal.SIGINT))
