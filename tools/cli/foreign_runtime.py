# SPDX-License-Identifier: Apache-2.0
"""The explorer's runtime for whole programs, built at its first use and kept in the cache."""

import concurrent.futures
import fcntl
import glob
import hashlib
import os
import shutil
import struct
import subprocess
import sys
import tempfile

import outcome
import places
from outcome import Refused, say

_FLAGS = [
    "-std=c++20", "-O2", "-g", "-fPIE",
    # Our own guards are the interposed ones.
    "-fno-threadsafe-statics",
    "-fno-omit-frame-pointer",
]  # fmt: skip


def sources(root):
    """The files to compile, and the headers that they include."""
    folders = [os.path.join(root, "explore", folder) for folder in ("runtime", "foreign")]
    code = sorted(p for folder in folders for p in glob.glob(os.path.join(folder, "*.cc")))
    headers = sorted(p for folder in folders for p in glob.glob(os.path.join(folder, "*.h")))
    return [path for path in code if "_test" not in os.path.basename(path)], headers


def _digest(root, code, headers, arch):
    digest = hashlib.sha256(repr((_FLAGS, arch)).encode())
    for path in code + headers + [os.path.realpath(__file__)]:
        digest.update(os.path.relpath(path, root).encode())
        with open(path, "rb") as file:
            digest.update(file.read())
    return digest.hexdigest()[:16]


def weaken(path):
    """Makes all that an object file defines weak: what the program defines itself comes first.

    Programs may have functions that are named like one of the C library's, `pause` for instance.
    """
    with open(path, "rb") as file:
        elf = bytearray(file.read())
    if elf[:5] != b"\x7fELF\x02" or elf[5] != 1:
        raise ValueError("%s is not a little-endian 64-bit ELF file" % path)
    table, size, count = (
        struct.unpack_from("<Q", elf, 0x28)[0],
        *struct.unpack_from("<HH", elf, 0x3A),
    )
    for section in range(count):
        at = table + section * size
        kind = struct.unpack_from("<I", elf, at + 4)[0]
        if kind != 2:  # SHT_SYMTAB
            continue
        begin, length = struct.unpack_from("<QQ", elf, at + 0x18)
        for symbol in range(begin, begin + length, 24):
            info, _, defined_in = struct.unpack_from("<BBH", elf, symbol + 4)
            if info >> 4 == 1 and defined_in != 0:  # STB_GLOBAL, not SHN_UNDEF
                elf[symbol + 4] = 2 << 4 | info & 15  # STB_WEAK
    with open(path, "wb") as file:
        file.write(elf)


def _compile(command):
    done = subprocess.run(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    return done.returncode, done.stdout.decode(errors="replace")


def _say_progress(text):
    if sys.stderr.isatty():
        sys.stderr.write("\r\033[K" + text)
        sys.stderr.flush()


def _make(root, code, arch, into):
    """Compiles everything into one object file."""
    with tempfile.TemporaryDirectory(dir=os.path.dirname(into)) as folder:
        target = "--target=%s-linux-gnu" % arch
        own_sections = os.path.join(root, "explore", "foreign", "own_sections.h")
        commands, objects = [], []
        for path in code:
            objects.append(os.path.join(folder, "%d.o" % len(objects)))
            commands.append(
                ["clang++-19", target]
                + _FLAGS
                # What debuggers and reports show does not depend on where the checkout is.
                + ["-ffile-prefix-map=%s=." % root, "-I", root, "-include", own_sections]
                + ["-c", path, "-o", objects[-1]]
            )
        with concurrent.futures.ThreadPoolExecutor(len(os.sched_getaffinity(0))) as pool:
            for i, (status, text) in enumerate(pool.map(_compile, commands)):
                if status != 0:
                    pool.shutdown(cancel_futures=True)
                    _say_progress("")
                    sys.stderr.write(text)
                    raise Refused(
                        "the explorer's runtime does not compile (%s), see above: is this checkout"
                        " complete%s?"
                        % (
                            os.path.relpath(code[i], root),
                            ", and are the libraries for %s installed (g++-%s-linux-gnu)"
                            % (arch, arch.replace("_", "-"))
                            if arch != os.uname().machine
                            else "",
                        )
                    )
                _say_progress(
                    "hammerlock: building the explorer's runtime for %s: %d of %d"
                    % (arch, i + 1, len(commands))
                )
        _say_progress("")
        whole = os.path.join(folder, "runtime.o")
        status, text = _compile(["ld.lld-19", "-r", "-o", whole] + objects)
        if status != 0:
            sys.stderr.write(text)
            raise Refused("the explorer's runtime cannot be linked, see above")
        weaken(whole)
        # At once: another process may look.
        os.replace(whole, into)


def build(root, arch):
    """The path of the runtime for `arch`, made if it is not there yet."""
    code, headers = sources(root)
    if not code:
        raise Refused("this checkout has no explore/runtime", outcome.INCONCLUSIVE)
    name = "explore-" + _digest(root, code, headers, arch)
    folder = os.path.join(places.cache(), name)
    path = os.path.join(folder, "runtime.o")
    if os.path.exists(path):
        return path
    try:
        os.makedirs(folder, exist_ok=True)
        with open(os.path.join(folder, "lock"), "w", encoding="ascii") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not os.path.exists(path):
                if not shutil.which("clang++-19"):
                    raise Refused("clang-19 is missing: install it")
                _make(root, code, arch, path)
                say("built the explorer's runtime for %s, once" % arch)
    except OSError as error:
        raise Refused("the explorer's runtime cannot be built: %s" % error) from None
    return path
