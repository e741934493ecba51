# SPDX-License-Identifier: Apache-2.0
"""The tables of the main job, made from Bazel's results and what the tests printed."""

import re

import outcome
from columns import Table

_CANARY = re.compile(r'^canary: expect=(\w+) found=(\w+)(?: reason="(.*)")?$', re.MULTILINE)
# A litmus table: "NAME, FILE:LINE", then rows of outcome, count, share, grade, meaning.
_LITMUS = re.compile(r"^(\w+), \S+:\d+$", re.MULTILINE)
_OUTCOME = re.compile(r"^.* (\d+) +[\d.]+% +(\w+)", re.MULTILINE)
_CELLS = {
    ("must", "yes"): "found",
    ("must", "no"): "silent!",
    ("may", "yes"): "found now and then",
    ("may", "no"): "not this time",
    ("cannot", "no"): "cannot see",
    ("cannot", "yes"): "found after all!",
}
# How many logs of failed tests are printed, and how much of each.
_LOGS = 10
_LOG_LINES = 60


def split(label, configurations):
    """("//a:b", "tsan") of "//a:b.tsan"; (label, "") of a test outside of the matrix."""
    name, _, configuration = label.rpartition(".")
    return (name, configuration) if configuration in configurations else (label, "")


def short(number):
    """1234567 as 1.2M."""
    for unit, size in (("G", 10**9), ("M", 10**6), ("k", 10**3)):
        if number >= size:
            return "%.1f%s" % (number / size, unit)
    return "%d" % number


def _number(text):
    try:
        return float(text)
    except (TypeError, ValueError):
        return 0.0


def _not_run(test):
    """{configuration: reason}: the tags by which a concurrency_test says what it is not run in."""
    found = {}
    for tag in test.tags:
        if tag.startswith("not_runnable:"):
            configuration, _, reason = tag[len("not_runnable:") :].partition("=")
            found[configuration] = reason
    return found


def verdict_cell(test):
    """What a table says of one test: its verdict, and how much it did for it."""
    if test.status == "FAILED_TO_BUILD":
        return "does not build!"
    said = test.verdicts()
    if not said:
        return "pass" if test.passed else test.status.lower().replace("_", " ") + "!"
    # The worst of its shards.
    order = ["pass", "inconclusive", "not_instrumented", "fail"]
    worst = max(
        (verdict.get("verdict", "fail") for verdict in said),
        key=lambda name: order.index(name) if name in order else len(order),
    )
    if test.passed != (worst == "pass"):
        # A crash on the way out, say: the test's word against Bazel's.
        worst = test.status.lower().replace("_", " ")
    executions = sum(_number(verdict.get("executions")) for verdict in said)
    seconds = sum(_number(verdict.get("seconds")) for verdict in said)
    again = ", flaky" if test.status == "FLAKY" else ""
    loud = "" if test.passed else "!"
    return "%s%s%s %s in %.1fs" % (worst, again, loud, short(executions), seconds)


def canary_cell(test):
    """(cell, note) of one canary in one configuration."""
    if test.status == "FAILED_TO_BUILD":
        return "does not build!", ""
    said = [found for text in test.texts() for found in _CANARY.findall(text)]
    if not said:
        return "no verdict!", ""
    expect, found, reason = said[-1]
    return _CELLS.get((expect, found), "%s/%s!" % (expect, found)), reason


def canaries(tests, configurations):
    """The table of canaries: rows canaries, columns configurations."""
    made = Table("Canaries: known bugs, and who finds them", "canary", configurations)
    for test in tests:
        row, configuration = split(test.label, configurations)
        made.put(row.rpartition(":")[2], configuration, *canary_cell(test))
    return made


def verdicts(title, tests, configurations):
    """A table of verdicts: rows tests, columns configurations."""
    made = Table(title, "test", configurations)
    for test in tests:
        row, configuration = split(test.label, configurations)
        made.put(row, configuration, verdict_cell(test))
    for test in tests:
        row, _ = split(test.label, configurations)
        for configuration, reason in _not_run(test).items():
            if configuration in configurations and not made.get(row, configuration):
                made.put(row, configuration, "not run", reason)
    return made


def calibration_cell(text):
    """What a litmus table says: how often what is not an interleaving was seen."""
    counts = {}
    for count, grade in _OUTCOME.findall(text):
        counts[grade] = counts.get(grade, 0) + int(count)
    total = sum(counts.values())
    if not total:
        return "nothing ran!"
    weak = total - counts.get("acceptable", 0)
    wrong = counts.get("forbidden", 0) + counts.get("undescribed", 0)
    share = "%s of %s" % (short(weak), short(total)) if weak else "never in " + short(total)
    return share + ("!" if wrong else "")


