# SPDX-License-Identifier: Apache-2.0
"""`tools/hammerlock doctor`: what each configuration needs, and what of it is there."""

import os
import shutil
import subprocess

import outcome
import packages
import places
import table
from columns import Table


def _first_line(command):
    """The first line that `command` prints, or "" when it cannot be run."""
    try:
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            timeout=60,
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip().splitlines()[0] if done.stdout.strip() else ""


def _memory():
    with open("/proc/meminfo", encoding="ascii") as file:
        for line in file:
            if line.startswith("MemTotal:"):
                return "%.1f GiB" % (int(line.split()[1]) / 2**20)
    return "unknown"


def _disk(path):
    # The cache's folder may not exist yet: look at the nearest that does.
    while not os.path.isdir(path):
        path = os.path.dirname(path)
    return "%.1f GiB free for the cache" % (shutil.disk_usage(path).free / 2**30)


def _bazel():
    if not shutil.which("bazel"):
        return "missing"
    # Not `bazel version`, which would start a server.
    said = _first_line(["bazel", "--version"])
    if said.endswith("no_version"):  # Debian's does not know its own
        said = "bazel " + packages.versions(["bazel-bootstrap"]).get("bazel-bootstrap", "unknown")
    return said or "there, but does not run"


def _plugins():
    """Whether QEMU takes plugins: a build without them would ignore ours."""
    if not shutil.which("qemu-aarch64"):
        return "missing"
    try:
        said = subprocess.run(
            ["qemu-aarch64", "-help"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        ).stdout
    except OSError:
        return "does not run"
    return "takes plugins" if "-plugin" in said else "takes no plugins"


def examine(rows):
    """(text, whether everything is there) for this machine and the table's rows."""
    wanted = packages.needed(rows)
    wanted.update(packages.LINT)
    there = packages.versions(wanted)
    lacking = packages.missing(wanted)
    plugins = _plugins()

    text = ["machine:"]
    text.append("  bazel   %s" % _bazel())
    text.append("  cores   %d" % len(os.sched_getaffinity(0)))
    text.append("  memory  %s" % _memory())
    text.append("  disk    %s" % _disk(places.cache()))
    text.append("  qemu    %s" % plugins)
    text.append("")

    configurations = Table("configurations:", "name", ["state", "what", "needs"])
    well = not lacking
    for name, row in rows.items():
        gone = [package for package in row.needs if package in lacking]
        state = "ready" if not gone else "missing " + ", ".join(gone)
        if not gone and row.launcher and plugins != "takes plugins":
            state, well = "QEMU " + plugins, False
        configurations.put(name, "state", state)
        configurations.put(name, "what", row.says)
        configurations.put(name, "needs", " ".join(row.needs))
    text.append(configurations.render())

    listed = Table("packages:", "package", ["version", "why"])
    for package, why in sorted(wanted.items()):
        otherwise = "missing" if package in lacking else "another bazel is there"
        version = there.get(package, otherwise)
        listed.put(package, "version", version)
        listed.put(package, "why", why)
    text.append(listed.render())

    if lacking:
        line = "apt-get update && " + packages.install_line(lacking)
        text.append("to get what is missing, as root: " + line)
        text.append("(or let 'tools/hammerlock' do it, as root or with sudo)")
    elif well:
        text.append("everything is there")
    return "\n".join(text), well


def run(arguments):
    """The verb: prints, and returns the exit code."""
    if arguments:
        raise outcome.Refused("doctor takes no arguments, but got %r" % arguments[0], outcome.USAGE)
    text, well = examine(table.load())
    print(text)
    return outcome.PASS if well else outcome.INCONCLUSIVE
