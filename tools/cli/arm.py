# SPDX-License-Identifier: Apache-2.0
"""`hammerlock arm`: a foreign aarch64 program in the Arm engine, one process an execution."""

import argparse
import collections
import concurrent.futures
import json
import os
import re
import shutil
import struct
import subprocess
import sys
import tempfile
import time

import bazel
import outcome
from outcome import Refused, say

_PLUGIN = "//emulate/guest:libweak_memory.so"
_SYSROOT = "/usr/aarch64-linux-gnu"
_AARCH64 = 183
# Reruns that finding out which deviations a failure needs may take.
_SHRINK_RUNS = 150
_SHOWN = 30
# Where QEMU puts a position-independent program.
_PIE_BASE = 0x5500000000

Run = collections.namedtuple("Run", "seed code why outcomes deviations fallbacks output")
Deviation = collections.namedtuple(
    "Deviation", "kind thread number pc address bytes distance by value"
)


class _Parser(argparse.ArgumentParser):
    def error(self, message):
        raise Refused("arm: %s; see 'tools/hammerlock arm --help'" % message, outcome.USAGE)


def _parse(arguments):
    parser = _Parser(prog="tools/hammerlock arm", add_help=True, allow_abbrev=False)
    parser.add_argument("--seed", type=int, default=1, help="of the first execution; they count up")
    parser.add_argument("--executions", type=int, default=0, help="how many; 0: as time allows")
    parser.add_argument("--seconds", type=float, default=0, help="how long; 10 if neither is given")
    parser.add_argument("--jobs", type=int, default=1, help="executions at once")
    parser.add_argument("--strategy", choices=["random"], default="random")
    parser.add_argument("--model", choices=["arm", "tso", "sc"], default="arm")
    parser.add_argument("--stop", choices=["first", "never"], default="first")
    parser.add_argument("--replay", default="", help="the replay= of a failing run")
    parser.add_argument("--report", default="", help="a file for the results, as JSON")
    parser.add_argument("--shrink", type=int, choices=[0, 1], default=1)
    parser.add_argument("program", nargs=argparse.REMAINDER, metavar="-- PROGRAM [ARGS]")
    options = parser.parse_args(arguments)
    if options.program[:1] == ["--"]:
        options.program = options.program[1:]
    if not options.program:
        raise Refused("arm: name a program: tools/hammerlock arm -- PROGRAM [ARGS]", outcome.USAGE)
    for name in ("seed", "executions", "seconds", "jobs"):
        if getattr(options, name) < (1 if name == "jobs" else 0):
            raise Refused("arm: --%s=%s makes no sense" % (name, getattr(options, name)),
                          outcome.USAGE)
    if not options.executions and not options.seconds:
        options.seconds = 10
    return options


def check_program(path):
    """Refuses what is no aarch64 program. Returns whether it is position-independent."""
    if not os.path.isfile(path):
        raise Refused("there is no program %s: build it first, or name another" % path)
    with open(path, "rb") as file:
        head = file.read(20)
    machine = struct.unpack_from("<H", head, 18)[0] if head[:4] == b"\x7fELF" and len(head) == 20 else 0
    if machine != _AARCH64:
        raise Refused(
            "%s is not an aarch64 program (ELF machine %d, wanted %d): build it for aarch64"
            % (path, machine, _AARCH64)
        )
    return struct.unpack_from("<H", head, 16)[0] == 3


def _plugin():
    """Builds the engine; returns its path."""
    if not shutil.which("qemu-aarch64"):
        raise Refused("qemu-aarch64 is not installed: run 'tools/hammerlock install' (package"
                      " qemu-user)")
    quiet = ["--noshow_progress", "--ui_event_filters=-info"]
    return bazel.build([_PLUGIN], "the Arm engine", quiet)[0]


class Engine:
    """Runs the program once for each seed that it is asked for."""

    def __init__(self, plugin, program, model):
        self._plugin = plugin
        self._program = program
        self._model = model

    def run(self, seed, only=None, model=None, show=False):
        """One execution; `only` are the deviations, THREAD.NUMBER, that it may have; None: any."""
        with tempfile.TemporaryDirectory(prefix="hammerlock.") as folder:
            report = os.path.join(folder, "report")
            plugin = "%s,seed=%d,model=%s,report=%s" % (
                self._plugin, seed, model or self._model, report)
            if only is not None:
                plugin += ",only=" + "+".join(only)
            command = ["qemu-aarch64", "-cpu", "max,sve=off", "-seed", str(seed), "-L", _SYSROOT,
                       "-plugin", plugin] + self._program
            pipe = None if show else subprocess.PIPE
            done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=pipe, stderr=pipe,
                                  check=False)
            return _read(seed, done, report)


