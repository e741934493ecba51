# SPDX-License-Identifier: Apache-2.0
"""Whole programs in the explorer: built with the drop-in compilers, as their users would."""

import json
import os
import re
import shutil
import signal
import subprocess
import tempfile
import unittest

import compiler

CC = os.path.join(compiler.ROOT, "tools", "hammerlock-cc")
CXX = os.path.join(compiler.ROOT, "tools", "hammerlock-c++")
EXAMPLES = os.path.join(compiler.ROOT, "examples", "foreign")
TESTDATA = os.path.join(compiler.ROOT, "explore", "foreign", "testdata")

# Their repositories in //third_party, where headers of other people are.
HEADERS = ("boost", "concurrentqueue", "ck_x86_64")


class Told:
    """What a run said: its exit code, its output, and the keys of its last line."""

    def __init__(self, done):
        self.code = done.returncode
        self.out = done.stdout
        self.err = done.stderr
        last = done.stderr.splitlines()[-1] if done.stderr else ""
        self.keys = dict(re.findall(r"(\w+)=(\S+)", last)) if "verdict=" in last else {}

    def __repr__(self):
        return "exit code %d\n%s%s" % (self.code, self.out, self.err)


class Foreign(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.mkdtemp(dir=os.environ.get("TEST_TMPDIR"))
        cls.addClassCleanup(shutil.rmtree, cls.folder)
        cls.data = os.path.join(cls.folder, "testdata")
        shutil.copytree(TESTDATA, cls.data)
        cls.environment = dict(os.environ)
        cls.environment.pop("HAMMERLOCK_OPTIONS", None)
        # Bazel's test has no home; the runtime is then built for the test.
        if "TEST_TMPDIR" in os.environ:
            cls.environment["XDG_CACHE_HOME"] = os.path.join(cls.folder, "cache")
        cls.ends = os.path.join(cls.folder, "ends")
        cls.build(
            [CXX, "-std=c++17", "-O1", "-Wall", "-Wextra", "-Werror", "ends/ends.cc", "-o", cls.ends]
        )

    @classmethod
    def build(cls, command, folder="", **environment):
        done = subprocess.run(
            command,
            cwd=os.path.join(cls.data, folder),
            env=dict(cls.environment, **environment),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        if done.returncode != 0:
            raise AssertionError("%s failed:\n%s" % (" ".join(command), done.stdout))
        return done.stdout

    def run_it(self, command, options="", stdin=subprocess.DEVNULL, **environment):
        done = subprocess.run(
            command,
            cwd=self.data,
            env=dict(self.environment, HAMMERLOCK_OPTIONS=options, **environment),
            stdin=stdin,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            timeout=120,
        )
        return Told(done)

    def expect(self, told, verdict, why=""):
        code = {"pass": 0, "fail": 66, "inconclusive": 67, "not_instrumented": 67}[verdict]
        self.assertEqual(told.code, code, told)
        self.assertEqual(told.keys.get("verdict"), verdict, told)
        self.assertIn(why, told.err, told)

    # Projects.

    def test_c_project_by_make(self):
        self.build(["make", "CC=" + CC], "counter")
        with open(os.path.join(self.data, "name"), "w", encoding="ascii") as name:
            name.write("Ada\n")
        with open(name.name, encoding="ascii") as name:
            told = self.run_it(["counter/counter", "-n", "2"], "executions=5000", stdin=name)
        self.expect(told, "pass")
        self.assertEqual(told.out, "Ada ends at 62\n")
        self.assertEqual(told.keys["executions"], "5000")
        self.assertEqual(told.keys["distinct"], "9", told)
        self.assertRegex(told.err, r"(?m)^early=40 +\d+ +\d+\.\d+%$")

    def test_every_output_if_asked_for(self):
        self.build(["make", "CC=" + CC], "counter")
        told = self.run_it(["counter/counter"], "executions=3:output=all")
        self.assertEqual(told.out, "counter ends at 51\n" * 3)
        told = self.run_it(["counter/counter"], "executions=3:output=none")
        self.assertEqual(told.out, "")

    def test_cpp_project_by_cmake(self):
        folder = os.path.join(self.data, "queue", "build")
        os.mkdir(folder)
        if shutil.which("cmake"):
            self.build(["cmake", "-DCMAKE_CXX_COMPILER=" + CXX, ".."], "queue/build")
            self.build(["make"], "queue/build")
        else:
            # What CMake would do.
            self.assertIn("Debian clang", self.build([CXX, "--version"]))
            for name in ("journal", "main"):
                self.build(
                    [CXX, "-std=gnu++17", "-fPIC", "-c", "../%s.cc" % name], "queue/build"
                )
            self.build([CXX, "-fPIC", "-shared", "-o", "libjournal.so", "journal.o"], "queue/build")
            self.build([CXX, "-o", "queue", "main.o", "-Wl,-rpath," + folder, "libjournal.so"],
                       "queue/build")
        told = self.run_it(["queue/build/queue"], "executions=2000")
        self.expect(told, "pass")
        self.assertEqual(told.out, "a greeting that is too long for the small string! 65\n")

    def test_a_program_may_name_its_functions_like_the_c_library(self):
        self.build([CC, "-w", "own_names.c", "-o", "own_names"])
        self.expect(self.run_it(["./own_names"], "executions=100"), "pass")

    def test_weak_exchanges_compile_in_every_version(self):
        flags = ["-Wall", "-Wextra", "-Werror", "-O1"]
        for version in ("c11", "gnu17", "c2x"):
            with self.subTest(version):
                self.build([CC, "-std=" + version, "weak/weak.c", "-o", "weak_c"] + flags)
                self.expect(self.run_it(["./weak_c"], "executions=10"), "pass")
        for version in ("c++11", "c++14", "gnu++17", "c++20", "c++23"):
            with self.subTest(version):
                self.build([CXX, "-std=" + version, "weak/weak.cc", "-o", "weak_cc"] + flags)
                self.expect(self.run_it(["./weak_cc"], "executions=10"), "pass")

    # Other people's code.

    def include_path(self, *first):
        """Where its headers are: Bazel's repositories, the system's beside them."""
        runfiles = os.environ.get("TEST_SRCDIR", "")
        repositories = [os.path.join(runfiles, name) for name in HEADERS if runfiles]
        return ":".join([*first, *repositories])

    def header(self, name):
        """The path of a header, as the compilers find it; None if it is nowhere."""
        for folder in self.include_path("/usr/include").split(":"):
            path = os.path.join(folder, name)
            if os.path.exists(path):
                return path
        if "TEST_SRCDIR" in os.environ:
            raise AssertionError("Bazel has no " + name)
        return None

    def test_examples(self):
        # As docs/foreign.md has them: what is not found in their default options is a race that
        # their authors accept.
        for name, (header, verdict, why) in {
            "boost_queue": ("boost/lockfree/queue.hpp", "fail", "data race"),
            "boost_stack": ("boost/lockfree/stack.hpp", "fail", "data race"),
            "boost_spsc_queue": ("boost/lockfree/spsc_queue.hpp", "pass", ""),
            "concurrentqueue": ("concurrentqueue/concurrentqueue.h", "pass", ""),
            "ck_ring": ("ck_ring.h", "fail", "data race"),
            "ck_stack": ("ck_stack.h", "fail", "data race"),
        }.items():
            with self.subTest(name):
                if self.header(header) is None:
                    self.skipTest(header + " is not installed")
                program = self.example(name, self.include_path())
                self.expect(self.run_it([program], "executions=300"), verdict, why)
                self.expect(self.run_it([program], "executions=300:race=0"), "pass")

    def test_examples_are_not_blind(self):
        header = self.header("boost/lockfree/spsc_queue.hpp")
        if header is None:
            self.skipTest("boost is not installed")
        with open(header, encoding="utf-8") as file:
            text = file.read()
        self.assertIn("memory_order_release", text)
        weakened = os.path.join(self.folder, "weakened")
        os.makedirs(os.path.join(weakened, "boost", "lockfree"))
        with open(os.path.join(weakened, "boost", "lockfree", "spsc_queue.hpp"), "w",
                  encoding="utf-8") as file:
            file.write(text.replace("memory_order_release", "memory_order_relaxed"))
        program = self.example("boost_spsc_queue", self.include_path(weakened))
        self.expect(self.run_it([program], "executions=300"), "fail", "data race")

    def example(self, name, include_path):
        folder = tempfile.mkdtemp(dir=self.folder)
        program = os.path.join(folder, name)
        self.build(["make", "-C", EXAMPLES, "CC=" + CC, "CXX=" + CXX, "OUT=" + folder, program],
                   CPATH=include_path)
        return program

    # Ends of an execution.

    def test_ends_that_pass(self):
        for way in """return exit0 exit0_in_thread _exit0 pthread_exit handler files process""".split():
            with self.subTest(way):
                told = self.run_it([self.ends, way], "executions=1500")
                self.expect(told, "pass")
                self.assertEqual(told.keys["executions"], "1500")

    def test_ends_that_fail(self):
        for way, why in {
            "atexit": "exit code 5",
            "at_quick_exit": "exit code 6",
            "thread_local": "a thread_local ends",
            "exit3": "exit code 3",
            "_exit4": "exit code 4",
            "errx": "exit code 9",
            "assert": "assertion failed: executed == 2, at ends/ends.cc:",
            "abort": "abort() was called",
            "raise": "SIGTERM was raised by the program",
            "throw": "uncaught exception of type std::runtime_error: the reason",
            "throw_in_thread": "uncaught exception of type int",
            "noexcept": "uncaught exception of type std::runtime_error: the reason",
            "terminate": "std::terminate",
            "segv": "SIGSEGV at address 0",
            "segv_in_thread": "SIGSEGV at address 0",
            "overflow": "stack overflow in thread 0",
            "smash": "SIGABRT raised in the C library",
            "fail": "told by the program",
        }.items():
            with self.subTest(way):
                # Each ends its execution, not the process.
                told = self.run_it([self.ends, way], "executions=20:stop=never")
                self.expect(told, "fail", "ends: " + why)
                self.assertEqual(told.keys["executions"], "20", told)
                self.assertEqual(told.keys["failures"], "20", told)
                self.assertEqual(told.keys["first_failure"], "1", told)

    def test_failures_that_must_be_found(self):
        for way, why in {
            "deadlock": "deadlock: ",
            "spin": "livelock: ",
            "race": "data race: ",
            "race_in_map": "data race: ",
            "choose": "exit code 8",
            "relaxed": "the flag is there, the value is not",
            "weak": "a weak exchange failed",
        }.items():
            with self.subTest(way):
                told = self.run_it([self.ends, way], "executions=2000")
                self.expect(told, "fail", "ends: " + why)
                again = self.run_it([self.ends, way], "replay=" + told.keys["replay"])
                self.expect(again, "fail", "ends: " + why)
                self.assertEqual(again.keys["replay"], told.keys["replay"])
                self.assertEqual(again.keys["executions"], "1")

    def test_a_race_names_lines(self):
        told = self.run_it([self.ends, "race"])
        self.assertRegex(told.err, r"write by thread 1 at ends\.cc:\d+ \(.*Races")

    def test_leaks_and_races_as_asked_for(self):
        self.expect(self.run_it([self.ends, "leak"], "executions=10"), "pass")
        self.expect(self.run_it([self.ends, "leak"], "executions=10:leak=1"), "fail", "leak of")
        self.expect(self.run_it([self.ends, "race"], "executions=100:race=0"), "pass")

    def test_races_that_are_meant(self):
        self.expect(self.run_it([self.ends, "volatile"], "executions=2000:race=0"), "pass")
        told = self.run_it([self.ends, "lost_update"], "executions=1000:race=0")
        self.expect(told, "fail", "exit code 10")
        again = self.run_it([self.ends, "lost_update"], "race=0:replay=" + told.keys["replay"])
        self.expect(again, "fail", "exit code 10")

    def test_loads_are_buffered_if_asked_for(self):
        self.expect(self.run_it([self.ends, "buffered"], "executions=2000"), "pass")
        told = self.run_it([self.ends, "buffered"], "executions=2000:load_buffering=1")
        self.expect(told, "fail", "exit code 11")
        # The command has all that it takes.
        options = re.search(r"(?m)^replay: HAMMERLOCK_OPTIONS=(\S+) ", told.err).group(1)
        self.assertEqual(options, "load_buffering=1:replay=" + told.keys["replay"])
        self.expect(self.run_it([self.ends, "buffered"], options), "fail", "exit code 11")
        # A promise that is not kept makes no execution.
        told = self.run_it([self.ends, "promised"], "executions=2000:load_buffering=1")
        self.expect(told, "pass")
        self.assertEqual(
            int(told.keys["executions"]) + int(told.keys["discarded"]), 2000, told
        )

    def test_no_end_is_no_pass(self):
        told = self.run_it([self.ends, "count"], "executions=5:max_steps=1000")
        self.expect(told, "inconclusive", "5 of 5 executions were cut off after 1000 steps")
        self.expect(self.run_it([self.ends, "compute"]), "fail", "without any operation that")
        self.expect(self.run_it([self.ends, "fork"]), "inconclusive", "a call of fork")
        self.expect(self.run_it([self.ends, "dlopen"]), "inconclusive", "a call of dlopen")

    # The contract.

    def test_replays_of_something_else_are_told(self):
        replay = self.run_it([self.ends, "relaxed"]).keys["replay"]
        told = self.run_it([self.ends, "weak"], "replay=" + replay)
        self.expect(told, "inconclusive", "recorded with another build")
        told = self.run_it([self.ends, "return"], "replay=" + replay)
        self.expect(told, "inconclusive", "recorded with another build")

    def test_mistakes_in_options(self):
        for options, why in {
            "sed=1": 'unknown option "sed"',
            "seed": 'option "seed" of HAMMERLOCK_OPTIONS needs a value',
            "seed=one": "takes a whole number",
            "seconds=-1": "takes a number of 0 or more",
            "strategy=best": "takes one of portfolio, walk, pct, pctwm, pos",
            "mode=exhaust": "takes only search",
            "jobs=0": "takes 1 to",
            "replay=nonsense": "is not a replay",
            "replay=1/another/~a": "is of the program another",
            "replay=7/ends/~a": "of version 7",
            "report=/nonexistent/file": "cannot write the report",
            "filter=another*": "there is: ends",
        }.items():
            with self.subTest(options):
                told = self.run_it([self.ends, "return"], options)
                self.assertEqual(told.code, 64, told)
                self.assertIn(why, told.err)
                self.assertEqual(len(told.err.splitlines()), 1, told)

    def test_the_same_seed_finds_the_same(self):
        first, second = (
            self.run_it([self.ends, "relaxed"], "seed=5:executions=2000:stop=never").keys
            for _ in range(2)
        )
        for keys in (first, second):
            del keys["seconds"]
        self.assertEqual(first, second)
        other = self.run_it([self.ends, "relaxed"], "seed=6:executions=2000:stop=never").keys
        self.assertNotEqual(other["failures"], first["failures"])

    def test_jobs_add_up_in_the_report(self):
        path = os.path.join(self.data, "report.json")
        self.build(["make", "CC=" + CC], "counter")
        told = self.run_it(["counter/counter"], "jobs=3:executions=1000:report=" + path)
        self.expect(told, "pass")
        with open(path, encoding="utf-8") as file:
            report = json.load(file)
        self.assertEqual(report["executions"], 1000)
        self.assertEqual(sum(report["outcomes"].values()), 1000)
        self.assertEqual(report["distinct"], len(report["outcomes"]))
        self.assertEqual(report["verdict"], "pass")
        self.assertEqual(told.out.count("\n"), 1)

    def test_a_job_that_is_killed_is_told_in_one_sentence(self):
        process = subprocess.Popen(
            [self.ends, "exit0_in_thread"],
            env=dict(self.environment, HAMMERLOCK_OPTIONS="seconds=100:jobs=2"),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        children = "/proc/%d/task/%d/children" % (process.pid, process.pid)
        jobs = []
        while len(jobs) < 2 and process.poll() is None:
            with open(children, encoding="ascii") as file:
                jobs = file.read().split()
        os.kill(int(jobs[0]), signal.SIGKILL)
        # The other is told that it is enough.
        _, said = process.communicate(timeout=60)
        self.assertEqual(process.returncode, 67, said)
        seed, why, last = said.splitlines()
        self.assertEqual(seed, "hammerlock: seed=1")
        self.assertEqual(why, "ends: the process that explores it was ended by SIGKILL")
        self.assertIn(" verdict=inconclusive ", last)

    def test_jobs_find_what_their_seeds_find(self):
        told = self.run_it([self.ends, "relaxed"], "jobs=3:seed=5:executions=6000")
        self.expect(told, "fail", "the flag is there")
        self.assertEqual(told.keys["jobs"], "3")
        alone = self.run_it([self.ends, "relaxed"], "executions=2000:seed=" + told.keys["seed"])
        for key in ("first_failure", "seed", "replay"):
            self.assertEqual(alone.keys[key], told.keys[key], told)

    def test_an_interruption_ends_with_what_there_is(self):
        process = subprocess.Popen(
            [self.ends, "relaxed"],
            env=dict(self.environment, HAMMERLOCK_OPTIONS="seconds=100:stop=never"),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.assertEqual(process.stderr.readline(), "hammerlock: seed=1\n")
        process.send_signal(signal.SIGTERM)
        _, said = process.communicate(timeout=60)
        self.assertIn("hammerlock: verdict=", said)

    def test_objects_of_another_compiler_are_told(self):
        self.build(["clang-19", "-c", "own_names.c", "-w", "-o", "uninstrumented.o"])
        self.build([CC, "uninstrumented.o", "-o", "uninstrumented"])
        told = self.run_it(["./uninstrumented"], "executions=10")
        self.expect(told, "not_instrumented", "no code of it was compiled with hammerlock-cc")

    def test_arguments_of_clang(self):
        self.assertEqual(self.build([CC, "-dumpmachine"]).strip(), "x86_64-pc-linux-gnu")
        self.assertIn("hammerlock_weak_exchange_fails", self.build([CC, "-E", "own_names.c"]))
        self.assertIn("__tsan_read", self.build([CC, "-w", "-S", "own_names.c", "-o", "-"]))
        with open(os.path.join(self.data, "arguments"), "w", encoding="ascii") as file:
            file.write("-w -fsanitize=thread own_names.c\n-o 'by file' -static")
        said = self.build([CC, "@arguments"])
        self.assertIn("left out -static", said)
        self.expect(self.run_it(["./by file"], "executions=10"), "pass")

    @unittest.skipUnless(
        shutil.which("qemu-aarch64") and os.path.isdir("/usr/aarch64-linux-gnu/lib"),
        "needs qemu-user and libc6-dev-arm64-cross",
    )
    def test_aarch64(self):
        arm = os.path.join(self.folder, "ends_arm", "ends")
        os.mkdir(os.path.dirname(arm))
        self.build([CXX, "--target=aarch64-linux-gnu", "-O1", "ends/ends.cc", "-o", arm])
        replay = self.run_it([self.ends, "relaxed"]).keys["replay"]
        command = ["qemu-aarch64", "-L", "/usr/aarch64-linux-gnu", arm]
        self.expect(self.run_it(command + ["relaxed"], "replay=" + replay), "fail")
        self.expect(self.run_it(command + ["throw"], "executions=1"), "fail", "std::runtime_error")
        self.expect(self.run_it(command + ["return"], "executions=100"), "pass")


if __name__ == "__main__":
    unittest.main()
