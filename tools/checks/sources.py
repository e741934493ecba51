# SPDX-License-Identifier: Apache-2.0
"""The files of the checkout, by kind."""

import os
import subprocess

_STARLARK = {"BUILD", "BUILD.bazel", "WORKSPACE"}
_SKIPPED_FOLDERS = {".git", "__pycache__", "node_modules"}
# What carries a licence line: what people write. Not data (corpora, recorded output), not prose.
_LICENSED = (".bazelrc", ".bzl", ".c", ".cc", ".h", ".py", ".S", ".sh", ".yml")


def listed(root):
    """All files of the checkout, relative to root; those that git ignores are left out."""
    try:
        names = subprocess.run(
            ["git", "-C", root, "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            check=True,
            text=True,
        ).stdout.split("\0")
    except (OSError, subprocess.CalledProcessError):
        names = list(_walked(root))  # an unpacked archive, or no git
    return sorted(n for n in set(names) if n and os.path.isfile(os.path.join(root, n)))


def _walked(root):
    for folder, folders, files in os.walk(root):
        folders[:] = [
            f for f in folders if f not in _SKIPPED_FOLDERS and not f.startswith("bazel-")
        ]
        for name in files:
            yield os.path.relpath(os.path.join(folder, name), root)


def is_cpp(path):
    return path.endswith((".c", ".cc", ".h"))


def is_starlark(path):
    name = os.path.basename(path)
    return name in _STARLARK or name.endswith((".bzl", ".BUILD"))


def is_licensed(path, text):
    return is_starlark(path) or path.endswith(_LICENSED) or text.startswith("#!")
