# SPDX-License-Identifier: Apache-2.0
"""`tools/hammerlock bench`: each primitive beside its peers, in one run, as ratios.

A benchmark is named BM_GROUP<SUBJECT>/threads:N. Of a group and a number of threads, each
subject of ours is set against each peer: below 1 ours takes less time.
"""

import json
import re
import subprocess

import bazel
import columns
from outcome import PASS, Refused

_TARGETS = ["//primitives/lock:lock_benchmark", "//primitives/container:container_benchmark"]
_NAME = re.compile(r"(?P<group>\w+)<(?P<subject>.*)>(?:/real_time)?/threads:(?P<threads>\d+)$")
_PEER = re.compile(r"std::|Absl|absl::|Boost|boost::|Moodycamel|Mutex(Deque|Vector)\b")


def ratios(benchmarks):
    """A text of tables from what Google Benchmark wrote.

    Args:
      benchmarks: the "benchmarks" of its JSON: dicts with "name" and "real_time", in one unit.
    Raises:
      Refused: there is nothing to compare.
    """
    groups = {}
    for entry in benchmarks:
        match = _NAME.match(entry["name"])
        if match and entry.get("run_type", "iteration") == "iteration":
            key = (match["group"], int(match["threads"]))
            groups.setdefault(key, {})[match["subject"]] = float(entry["real_time"])
    text = []
    for (group, threads), times in groups.items():
        peers = [name for name in times if _PEER.match(name)]
        ours = [name for name in times if name not in peers]
        if not ours or not peers:
            continue
        title = "%s, %d thread%s" % (group[3:], threads, "" if threads == 1 else "s")
        shown = columns.Table(title, "time a round, and its ratio to", ["ns"] + peers)
        for name in ours:
            shown.put(name, "ns", "%.1f" % times[name])
            for peer in peers:
                shown.put(name, peer, "%.2f" % (times[name] / times[peer]))
        text.append(shown.render())
    if not text:
        raise Refused("the benchmarks printed nothing that could be compared")
    return "\n".join(text)


def run(arguments):
    """Builds and runs the benchmarks; arguments are Google Benchmark's."""
    binaries = bazel.build(_TARGETS, "the benchmarks")
    found = []
    for target, binary in zip(_TARGETS, binaries):
        # As `bazel run` without Bazel between, whose output would mix with the JSON.
        done = subprocess.run([binary, "--benchmark_format=json"] + arguments,
                              stdout=subprocess.PIPE, text=True, check=False)
        if done.returncode != 0:
            raise Refused("%s ended with exit code %d: see above" % (target, done.returncode))
        found += json.loads(done.stdout)["benchmarks"] if done.stdout.strip() else []
    print(ratios(found), end="")
    return PASS
