# SPDX-License-Identifier: Apache-2.0
"""Fuzz targets, in the manner of rules_fuzzing.

    cc_fuzz_test(
        name = "treiber_stack_fuzz",
        srcs = ["treiber_stack_test.cc"],
        corpus = glob(["corpus/treiber_stack/*"]),
        deps = [":treiber_stack", "//scenario:linearizable"],
    )

gives, for each fuzz configuration of the table,

    treiber_stack_fuzz.fuzz_asan      a test: runs the corpus, file by file
    treiber_stack_fuzz_run.fuzz_asan  to `bazel run`: fuzzes

`treiber_stack_fuzz` is the suite of the tests, `treiber_stack_fuzz_run` the first of the others.
The sources either declare scenarios (//scenario), whose programs the input encodes, or define
LLVMFuzzerTestOneInput themselves. docs/fuzzing.md says more.
"""

load("@rules_cc//cc:defs.bzl", "cc_binary")
load("//platforms:configurations.bzl", "CONFIGURATIONS")
load("//tools:concurrency_test.bzl", "configured_binary", "configured_test")

FUZZ_CONFIGURATIONS = [
    name
    for name, row in CONFIGURATIONS.items()
    if "fuzz_coverage" in row.features
]

def _fuzz_binary(name, srcs, deps, **kwargs):
    cc_binary(
        name = name,
        testonly = True,
        srcs = srcs,
        # libFuzzer's main(); and the engine, unless the sources have its entry point.
        features = ["fuzz_driver"],
        tags = ["manual"],
        visibility = ["//visibility:private"],
        deps = deps + ["//fuzz:engine"],
        **kwargs
    )

def _launcher(configuration, script):
    # Ours stands where the table's would.
    if CONFIGURATIONS[configuration].launcher:
        fail("%s has a launcher of its own, and a fuzz target needs that place" % configuration)
    return script

def cc_fuzz_test(
        name,
        srcs,
        corpus = [],
        dicts = [],
        deps = [],
        configurations = FUZZ_CONFIGURATIONS,
        size = "small",
        tags = [],
        **kwargs):
    """A fuzz target: its regression test over a corpus, and what fuzzes.

    Args:
      name: of the suite of regression tests; `name_run` fuzzes.
      srcs: sources with scenarios, or with LLVMFuzzerTestOneInput.
      corpus: inputs to start from and to run as a regression test. Without any the test fails.
      dicts: dictionaries of libFuzzer; at most one, since it takes no more.
      deps: of the sources.
      configurations: rows of the table that fuzz.
      size: of the regression tests.
      tags: of all.
      **kwargs: for the cc_binary: copts, defines, linkopts ...
    """
    if len(dicts) > 1:
        fail("%s: libFuzzer takes one dictionary; put them together" % name)
    _fuzz_binary(name + "_bin", srcs, deps, **kwargs)
    corpus_words = ["$(rootpath %s)" % file for file in corpus]
    dict_words = ["--dict=$(rootpath %s)" % file for file in dicts]
    for configuration in configurations:
        run = "%s_run.%s" % (name, configuration)
        label = "//%s:%s" % (native.package_name(), run)
        configured_test(
            name = "%s.%s" % (name, configuration),
            binary = name + "_bin",
            configuration = configuration,
            data = corpus,
            fixed_args = [label] + corpus_words,
            launcher = _launcher(configuration, "//fuzz:regress"),
            size = size,
            tags = tags + [configuration],
        )
        configured_binary(
            name = run,
            testonly = True,
            binary = name + "_bin",
            configuration = configuration,
            data = corpus + dicts,
            fixed_args = [label] + corpus_words + dict_words + ["--"],
            launcher = _launcher(configuration, "//fuzz:run"),
            # The nightly run finds its targets by this tag.
            tags = tags + [configuration, "fuzz_run"],
        )
    native.test_suite(name = name, tests = ["%s.%s" % (name, c) for c in configurations])
    native.alias(
        name = name + "_run",
        testonly = True,
        actual = "%s_run.%s" % (name, configurations[0]),
    )

def fuzz_canary_test(
        name,
        srcs,
        expect,
        runs,
        seeds = 5,
        deps = [],
        configurations = FUZZ_CONFIGURATIONS,
        size = "medium",
        **kwargs):
    """A target whose bug must be found from an empty corpus; or a twin that must stay clean.

    Args:
      name: of the suite of tests.
      srcs: as cc_fuzz_test's.
      expect: "found" or "clean".
      runs: at most so many inputs with each seed.
      seeds: how many seeds.
      deps: of the sources.
      configurations: rows of the table that fuzz.
      size: of the tests.
      **kwargs: for the cc_binary.
    """
    _fuzz_binary(name + "_bin", srcs, deps, **kwargs)
    for configuration in configurations:
        configured_test(
            name = "%s.%s" % (name, configuration),
            binary = name + "_bin",
            configuration = configuration,
            fixed_args = [expect, str(runs), str(seeds)],
            launcher = _launcher(configuration, "//fuzz:hunt"),
            size = size,
            tags = [configuration, "canary"],
        )
    native.test_suite(name = name, tests = ["%s.%s" % (name, c) for c in configurations])
