# SPDX-License-Identifier: Apache-2.0
"""Formatting: clang-format for C++, buildifier for Starlark."""

import base64
import hashlib
import os
import platform
import shutil
import subprocess
import tempfile
import tarfile

import places
from outcome import Refused, say

CLANG_FORMAT = "clang-format-19"

# The npm package has a program for each machine inside; nothing else of it is used.
_BUILDIFIER = "@bazel/buildifier@8.2.1"
_INTEGRITY = (
    "sha512-eZ/Aq+2r4PcJa6LbPCT6ffgIJfTU/gYilqIzoX2OLM4n"
    "NkbQC6tTMPZNn7aHHjhGPxbNLv41zm4Xqt1olCLgXw=="
)
_MACHINES = {"x86_64": "linux_amd64", "aarch64": "linux_arm64"}


def integrity(path):
    """The file's hash as npm writes it."""
    with open(path, "rb") as file:
        return "sha512-" + base64.b64encode(hashlib.sha512(file.read()).digest()).decode()


def buildifier():
    """The path of buildifier in the cache; fetches it by npm if it is not there yet.

    Raises:
      Refused: npm is missing, cannot fetch it, or fetches something else than what is pinned.
    """
    kept = os.path.join(places.cache(), _BUILDIFIER.rpartition("/")[2], "buildifier")
    if os.path.exists(kept):
        return kept
    without = "; or run 'tools/lint --without-buildifier'"
    if not shutil.which("npm"):
        raise Refused("npm is missing, which fetches buildifier: install Debian's npm" + without)
    member = "package/buildifier-" + _MACHINES.get(platform.machine(), platform.machine())
    say("fetching by npm: buildifier (formats Starlark)")
    with tempfile.TemporaryDirectory(prefix="hammerlock.") as folder:
        fetched = subprocess.run(
            ["npm", "pack", "--silent", _BUILDIFIER],
            cwd=folder,
            env=places.environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
        )
        files = os.listdir(folder)
        if fetched.returncode != 0 or len(files) != 1:
            raise Refused("npm could not fetch %s (see above)%s" % (_BUILDIFIER, without))
        archive = os.path.join(folder, files[0])
        if integrity(archive) != _INTEGRITY:
            raise Refused("npm fetched another %s than the one pinned here" % _BUILDIFIER)
        os.makedirs(os.path.dirname(kept), exist_ok=True)
        # Renamed into place: another lint may be fetching at the same time.
        with tarfile.open(archive) as tar, tempfile.NamedTemporaryFile(
            dir=os.path.dirname(kept), delete=False
        ) as out:
            shutil.copyfileobj(tar.extractfile(member), out)
        os.chmod(out.name, 0o755)
        os.replace(out.name, kept)
    return kept


def _differ(root, files, command, fix):
    """[(file, line, message)]: the files that `command` would format otherwise than they are."""
    findings = []
    for name in files:
        path = os.path.join(root, name)
        with open(path, "rb") as file:
            before = file.read()
        done = subprocess.run(
            command(name), cwd=root, input=before, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        if done.returncode != 0:
            why = done.stderr.decode(errors="replace").strip().splitlines()
            findings.append((name, 1, "cannot be formatted: " + (why[0] if why else "?")))
        elif done.stdout != before:
            if fix:
                with open(path, "wb") as file:
                    file.write(done.stdout)
                continue
            pairs = zip(before.splitlines() + [b""], done.stdout.splitlines() + [b""])
            line = next((i for i, (a, b) in enumerate(pairs, 1) if a != b), 1)
            findings.append((name, line, "is formatted otherwise: run tools/lint --fix"))
    return findings


def cpp(root, files, fix=False):
    """Checks C++ files, or formats them in place."""
    return _differ(root, files, lambda name: [CLANG_FORMAT, "--assume-filename=" + name], fix)


def starlark(root, files, fix=False, program=None):
    """Checks Starlark files, or formats them in place."""
    program = program or buildifier()
    return _differ(
        root, files, lambda name: [program, "-mode=fix", "-lint=off", "-path=" + name], fix
    )
