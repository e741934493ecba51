# SPDX-License-Identifier: Apache-2.0
"""The drop-in compilers hammerlock-cc and hammerlock-c++.

They become clang with further arguments. What is compiled is instrumented; what is linked into a
program gets the explorer's runtime (explore/runtime, explore/foreign), which is built at the first
use and kept in the cache.
"""

import os
import shlex
import shutil
import sys

import foreign_runtime
import outcome
import packages
from outcome import Refused, say

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.realpath(__file__))))
CLANG = {"cc": "clang-19", "c++": "clang++-19"}
NEEDS = {
    "clang-19": "compiles, for hammerlock-cc and hammerlock-c++",
    "lld-19": "links, for hammerlock-cc and hammerlock-c++",
}

# Options whose value is the next argument, so that it is no input file.
_TAKE_VALUE = frozenset(
    """-o -x -I -D -U -L -l -F -T -u -z -e -A -G -include -imacros -isystem -iquote -idirafter
    -iprefix -iwithprefix -iwithprefixbefore -isysroot --sysroot -MF -MT -MQ -MJ -target --target
    -arch -Xclang -Xlinker -Xassembler -Xpreprocessor -Xanalyzer -mllvm -mthread-model --param
    -rpath -framework -dumpbase -dumpdir -aux-info -B -working-directory -ivfsoverlay -specs
    -include-pch -fmodule-file --config --gcc-toolchain -gcc-toolchain""".split()
)
# With one of these nothing is linked.
_NO_LINK = frozenset(
    """-c -S -E -M -MM -fsyntax-only --precompile -emit-ast --analyze -dumpversion -dumpmachine
    -dumpspecs --version --help -help -cc1 -cc1as -cc1gen-reproducer --autocomplete""".split()
)
_HEADERS = (".h", ".hh", ".hpp", ".hxx", ".H", ".h++", ".hp")
_PARTIAL = frozenset(("-r", "-Wl,-r", "-Wl,--relocatable", "--relocatable"))

# Whole programs are linked dynamically and at fixed addresses, and the runtime is there already.
_DROPPED = frozenset(("-fsanitize=thread", "-pie", "-static-libsan", "-shared-libsan"))
_DROPPED_AND_TOLD = frozenset(("-static", "-static-pie", "-static-libstdc++", "-static-libgcc"))

# These have a runtime of their own that is also in charge of memory, threads or main.
_CLASHING = frozenset(
    """address kernel-address hwaddress kernel-hwaddress memory kernel-memory leak dataflow fuzzer
    fuzzer-no-link safe-stack scudo realtime type""".split()
)

# Before the user's, which may say otherwise.
_COMPILE_FIRST = ["-g"]
# After the user's.
_COMPILE = [
    # Not by the driver, which would link ThreadSanitizer's runtime.
    "-Xclang", "-fsanitize=thread",
    "-fno-omit-frame-pointer", "-fno-lto",
    # The same for compiling and linking, as a precompiled header has to fit.
    "-pthread",
]  # fmt: skip


def _explorer_flags():
    """Those of the toolchain's feature: Starlark, and valid Python as well."""
    path = os.path.join(ROOT, "toolchains", "explorer_flags.bzl")
    with open(path, encoding="utf-8") as file:
        code = compile(file.read(), path, "exec")
    names = {}
    exec(code, names)  # our own file, from the same checkout
    return names["EXPLORER_FLAGS"] + names["EXPLORER_CXX_FLAGS"]


def expand(arguments, depth=0):
    """The arguments with those that clang would read from @files in their place."""
    for argument in arguments:
        path = argument[1:]
        if not argument.startswith("@") or depth > 10 or not os.path.isfile(path):
            yield argument
            continue
        with open(path, encoding="utf-8", errors="surrogateescape") as file:
            yield from expand(shlex.split(file.read()), depth + 1)


class Invocation:
    """What a list of arguments, without @files, asks clang for."""

    def __init__(self, arguments):
        self.inputs = []
        self.links = True
        self.shared = False
        self.relocatable = False
        self.pic = False
        self.arch = os.uname().machine
        language = None
        rest = iter(arguments)
        for argument in rest:
            value = next(rest, "") if argument in _TAKE_VALUE else None
            if argument in ("-target", "--target"):
                self.arch = value.split("-")[0]
            elif argument.startswith("--target="):
                self.arch = argument[len("--target=") :].split("-")[0]
            elif argument == "-x":
                language = value
            elif argument in _NO_LINK or argument.startswith(("-print-", "--print-", "-emit-llvm-")):
                self.links = False
            elif argument == "-shared" or argument == "--shared":
                self.shared = True
            elif argument in _PARTIAL:
                self.relocatable = True
            elif argument.lower() in ("-fpic", "-fpie"):
                self.pic = True
            elif argument == "-m32" or argument == "-mx32":
                raise Refused("the explorer runs 64-bit programs only: leave out %s" % argument)
            elif argument.startswith("-stdlib=") and argument != "-stdlib=libstdc++":
                raise Refused("the explorer works with libstdc++ only: leave out %s" % argument)
            elif argument.startswith("-l"):
                self.inputs.append("-l" + (value or argument[2:]))
            elif argument == "-" or not argument.startswith("-"):
                self.inputs.append(argument)
                header = argument.endswith(_HEADERS) if language is None else "header" in language
                if header and argument != "-":
                    self.links = False
        if not self.inputs:
            self.links = False
        if self.arch == "arm64":
            self.arch = "aarch64"


