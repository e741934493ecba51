# SPDX-License-Identifier: Apache-2.0
"""The checkers find what they must, and leave alone what is right."""

import os
import shutil
import tempfile
import unittest

import fakes
import formatting
import licences
import memory_orders
import sources
from outcome import Refused

_SPDX = "SPDX-" + "License-Identifier: "  # in two, or this file would have several


class MemoryOrders(unittest.TestCase):
    _DECLARED = (
        "std::atomic<int> x_{0};\nstd::atomic<std::pair<int, int>> p_;\nstd::atomic_flag f_;\n"
    )

    def _lines(self, code):
        return [line for line, _ in memory_orders.check(code)]

    def test_bad(self):
        for code in (
            "x_.load();",
            "x_.store(1);",
            "x_.exchange(1);",
            "node->next.fetch_add(1);",
            "x_.compare_exchange_weak(a, b);",
            "x_.compare_exchange_strong(a, b, std::memory_order_acq_rel);",
            "f_.test_and_set();",
            "std::atomic_thread_fence();",
            "std::atomic_store(&x_, 1);",
            "__sync_synchronize();",
            "x_.store(\n    f(1),\n    g(2));",
            "++x_;",
            "x_++;",
            "--this->x_;",
            "x_ += 2;",
            "x_ |= 2;",
            "x_ = 2;",
            "if (x_) {}",
            "while (!x_) {}",
            "return x_;",
            "if (x_ == 1) {}",
            "if (1 != x_) {}",
            "int y = x_;",
            "a[i].x_++;",
            "p_ = {};",
            "// x_.load(std::memory_order_relaxed)\nx_.load();",
            'Log("memory_order", x_.load());',
        ):
            self.assertTrue(self._lines(self._DECLARED + code), code)

    def test_good(self):
        for code in (
            "x_.load(std::memory_order_acquire);",
            "x_.load(memory_order_acquire);",
            "x_.load(order);",
            "x_.compare_exchange_weak(a, F(b, c), std::memory_order_acq_rel,\n"
            "                         std::memory_order_relaxed);",
            "std::atomic_thread_fence(std::memory_order_seq_cst);",
            "f_.test_and_set(std::memory_order_acquire);",
            "// ++x_ and x_.load() in a comment",
            '"x_.load()"',
            "/* x_ = 1;\n x_.store(1); */",
            "Wake(&x_);",
            "Wait(x_, 1);",
            "int y = 1'000'000; x_.load(std::memory_order_relaxed);",
            "x_.load(std::memory_order_relaxed) != y_.load(std::memory_order_relaxed);",
            "C() : x_(1), p_{} {}",
            "std::atomic<int>* q = &x_;",
            "sizeof(x_);",
        ):
            self.assertEqual(self._lines(self._DECLARED + code), [], code)

    def test_a_name_that_is_also_something_else_counts_only_as_a_member(self):
        code = "struct N { std::atomic<N*> next; };\n"
        code += "void F(N* n) {\n  N* next = nullptr;\n  next = n;\n"
        self.assertEqual(self._lines(code + "}"), [])
        self.assertEqual(self._lines(code + "  n->next = n;\n}"), [5])

    def test_a_reference_that_is_returned_is_not_read(self):
        code = "std::atomic<int>& X() { return x_; }\n"
        self.assertEqual(self._lines(self._DECLARED + code), [])
        self.assertEqual(self._lines(self._DECLARED + code + "if (!x_) {}\n"), [5])

    def test_names_the_line_where_the_operation_begins(self):
        self.assertEqual(self._lines("\n\nx_\n    .store(1);\n"), [4])


