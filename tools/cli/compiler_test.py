# SPDX-License-Identifier: Apache-2.0
import os
import re
import struct
import unittest.mock

import compiler
import fakes
import foreign_runtime
import outcome


def invocation(words):
    return compiler.Invocation(words.split())


class Compiler(fakes.Machine):
    def setUp(self):
        super().setUp()
        self.built = []
        patch = unittest.mock.patch.object(foreign_runtime, "build", self.build)
        patch.start()
        self.addCleanup(patch.stop)
        said = unittest.mock.patch.object(compiler, "say", lambda text: self.said.append(text))
        said.start()
        self.addCleanup(said.stop)
        self.said = []

    def build(self, root, arch):
        del root  # the same for all
        self.built.append(arch)
        return "/cache/runtime.o"

    def command(self, words, language="cc"):
        return compiler.command(language, words.split())

    def test_what_links(self):
        for words in ("a.c", "a.o -o a", "-O2 a.cc b.o -lm", "-x c -", "-v a.c", "-MD a.c", "-lfoo"):
            self.assertTrue(invocation(words).links, words)
        for words in (
            "-c a.c", "-S a.c", "-E a.c", "-MM a.c", "-fsyntax-only a.c", "--version", "-v", "",
            "-print-search-dirs", "-o a", "-I include -D X", "a.h", "-x c++-header a.h -o a.pch",
            "-print-file-name=libc.so a.c",
        ):  # fmt: skip
            self.assertFalse(invocation(words).links, words)

    def test_values_are_no_inputs(self):
        self.assertEqual(invocation("-o out -include a.h -Xlinker -z -MF d b.c -x c -").inputs,
                         ["b.c", "-"])

    def test_compiling_only_gets_no_runtime(self):
        command = self.command("-c a.c -o a.o")
        self.assertEqual(command[0], "clang-19")
        self.assertIn("-femulated-tls", command)
        self.assertIn("weak_exchange.h", " ".join(command))
        self.assertEqual(self.built, [])
        self.assertNotIn("-fuse-ld=lld-19", command)

    def test_code_is_compiled_as_by_the_toolchain(self):
        # What toolchains/clang.bzl loads for its feature.
        path = os.path.join(compiler.ROOT, "toolchains", "explorer_flags.bzl")
        with open(path, encoding="utf-8") as file:
            flags = re.findall(r'^ +"(-.*)",$', file.read(), re.MULTILINE)
        self.assertIn("-fno-optimize-sibling-calls", flags)
        command = self.command("-c a.cc", "c++")
        at = command.index(flags[0])
        self.assertEqual(command[at : at + len(flags)], flags)
        self.assertIn("-D_GLIBCXX_EXTERN_TEMPLATE=0", command)

    def test_our_flags_win_where_they_must(self):
        command = self.command("-fvectorize -c a.cc", "c++")
        self.assertEqual(command[0], "clang++-19")
        self.assertLess(command.index("-fvectorize"), command.index("-fno-vectorize"))

    def test_a_precompiled_header_comes_first(self):
        header = os.path.join(self.path, "all.h")
        with open(header + ".pch", "w", encoding="ascii"):
            pass
        for words in (
            "-include %s -c a.cc" % header,
            "-include-pch all.pch -c a.cc",
            "-Xclang -include-pch -Xclang all.pch -Xclang -include -Xclang all.h -c a.cc",
        ):
            self.assertNotIn("weak_exchange.h", " ".join(self.command(words)), words)
        self.assertIn("weak_exchange.h", " ".join(self.command("-include other.h -c a.cc")))

    def test_linking_gets_the_runtime(self):
        command = self.command("a.o -lfoo -o a")
        self.assertLess(command.index("-lfoo"), command.index("/cache/runtime.o"))
        self.assertIn("-lstdc++", command)
        self.assertEqual(self.built, [os.uname().machine])

    def test_the_target_decides_the_runtime(self):
        for words in ("--target=aarch64-linux-gnu a.c", "-target aarch64-linux-gnu a.c"):
            self.built.clear()
            command = self.command(words)
            self.assertEqual(self.built, ["aarch64"])
            self.assertNotIn("-mcx16", command)

    def test_libraries_and_partial_links_get_none(self):
        self.assertIn("undefs", self.command("-shared a.o -o liba.so"))
        self.assertNotIn("/cache/runtime.o", self.command("-r a.o -o b.o"))
        self.assertEqual(self.built, [])

    def test_questions_are_passed_on(self):
        for words in ("--version", "-v", "-dumpmachine", "-print-prog-name=ld", ""):
            self.assertEqual(self.command(words), ["clang-19"] + words.split())
        self.assertEqual(self.command("-cc1 a.c"), ["clang-19", "-cc1", "a.c"])

    def test_after_two_dashes_are_inputs_only(self):
        command = self.command("-c -- a.c")
        self.assertEqual(command[-2:], ["--", "a.c"])

    def test_what_cannot_be_is_left_out(self):
        command = self.command("-fsanitize=thread,undefined -static -pie a.c")
        self.assertIn("-fsanitize=undefined", command)
        for gone in ("-fsanitize=thread,undefined", "-static", "-pie"):
            self.assertNotIn(gone, command)
        self.assertEqual(len(self.said), 1)
        self.assertIn("-static", self.said[0])

    def test_files_of_arguments(self):
        inner = os.path.join(self.path, "inner")
        outer = os.path.join(self.path, "outer")
        with open(inner, "w", encoding="ascii") as file:
            file.write("'a file.c' -O2")
        with open(outer, "w", encoding="ascii") as file:
            file.write("@%s -c" % inner)
        self.assertEqual(list(compiler.expand(["-v", "@" + outer, "@none"])),
                         ["-v", "a file.c", "-O2", "-c", "@none"])
        # clang reads them itself, unless something in them has to go.
        self.assertIn("@" + outer, self.command("@" + outer))
        self.assertEqual(self.built, [])
        with open(inner, "a", encoding="ascii") as file:
            file.write(" -fsanitize=thread")
        command = self.command("@" + outer)
        self.assertNotIn("@" + outer, command)
        self.assertIn("a file.c", command)

    def test_refusals_name_the_mend(self):
        for words, mend in {
            "-m32 a.c": "leave out -m32",
            "-stdlib=libc++ a.cc": "leave out -stdlib=libc++",
            "-fsanitize=undefined,address a.cc": "-fsanitize=address: leave it out",
            "--target=riscv64-linux-gnu a.c": "x86_64 and aarch64",
        }.items():
            with self.assertRaises(outcome.Refused) as refused:
                self.command(words)
            self.assertIn(mend, str(refused.exception))

    def test_missing_packages_are_named(self):
        self.program("clang++-19", "true")
        with self.assertRaises(outcome.Refused) as refused:
            compiler.run("cc", ["a.c"])
        self.assertIn("lld-19 is missing", str(refused.exception))
        self.assertIn("apt-get install", str(refused.exception))


class Weaken(fakes.Machine):
    def test_definitions_become_weak_and_nothing_else(self):
        # A section table of two, the second a symbol table of four.
        symbols = [
            struct.pack("<IBBHQQ", 0, info, 0, section, 0, 0)
            for info, section in ((0x00, 0), (0x12, 1), (0x10, 0), (0x01, 1))
        ]
        header = bytearray(64)
        header[:6] = b"\x7fELF\x02\x01"
        struct.pack_into("<Q", header, 0x28, 64)
        struct.pack_into("<HH", header, 0x3A, 64, 2)
        sections = bytearray(128)
        struct.pack_into("<I", sections, 64 + 4, 2)
        struct.pack_into("<QQ", sections, 64 + 0x18, 192, 24 * len(symbols))
        path = os.path.join(self.path, "object.o")
        with open(path, "wb") as file:
            file.write(header + sections + b"".join(symbols))
        foreign_runtime.weaken(path)
        with open(path, "rb") as file:
            after = file.read()[192:]
        self.assertEqual([after[24 * i + 4] for i in range(4)], [0x00, 0x22, 0x10, 0x01])