def calibrations(tests, configurations):
    """The table of what each configuration can see at all: rows litmus tests."""
    title = "Calibration: the weak outcome, how often (! is one that C++ forbids)"
    made = Table(title, "litmus", configurations)
    for test in tests:
        _, configuration = split(test.label, configurations)
        for text in test.texts():
            # The names stand between the texts of their tables.
            parts = _LITMUS.split(text)
            for name, part in zip(parts[1::2], parts[2::2]):
                made.put(name, configuration, calibration_cell(part))
    return made


def logs(tests, configurations):
    """What each test printed, as it is."""
    text = []
    for test in tests:
        _, configuration = split(test.label, configurations)
        text.append("Calibration of %s (%s)\n" % (configuration, test.status.lower()))
        text += [part.rstrip() + "\n" for part in test.texts()]
    return "\n".join(text)


def _groups(results, configurations):
    """The tests by the part of the report that they belong to, in the table's order."""
    order = {name: i for i, name in enumerate(configurations)}
    groups = {"calibration": [], "canary": [], "ours": [], "others": [], "unit": []}

    def place(test):
        name, configuration = split(test.label, configurations)
        return name, order.get(configuration, 0)

    for test in sorted(results.tests.values(), key=place):
        name, configuration = split(test.label, configurations)
        if not configuration:
            groups["unit"].append(test)
        elif name.endswith("calibration"):
            groups["calibration"].append(test)
        elif "canary" in test.tags:
            groups["canary"].append(test)
        elif test.label.startswith("//examples"):
            groups["others"].append(test)
        else:
            groups["ours"].append(test)
    return groups


def tables(results, configurations, full=False):
    """All tables of the main job as one text; configurations is the table's keys, in order.

    `full` adds every outcome of every litmus test of the calibrations.
    """
    groups = _groups(results, configurations)
    parts = [logs(groups["calibration"], configurations)] if full else []
    for made in (
        calibrations(groups["calibration"], configurations),
        canaries(groups["canary"], configurations),
        verdicts("Primitives", groups["ours"], configurations),
        verdicts("Other people's code", groups["others"], configurations),
    ):
        if made:
            parts.append(made.render())
    if groups["unit"]:
        passed = sum(test.passed for test in groups["unit"])
        parts.append("Unit tests beside them: %d of %d passed\n" % (passed, len(groups["unit"])))
    return "\n".join(parts)


def failures(results):
    """What failed, with the ends of the first logs and the command that repeats each."""
    text = []
    failed = results.failed()
    for shown, test in enumerate(failed):
        if isinstance(test, str):
            text.append("FAILED: " + test)
            continue
        text.append("FAILED: %s (%s)" % (test.label, test.status.lower().replace("_", " ")))
        text.append("  again: tools/hammerlock test " + test.label)
        if test.why and not test.logs:
            text += ["  why: " + line for line in test.why.strip().splitlines()[:3]]
        for part in test.texts() if shown < _LOGS else ():
            lines = part.rstrip().splitlines()
            if len(lines) > _LOG_LINES:
                text.append("  | ... %d lines before" % (len(lines) - _LOG_LINES))
            text += ["  | " + line for line in lines[-_LOG_LINES:]]
        text += ["  log: " + path for path in sorted(test.logs.values())[:4]]
    return "".join(line + "\n" for line in text)


def last_line(results, seconds):
    """(line, exit code): the contract's last line for a whole run."""
    said = [verdict for test in results.tests.values() for verdict in test.verdicts()]
    ours = [v for t in results.tests.values() if "canary" not in t.tags for v in t.verdicts()]
    seeds = {verdict["seed"] for verdict in said if "seed" in verdict}
    failed = len(results.failed())
    line = "hammerlock: verdict=%s scenario=* executions=%d failures=%d" % (
        "fail" if failed else "pass",
        sum(_number(verdict.get("executions")) for verdict in said),
        # A canary's failures are what it is for.
        sum(_number(verdict.get("failures")) for verdict in ours),
    )
    line += " tests=%d passed=%d failed=%d seconds=%.1f" % (
        len(results.tests) + len(results.broken),
        sum(test.passed for test in results.tests.values()),
        failed,
        seconds,
    )
    if len(seeds) == 1:
        line += " seed=" + seeds.pop()
    return line, outcome.FAIL if failed else outcome.PASS
