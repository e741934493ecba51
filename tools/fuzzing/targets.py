# SPDX-License-Identifier: Apache-2.0
"""The fuzz targets of this checkout: found and built by Bazel."""

import json
import os
import shutil
import subprocess
import sys

import files
import places
import table
from outcome import Refused, say
from run import Run

_QUERY = r'attr(tags, "\bfuzz_run\b", kind("configured_binary rule", //...))'


def _bazel(arguments, accepted=(0,)):
    if not shutil.which("bazel"):
        raise Refused("bazel is not in PATH: run 'tools/hammerlock doctor'")
    done = subprocess.run(
        ["bazel"] + arguments,
        cwd=table.ROOT,
        env=places.environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=None if sys.stderr.isatty() else subprocess.PIPE,
        text=True,
        errors="replace",
    )
    if done.returncode not in accepted:
        errors = [line for line in (done.stderr or "").splitlines() if "ERROR" in line]
        raise Refused("bazel %s failed: %s" % (arguments[0], errors[0] if errors else "see above"))
    return done.stdout


def _built(events):
    """The labels that Bazel's event file says were built."""
    labels = set()
    for line in files.text(events).splitlines():
        event = json.loads(line)
        if event.get("completed", {}).get("success"):
            labels.add(event["id"]["targetCompleted"]["label"])
    return labels


def targets(out, children):
    """[Run] of every fuzz target, and [label] of those that do not build."""
    labels = sorted(_bazel(["query", "--noshow_progress", _QUERY]).split())
    if not labels:
        raise Refused("there is no fuzz target in this checkout, so there is nothing to run")
    say("builds %d fuzz targets" % len(labels))
    flags = ["--disk_cache=" + places.cache()]
    events = out("build_events.json")
    build = ["build", "--keep_going", "--build_event_json_file=" + events] + flags
    _bazel(build + labels, accepted=(0, 1))  # 1: some do not build
    built = _built(events)
    os.remove(events)
    folder = _bazel(["info", "bazel-bin"] + flags).strip()
    runs = [
        Run(label, os.path.join(folder, label.lstrip("/").replace(":", "/")), out, children)
        for label in labels
        if label in built
    ]
    return runs, [label for label in labels if label not in built]