def _without_dropped(arguments, links):
    kept = []
    for argument in arguments:
        if argument.startswith("-fsanitize="):
            sanitizers = [s for s in argument.split("=", 1)[1].split(",") if s != "thread"]
            clashing = sorted(_CLASHING.intersection(sanitizers))
            if clashing:
                raise Refused(
                    "the explorer checks memory itself, and does not run beside"
                    " -fsanitize=%s: leave it out" % ",".join(clashing)
                )
            if sanitizers:
                kept.append("-fsanitize=" + ",".join(sanitizers))
        elif argument in _DROPPED_AND_TOLD:
            if links:
                say("left out %s: the explorer needs the shared libraries" % argument)
        elif argument not in _DROPPED:
            kept.append(argument)
    return kept


def _is_precompiled(header):
    """Whether clang would take a precompiled header for this one."""
    return any(os.path.exists(header + suffix) for suffix in (".pch", ".gch"))


def _begins_with_precompiled(arguments):
    """Whether a precompiled header, which has ours in it, comes first: nothing may precede it."""
    words = iter(a for a in arguments if a != "-Xclang")
    return any(
        word == "-include-pch" or word == "-include" and _is_precompiled(next(words, ""))
        for word in words
    )


def _needs_expansion(arguments):
    """Whether an argument from an @file has to go."""
    return any(
        a.startswith("-fsanitize=") or a in _DROPPED or a in _DROPPED_AND_TOLD
        for a in expand(arguments)
    )


def _link_last(invocation):
    flags = ["-fuse-ld=lld-19"]
    if invocation.relocatable:
        return []
    if invocation.shared:
        # The runtime is in the program that loads it.
        return flags + ["-Xlinker", "-z", "-Xlinker", "undefs"]
    runtime = foreign_runtime.build(ROOT, invocation.arch)
    return flags + [
        "-no-pie",
        # Bound at the start, so that putting back globals does not undo it.
        "-Xlinker", "-z", "-Xlinker", "now",
        # For libraries of the program that are loaded later.
        "-Xlinker", "--export-dynamic-symbol=__tsan_*",
        "-Xlinker", "--export-dynamic-symbol=__emutls_*",
        "-Xlinker", "--export-dynamic-symbol=hammerlock_*",
        "-Xlinker", runtime,
        "-ldl",
        # The runtime's own exceptions.
        "-lstdc++", "-lm",
    ]  # fmt: skip


def command(language, arguments):
    """The command to become for these arguments of `language`, "cc" or "c++"."""
    clang = CLANG[language]
    if arguments[:1] in (["-cc1"], ["-cc1as"]):
        return [clang] + arguments
    expanded = list(expand(arguments))
    invocation = Invocation(expanded)
    if not invocation.inputs:
        return [clang] + arguments
    if invocation.arch not in ("x86_64", "aarch64"):
        raise Refused("the explorer runs on x86_64 and aarch64, not on %s" % invocation.arch)
    if _needs_expansion(arguments):
        arguments = expanded
    arguments = _without_dropped(arguments, invocation.links)
    first = _COMPILE_FIRST + ["-idirafter", os.path.join(ROOT, "explore", "foreign", "include")]
    if not _begins_with_precompiled(expanded):
        first += ["-include", os.path.join(ROOT, "explore", "runtime", "weak_exchange.h")]
    last = _COMPILE + _explorer_flags()
    if invocation.arch == "x86_64":
        # Otherwise atomics of 16 bytes are calls of a library that is not instrumented.
        last.append("-mcx16")
    link = _link_last(invocation) if invocation.links else []
    tail = []
    if "--" in arguments:
        at = arguments.index("--")
        arguments, tail = arguments[:at], arguments[at:]
    quiet = ["--start-no-unused-arguments"]
    loud = ["--end-no-unused-arguments"]
    return [clang] + quiet + first + loud + arguments + quiet + last + link + loud + tail


def _missing():
    return {
        package: NEEDS[package]
        for package, program in (("clang-19", "clang++-19"), ("lld-19", "ld.lld-19"))
        if not shutil.which(program)
    }


def run(language, arguments):
    """Becomes clang; returns only where that cannot be."""
    lacking = _missing()
    if lacking:
        raise Refused(
            "%s missing: run '%s' as root, or 'tools/hammerlock install'"
            % (
                " and ".join(sorted(lacking)) + (" is" if len(lacking) == 1 else " are"),
                packages.install_line(lacking),
            )
        )
    words = command(language, arguments)
    os.execvp(words[0], words)


if __name__ == "__main__":
    try:
        run(sys.argv[1], sys.argv[2:])
    except Refused as refused:
        say(str(refused))
        sys.exit(refused.code if refused.code != outcome.PASS else outcome.INCONCLUSIVE)
    except KeyboardInterrupt:
        sys.exit(130)