def _read(seed, done, report):
    why, outcomes, deviations, fallbacks = "", [], [], 0
    if os.path.exists(report):
        with open(report, encoding="utf-8", errors="replace") as file:
            for line in file:
                key, _, rest = line.rstrip("\n").partition(" ")
                if key == "outcome":
                    outcomes.append(rest)
                elif key == "failure":
                    why = rest
                elif key == "fallback":
                    fallbacks += int(rest.split()[1])
                elif key == "deviation":
                    kind, event, *fields = rest.split()
                    thread, number = event.split(".")
                    values = dict(field.split("=") for field in fields)
                    deviations.append(Deviation(
                        kind, int(thread), int(number), int(values["pc"], 16),
                        int(values["address"], 16), int(values["bytes"]), int(values["distance"]),
                        int(values["by"]), int(values["value"], 16)))
    output = b"".join(part or b"" for part in (done.stdout, done.stderr))
    if not why and done.returncode < 0:
        why = "QEMU was ended by signal %d" % -done.returncode
    elif not why and done.returncode >= 128:
        why = "the program was ended by signal %d" % (done.returncode - 128)
    elif not why and done.returncode:
        why = "the program exited with %d" % done.returncode
    return Run(seed, done.returncode, why, outcomes, deviations, fallbacks, output)


def verdict(run):
    """pass, fail or inconclusive."""
    if run.code == 0:
        return "pass"
    return "inconclusive" if run.code == outcome.INCONCLUSIVE else "fail"


def names(run):
    """The events of its deviations, each once."""
    return list(dict.fromkeys("%d.%d" % (d.thread, d.number) for d in run.deviations))


