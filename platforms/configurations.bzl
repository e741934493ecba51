# SPDX-License-Identifier: Apache-2.0
"""The one table of configurations: architecture x instrumentation x engine.

Everything follows from it: the variants that a concurrency_test has, what
`--config=NAME` means (.bazelrc is checked against it by //platforms:bazelrc_test),
the jobs of the CI matrix (//platforms:workflow_test), and what `tools/hammerlock
doctor` asks the machine for. A new engine is a new row.
"""

_TSAN = {
    # A report ends neither the process nor the search: the engine counts it.
    "TSAN_OPTIONS": "halt_on_error=0:exitcode=66:second_deadlock_stack=1:history_size=4:" +
                    "report_signal_unsafe=0",
}

_ASAN = {
    "ASAN_OPTIONS": "exitcode=66:detect_stack_use_after_return=1:strict_string_checks=1:" +
                    "handle_abort=1",
    "UBSAN_OPTIONS": "exitcode=66:print_stacktrace=1:halt_on_error=1",
}

_CLANG = ["clang-19", "lld-19", "llvm-19"]
_CLANG_RT = _CLANG + ["libclang-rt-19-dev"]
_CROSS = _CLANG + ["g++-aarch64-linux-gnu", "qemu-user"]

def _configuration(
        says,
        needs,
        arch = "x86_64",
        features = [],
        launcher = None,
        env = {},
        engine = "//stress:engine",
        cores = 2,
        default = True):
    return struct(
        says = says,
        arch = arch,
        platform = "//platforms:" + arch,
        cpu = {"aarch64": "aarch64", "x86_64": "k8"}[arch],
        features = features,
        launcher = launcher,
        env = env,
        engine = engine,
        cores = cores,
        needs = needs,
        default = default,
    )

# says:     one line for people.
# needs:    Debian packages that must be on the machine.
# features: of the toolchain (//toolchains:clang.bzl).
# launcher: what runs the binary, where the machine cannot.
# env:      defaults; the environment of the test wins.
# engine:   what the test's scenarios are linked with.
# cores:    how many a test keeps for itself. Threads that are to race need two: two tests at once
#           on two cores would mostly wait for each other's. An engine that runs one thread at a
#           time needs one.
# default:  whether a concurrency_test has this variant unless it says otherwise.
CONFIGURATIONS = {
    "native": _configuration(
        says = "real threads on x86_64",
        needs = _CLANG,
    ),
    "tsan": _configuration(
        says = "real threads on x86_64 under ThreadSanitizer",
        needs = _CLANG_RT,
        env = _TSAN,
        features = ["tsan"],
    ),
    "asan": _configuration(
        says = "real threads on x86_64 under AddressSanitizer and UBSan",
        needs = _CLANG_RT,
        env = _ASAN,
        features = ["asan", "ubsan"],
    ),
    "aarch64": _configuration(
        says = "real threads on aarch64 in QEMU, LL/SC atomics",
        arch = "aarch64",
        features = ["llsc"],
        launcher = "//emulate:qemu_aarch64",
        needs = _CROSS,
    ),
    "aarch64_lse": _configuration(
        says = "real threads on aarch64 in QEMU, LSE atomics",
        arch = "aarch64",
        features = ["lse"],
        launcher = "//emulate:qemu_aarch64",
        needs = _CROSS,
    ),
    "explore": _configuration(
        says = "the C++20 abstract machine, on x86_64",
        cores = 1,
        engine = "//explore:engine",
        features = ["explore"],
        needs = _CLANG,
    ),
    "explore_aarch64": _configuration(
        says = "the C++20 abstract machine, on aarch64 in QEMU",
        arch = "aarch64",
        cores = 1,
        default = False,
        engine = "//explore:engine",
        features = ["explore", "lse"],
        launcher = "//emulate:qemu_aarch64_plain",
        needs = _CROSS,
    ),
    # The same binaries as in `aarch64` and `aarch64_lse`.
    "arm": _configuration(
        says = "Armv8's weak memory in QEMU, LL/SC atomics",
        arch = "aarch64",
        cores = 1,
        features = ["llsc"],
        launcher = "//emulate:qemu_aarch64_weak",
        needs = _CROSS,
    ),
    "arm_lse": _configuration(
        says = "Armv8's weak memory in QEMU, LSE atomics",
        arch = "aarch64",
        cores = 1,
        features = ["lse"],
        launcher = "//emulate:qemu_aarch64_weak",
        needs = _CROSS,
    ),
    # QEMU as it comes: it shows an outcome that Arm forbids, and calibration proves it.
    "aarch64_plain": _configuration(
        says = "real threads on aarch64 in QEMU without our plugin",
        arch = "aarch64",
        default = False,
        features = ["llsc"],
        launcher = "//emulate:qemu_aarch64_plain",
        needs = _CROSS,
    ),
    "fuzz_asan": _configuration(
        says = "libFuzzer, one thread after another, under AddressSanitizer and UBSan",
        cores = 1,
        default = False,
        engine = "//fuzz:engine",
        env = _ASAN,
        features = ["asan", "ubsan", "fuzz_coverage"],
        needs = _CLANG_RT,
    ),
    "fuzz_tsan": _configuration(
        says = "libFuzzer, real threads, under ThreadSanitizer",
        default = False,
        engine = "//fuzz:engine",
        env = _TSAN,
        features = ["tsan", "fuzz_coverage"],
        needs = _CLANG_RT,
    ),
}

# Features that a row may set; a transition clears them all before it sets its own.
CONFIGURATION_FEATURES = [
    "asan",
    "explore",
    "fuzz_coverage",
    "fuzz_driver",
    "llsc",
    "lse",
    "tsan",
    "ubsan",
]

DEFAULT_CONFIGURATIONS = [name for name, row in CONFIGURATIONS.items() if row.default]
