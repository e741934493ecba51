# SPDX-License-Identifier: Apache-2.0
"""Debian packages: which are needed and why, which are missing, and getting them by apt.

Commands are found in PATH, so that a test can put its own dpkg, apt and sudo there.
"""

import shutil
import subprocess
import tempfile

from outcome import Refused, say

# What the build itself needs on a machine that has nothing but a shell.
BASE = {
    "bazel-bootstrap": "builds and runs everything",
    "dpkg-dev": "unpacks the source packages of the libraries that we build",
    "python3": "runs this command",
}

LINT = {"clang-format-19": "formats C++"}

_INSTALL = ["install", "-y", "--no-install-recommends"]
# Another apt may be at work, on a fresh cloud machine for instance: wait for it.
_QUIET = ["-qq", "-o", "Dpkg::Use-Pty=0", "-o", "DPkg::Lock::Timeout=300"]


def needed(table):
    """{package: why} of the base and of every row of the table."""
    users = {}
    for name, row in table.items():
        for package in row.needs:
            users.setdefault(package, []).append(name)
    wanted = dict(BASE)
    for package, names in users.items():
        wanted[package] = "for " + (
            "every configuration" if len(names) == len(table) else ", ".join(names)
        )
    return wanted


def versions(names):
    """{package: version} of those of `names` that are installed."""
    names = list(names)
    if not names:
        return {}
    try:
        # It exits 1 when it does not know one of them, and prints the others all the same.
        listed = subprocess.run(
            ["dpkg-query", "-W", "-f", "${Package} ${db:Status-Status} ${Version}\\n"] + names,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            check=False,
        ).stdout
    except FileNotFoundError:
        raise Refused(
            "this machine has no dpkg: hammerlock is made for Debian 12; in its container"
            " (debian:12) it works anywhere"
        ) from None
    found = {}
    for line in listed.splitlines():
        package, _, rest = line.partition(" ")
        status, _, version = rest.partition(" ")
        if status == "installed":
            found[package] = version
    return found


def missing(wanted):
    """{package: why}, of `wanted`, of what is not there."""
    found = versions(wanted)
    lacking = {package: why for package, why in wanted.items() if package not in found}
    # Bazel by any other way is as good.
    if "bazel-bootstrap" in lacking and shutil.which("bazel"):
        del lacking["bazel-bootstrap"]
    return lacking


def install_line(names):
    """What to type, as root, to get them."""
    return " ".join(["apt-get"] + _INSTALL + sorted(names))


def _root_prefix():
    """The words before a command that make it run as root, or None if none would."""
    if subprocess.run(["id", "-u"], stdout=subprocess.PIPE, text=True).stdout.strip() == "0":
        return []
    if shutil.which("sudo"):
        tried = subprocess.run(["sudo", "-n", "true"], stderr=subprocess.DEVNULL)
        if tried.returncode == 0:
            return ["sudo", "-n"]
    return None


def install(wanted):
    """Gets by apt what is missing of {package: why}; says what and why.

    Raises:
      Refused: it cannot be done; the sentence has the line to type.
    """
    lacking = missing(wanted)
    if not lacking:
        return
    line = install_line(lacking)
    if not shutil.which("apt-get"):
        raise Refused("this machine has no apt-get: install %s" % ", ".join(sorted(lacking)))
    prefix = _root_prefix()
    if prefix is None:
        raise Refused(
            "packages are missing and this user can install none (neither root nor sudo without"
            " a password): run 'apt-get update && %s' as root" % line
        )
    say(
        "installing by apt: "
        + ", ".join("%s (%s)" % (package, lacking[package]) for package in sorted(lacking))
    )
    apt = prefix + ["env", "DEBIAN_FRONTEND=noninteractive", "apt-get"] + _QUIET
    with tempfile.TemporaryFile("w+", errors="replace") as log:
        for arguments in (["update"], _INSTALL + sorted(lacking)):
            done = subprocess.run(
                apt + arguments, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT
            )
            if done.returncode == 0:
                continue
            log.seek(0)
            for said in log.read().splitlines()[-20:]:
                say("apt: " + said)
            raise Refused(
                "apt-get %s failed (exit code %d, see above): mend the machine's apt sources or its"
                " network, then run '%s' as root" % (arguments[0], done.returncode, line)
            )
    lacking = missing(wanted)
    if lacking:
        raise Refused("apt ended well, but these are still missing: " + ", ".join(sorted(lacking)))