def needed(engine, failing, budget=_SHRINK_RUNS):
    """The failing run with as few deviations as were found enough."""
    best = failing
    # In halves at first, and one by one at last.
    chunk = max(1, (len(names(best)) + 1) // 2)
    while budget > 0:
        left = names(best)
        smaller = False
        for begin in range(0, len(left), chunk):
            if budget <= 0:
                break
            budget -= 1
            run = engine.run(failing.seed, left[:begin] + left[begin + chunk :])
            if verdict(run) == "fail" and run.why == failing.why:
                best, smaller = run, True
                break
        if smaller:
            chunk = max(1, min(chunk, (len(names(best)) + 1) // 2))
        elif chunk == 1:
            break
        else:
            chunk = chunk // 2
    return best


def _lines(program, position_independent, addresses):
    """{address: "file:line"} of those that are known."""
    tool = shutil.which("llvm-symbolizer-19") or "/usr/lib/llvm-19/bin/llvm-symbolizer"
    if not addresses or not os.path.exists(tool):
        return {}
    base = _PIE_BASE if position_independent else 0
    asked = [a for a in addresses if 0 <= a - base < 1 << 32]
    done = subprocess.run([tool, "--output-style=JSON", "--obj=" + program],
                          input="".join("0x%x\n" % (a - base) for a in asked),
                          stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, check=False)
    found = {}
    for address, line in zip(asked, done.stdout.splitlines()):
        frames = json.loads(line).get("Symbol") or [{}]
        # An inlined function's line first: that of a library's atomic says little.
        for frame in frames:
            name = frame.get("FileName", "")
            if name and "/include/c++/" not in name and frame.get("Line", 0):
                found[address] = "%s:%d" % (os.path.basename(name), frame.get("Line", 0))
                break
    return found


def _say_deviation(d):
    if d.kind == "stale":
        by = " of thread %d" % d.by if d.by >= 0 else ""
        return "reads 0x%x%s, %d store%s back" % (d.value, by, d.distance, "s"[: d.distance != 1])
    if d.kind == "early":
        return "stores 0x%x before %d store%s" % (d.value, d.distance, "s"[: d.distance != 1])
    if d.kind == "deferred":
        return "loads after %d later access%s" % (d.distance, "es"[: 2 * (d.distance != 1)])
    return "store exclusive fails"


def trail(run, lines):
    """The deviations as text: a column a thread, a row each."""
    if not run.deviations:
        return "no deviation from sequential consistency is needed: it is the schedule\n"
    threads = sorted({d.thread for d in run.deviations})
    cells = []
    for d in run.deviations[-_SHOWN:]:
        place = lines.get(d.pc, "0x%x" % d.pc)
        cells.append((d.thread, "%s: %s" % (place, _say_deviation(d))))
    widths = {t: max([len("thread %d" % t)] + [len(c) for at, c in cells if at == t])
              for t in threads}
    rows = ["  ".join(("thread %d" % t).ljust(widths[t]) for t in threads)]
    for at, cell in cells:
        rows.append("  ".join((cell if t == at else "").ljust(widths[t]) for t in threads))
    left = len(run.deviations) - len(cells)
    head = ["(%d before these)" % left] if left else []
    return "\n".join(row.rstrip() for row in head + rows) + "\n"


def strongest(engine, failing):
    """The strongest model that still shows the failure."""
    for model in ("sc", "tso"):
        if verdict(engine.run(failing.seed, model=model)) == "fail":
            return model
    return "arm"


def _seeds(options, began):
    seed = options.seed
    while True:
        if options.executions and seed - options.seed >= options.executions:
            return
        if options.seconds and seed != options.seed and time.monotonic() - began >= options.seconds:
            return
        yield seed
        seed += 1


def _search(engine, options, began):
    """All runs, in the order of their seeds, up to the first that failed if it is to stop there."""
    terminal = sys.stderr.isatty()
    runs = []
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        seeds = _seeds(options, began)
        first = next(seeds, None)
        # The first one is seen; the others are asked for their output only if they fail.
        waiting = collections.deque([pool.submit(engine.run, first, show=options.jobs == 1)])
        while waiting:
            while len(waiting) < options.jobs:
                seed = next(seeds, None)
                if seed is None:
                    break
                waiting.append(pool.submit(engine.run, seed))
            run = waiting.popleft().result()
            runs.append(run)
            if terminal:
                print("\r\033[K%d executions" % len(runs), end="", file=sys.stderr, flush=True)
            if verdict(run) == "inconclusive" or (verdict(run) == "fail" and options.stop == "first"):
                break
            if not waiting:
                seed = next(seeds, None)
                if seed is not None:
                    waiting.append(pool.submit(engine.run, seed))
    if terminal:
        print("\r\033[K", end="", file=sys.stderr)
    return runs


def _replayed(engine, options, name):
    match = re.fullmatch(r"1/([^/]+)/(\d+)(?:~([\d.+]*))?", options.replay)
    if not match:
        raise Refused('"%s" is not a replay of the Arm engine: it reads 1/PROGRAM/SEED~DEVIATIONS'
                      % options.replay, outcome.USAGE)
    if match.group(1) != name:
        raise Refused("the replay is of the program %s, and this is %s" % (match.group(1), name),
                      outcome.USAGE)
    only = match.group(3)
    if only is not None:
        only = [name for name in only.split("+") if name]
    return engine.run(int(match.group(2)), only, show=True)


def _write(path, keys, outcomes, run):
    report = dict(keys, outcomes=dict(outcomes))
    if run:
        report["deviations"] = [d._asdict() for d in run.deviations]
    temporary = path + ".new"
    try:
        with open(temporary, "w", encoding="utf-8") as file:
            json.dump(report, file, indent=1)
            file.write("\n")
        os.replace(temporary, path)
    except OSError as error:
        raise Refused("the report %s cannot be written: %s" % (path, error.strerror)) from None


def run(arguments):
    """The verb. Returns the exit code."""
    options = _parse(arguments)
    program = options.program[0]
    position_independent = check_program(program)
    name = os.path.basename(program)
    engine = Engine(_plugin(), options.program, options.model)
    began = time.monotonic()
    if options.replay:
        runs = [_replayed(engine, options, name)]
    else:
        runs = _search(engine, options, began)
    failures = [r for r in runs if verdict(r) == "fail"]
    odd = [r for r in runs if verdict(r) == "inconclusive"]
    outcomes = collections.Counter(text for r in runs for text in r.outcomes)
    for text, count in sorted(outcomes.items()):
        print("%8d %s" % (count, text), file=sys.stderr)
    keys = collections.OrderedDict(
        verdict="fail" if failures else "inconclusive" if odd else "pass",
        scenario=name, executions=len(runs), failures=len(failures))
    shown = None
    if failures:
        shown = failures[0]
        keys["first_failure"] = runs.index(shown) + 1
        sys.stderr.buffer.write(shown.output)
        sys.stderr.flush()
        keys["replay"] = options.replay or "1/%s/%d" % (name, shown.seed)
        if not options.replay and options.shrink:
            shown = needed(engine, shown)
            keys["replay"] += "~" + "+".join(names(shown))
        lines = _lines(program, position_independent, sorted({d.pc for d in shown.deviations}))
        print("%s: %s" % (name, shown.why), file=sys.stderr)
        print(trail(shown, lines), end="", file=sys.stderr)
        if options.model == "arm" and options.shrink and not options.replay:
            print("the strongest model that shows it with this seed: %s"
                  % strongest(engine, failures[0]), file=sys.stderr)
        model = "" if options.model == "arm" else " --model=" + options.model
        print("replay: tools/hammerlock arm%s --replay=%s -- %s"
              % (model, keys["replay"], " ".join(options.program)), file=sys.stderr)
    elif odd:
        say(odd[0].why)
        sys.stderr.buffer.write(odd[0].output)
    keys["distinct"] = len(outcomes)
    keys["fallbacks"] = sum(r.fallbacks for r in runs)
    keys["seconds"] = "%.2f" % (time.monotonic() - began)
    keys["seed"] = shown.seed if shown else options.seed
    if options.report:
        _write(options.report, keys, outcomes, shown)
    order = [k for k in keys if k != "replay"] + [k for k in keys if k == "replay"]
    print("hammerlock: " + " ".join("%s=%s" % (k, keys[k]) for k in order), file=sys.stderr,
          flush=True)
    return {"pass": outcome.PASS, "fail": outcome.FAIL}.get(keys["verdict"], outcome.INCONCLUSIVE)