class Licences(unittest.TestCase):
    def test_good(self):
        self.assertEqual(licences.check("// %sApache-2.0\n" % _SPDX), [])
        self.assertEqual(licences.check("/* %sApache-2.0 */\n" % _SPDX), [])
        self.assertEqual(licences.check("#!/bin/sh\n# %sApache-2.0\n" % _SPDX), [])

    def test_bad(self):
        for text in (
            "",
            "int x;\n",
            "\n// %sApache-2.0\n" % _SPDX,
            "# %sApache-2.0\n# %sApache-2.0\n" % (_SPDX, _SPDX),
            "// %sMIT\n" % _SPDX,
            "#!/bin/sh\n\n# %sApache-2.0\n" % _SPDX,
        ):
            self.assertTrue(licences.check(text), text)


class Formatting(fakes.Machine):
    """With formatters that take out trailing blanks."""

    def setUp(self):
        super().setUp()
        os.symlink(shutil.which("sed", path=self.real_path), self.path + "/sed")
        self.program(formatting.CLANG_FORMAT, "exec sed 's/ *$//'")
        self.root = tempfile.mkdtemp(dir=self.path)
        self._write("good.h", "int x;\n")
        self._write("bad.h", "int x;\nint y; \n")

    def _write(self, name, text):
        with open(os.path.join(self.root, name), "w", encoding="utf-8") as file:
            file.write(text)

    def _read(self, name):
        with open(os.path.join(self.root, name), encoding="utf-8") as file:
            return file.read()

    def test_finds_the_line(self):
        found = formatting.cpp(self.root, ["good.h", "bad.h"])
        self.assertEqual([(name, line) for name, line, _ in found], [("bad.h", 2)])
        self.assertEqual(self._read("bad.h"), "int x;\nint y; \n")

    def test_mends_it(self):
        self.assertEqual(formatting.cpp(self.root, ["bad.h"], fix=True), [])
        self.assertEqual(self._read("bad.h"), "int x;\nint y;\n")

    def test_starlark_too(self):
        program = os.path.join(self.path, formatting.CLANG_FORMAT)
        found = formatting.starlark(self.root, ["bad.h"], program=program)
        self.assertEqual(len(found), 1)

    def test_a_formatter_that_fails_is_a_finding_and_changes_nothing(self):
        self.program(formatting.CLANG_FORMAT, "echo 'no such style' >&2; exit 1")
        found = formatting.cpp(self.root, ["bad.h"], fix=True)
        self.assertIn("no such style", found[0][2])
        self.assertEqual(self._read("bad.h"), "int x;\nint y; \n")

    def test_without_npm_buildifier_is_one_sentence(self):
        os.environ["XDG_CACHE_HOME"] = self.path + "/cache"
        with self.assertRaises(Refused) as caught:
            formatting.buildifier()
        self.assertIn("--without-buildifier", str(caught.exception))

    def test_another_buildifier_than_the_pinned_one_is_refused(self):
        os.environ["XDG_CACHE_HOME"] = self.path + "/cache"
        self.program("npm", "echo evil > package.tgz")
        with self.assertRaises(Refused) as caught:
            formatting.buildifier()
        self.assertIn("pinned", str(caught.exception))
        self.assertFalse(os.path.exists(self.path + "/cache"))


class Sources(unittest.TestCase):
    def test_kinds(self):
        self.assertTrue(sources.is_starlark("a/BUILD") and sources.is_starlark("x.BUILD"))
        self.assertTrue(sources.is_starlark("WORKSPACE") and sources.is_starlark("b/c.bzl"))
        self.assertTrue(sources.is_cpp("a/b.h") and not sources.is_cpp("a/b.hbs"))
        self.assertTrue(sources.is_licensed("tools/lint", "#!/bin/sh\n"))
        self.assertFalse(sources.is_licensed("fuzz/corpus/seed1", "\0"))
        self.assertFalse(sources.is_licensed("LICENSE", "Apache License"))

    def test_without_git_every_file_but_bazels_is_listed(self):
        root = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, root)
        for name in ("a.h", "b/c.cc", "bazel-out/d.h", ".git/e"):
            os.makedirs(os.path.dirname(os.path.join(root, name)), exist_ok=True)
            with open(os.path.join(root, name), "w", encoding="utf-8"):
                pass
        self.assertEqual(sources.listed(root), ["a.h", "b/c.cc"])
