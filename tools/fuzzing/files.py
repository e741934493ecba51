# SPDX-License-Identifier: Apache-2.0
"""Files that are there whole or not at all."""

import os
import shutil


def write(path, text):
    """Writes a file whole or not at all."""
    with open(path + ".new", "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    os.replace(path + ".new", path)


def copy(source, path):
    """The same with another file's content."""
    shutil.copyfile(source, path + ".new")
    os.replace(path + ".new", path)


def listed(folder):
    """The paths of a folder's files; none where there is no folder."""
    try:
        names = sorted(os.listdir(folder))
    except FileNotFoundError:
        return []
    return [f for f in (os.path.join(folder, n) for n in names) if os.path.isfile(f)]


def text(path):
    """What a file holds; nothing where there is none."""
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            return file.read()
    except FileNotFoundError:
        return ""
