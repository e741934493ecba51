# SPDX-License-Identifier: Apache-2.0
"""One test source, built and run in every configuration of the table.

    concurrency_test(
        name = "treiber_stack_test",
        srcs = ["treiber_stack_test.cc"],
        deps = [":treiber_stack"],
    )

gives `treiber_stack_test`, a suite of `treiber_stack_test.native`,
`treiber_stack_test.tsan` and so on, one test a configuration, all built and run by one
`bazel test`. The sources say what is tested (//scenario); which engine runs it is the
configuration's choice.
"""

load("@rules_cc//cc:defs.bzl", "cc_binary")
load(
    "//platforms:configurations.bzl",
    "CONFIGURATIONS",
    "CONFIGURATION_FEATURES",
    "DEFAULT_CONFIGURATIONS",
)

def _here(label):
    """A label of this workspace, right where another one uses this file too."""
    return str(Label(label))

_ENGINE = _here("//platforms:engine")

_OUTPUTS = [
    "//command_line_option:platforms",
    "//command_line_option:cpu",
    "//command_line_option:compilation_mode",
    "//command_line_option:features",
    "//command_line_option:run_under",
    "//command_line_option:test_arg",
    _ENGINE,
]

def _transition_impl(settings, attr):
    row = CONFIGURATIONS[attr.configuration]
    kept = [
        f
        for f in settings["//command_line_option:features"]
        if f not in CONFIGURATION_FEATURES
    ]
    return {
        "//command_line_option:compilation_mode": "opt",
        "//command_line_option:cpu": row.cpu,
        "//command_line_option:features": kept + row.features,
        "//command_line_option:platforms": _here(row.platform),
        # What is only about running must not make another build of it.
        "//command_line_option:run_under": None,
        "//command_line_option:test_arg": [],
        _ENGINE: _here(row.engine),
    }

_configuration_transition = transition(
    implementation = _transition_impl,
    inputs = ["//command_line_option:features"],
    outputs = _OUTPUTS,
)

# The runner finds its files from a checkout (bazel-bin/...) and inside a test alike.
_RUNNER = """#!/bin/sh
root=${{TEST_SRCDIR:-$0.runfiles}}/{workspace}
{env}
export HAMMERLOCK_CONFIGURATION={configuration} HAMMERLOCK_TARGET='{target}'
{run} {launcher} "$root/{binary}" {args} "$@"
"""

def _tool(target):
    return "\"$root/%s\"" % target[DefaultInfo].files_to_run.executable.short_path

def _configured_test_impl(ctx):
    row = CONFIGURATIONS[ctx.attr.configuration]
    binary = ctx.attr.binary[0]  # a list, since the edge has a transition
    executable = binary[DefaultInfo].files_to_run.executable
    runfiles = ctx.runfiles(files = [executable] + ctx.files.data)
    runfiles = runfiles.merge(binary[DefaultInfo].default_runfiles)

    launcher = ""
    if ctx.attr.launcher:
        launcher = _tool(ctx.attr.launcher)
        runfiles = runfiles.merge(ctx.attr.launcher[DefaultInfo].default_runfiles)
    run = "exec"
    if ctx.attr.expect:
        run = "exec %s %s" % (_tool(ctx.attr._judge), ctx.attr.expect)
        runfiles = runfiles.merge(ctx.attr._judge[DefaultInfo].default_runfiles)

    runner = ctx.actions.declare_file(ctx.label.name)
    ctx.actions.write(
        runner,
        _RUNNER.format(
            args = " ".join([ctx.expand_location(a, ctx.attr.data) for a in ctx.attr.fixed_args]),
            binary = executable.short_path,
            configuration = ctx.attr.configuration,
            env = "\n".join([
                "export %s=\"${%s:-%s}\"" % (k, k, v)
                for k, v in dict(row.env, **ctx.attr.env).items()
            ]),
            launcher = launcher,
            run = run,
            target = str(ctx.label),
            workspace = ctx.workspace_name,
        ),
        is_executable = True,
    )
    return [DefaultInfo(executable = runner, files = depset([runner]), runfiles = runfiles)]

_CONFIGURED_ATTRS = {
    "binary": attr.label(cfg = _configuration_transition, executable = True, mandatory = True),
    "configuration": attr.string(mandatory = True, values = CONFIGURATIONS.keys()),
    "data": attr.label_list(allow_files = True),
    "env": attr.string_dict(),
    "expect": attr.string(values = ["", "must", "may", "cannot"]),
    "fixed_args": attr.string_list(),
    "launcher": attr.label(cfg = "exec", executable = True),
    "_allowlist_function_transition": attr.label(
        default = "@bazel_tools//tools/allowlists/function_transition_allowlist",
    ),
    "_judge": attr.label(cfg = "exec", default = "//tools:judge_canary", executable = True),
}

configured_test = rule(
    doc = "A binary, built and run in one configuration of the table.",
    implementation = _configured_test_impl,
    attrs = _CONFIGURED_ATTRS,
    test = True,
)

configured_binary = rule(
    doc = "The same, to `bazel run`: fuzzers and benchmarks.",
    implementation = _configured_test_impl,
    attrs = _CONFIGURED_ATTRS,
    executable = True,
)

def run_in(rule, configuration, name, binary, **kwargs):
    """Declares `binary` in one configuration, with the launcher that the table gives it.

    Args:
      rule: configured_test or configured_binary.
      configuration: the row's name.
      name: of the target.
      binary: what is built and run.
      **kwargs: the rule's other attributes.
    """
    row = CONFIGURATIONS[configuration]
    rule(
        name = name,
        binary = binary,
        configuration = configuration,
        launcher = _here(row.launcher) if row.launcher else None,
        tags = kwargs.pop("tags", []) + [configuration, "cpu:%d" % row.cores],
        **kwargs
    )

def _scenario_binary(name, srcs, deps, **kwargs):
    cc_binary(
        name = name,
        testonly = True,
        srcs = srcs,
        tags = ["manual"],
        visibility = ["//visibility:private"],
        deps = deps + [_here("//platforms:linked_engine")],
        **kwargs
    )

def concurrency_test(
        name,
        srcs,
        deps = [],
        configurations = DEFAULT_CONFIGURATIONS,
        not_runnable = {},
        args = [],
        engine_args = {},
        data = [],
        env = {},
        size = "small",
        timeout = None,
        shard_count = None,
        tags = [],
        **kwargs):
    """A test of concurrent code in every configuration.

    Args:
      name: of the suite; `name.CONFIGURATION` are its tests.
      srcs: sources that declare scenarios (//scenario).
      deps: the subjects and the parts of //scenario that the sources include.
      configurations: rows of the table; all the default ones unless there is a reason.
      not_runnable: of these, those in which it cannot run, each with the reason, which the
        table of verdicts shows.
      args: flags of the engine for every run, such as "--seconds=2".
      engine_args: flags of one engine: {"//explore:engine": ["--race=0"]}.
      data: files for the run.
      env: environment for the run; the configuration's own comes first.
      size: of each test.
      timeout: of each test.
      shard_count: over how many shards the scenarios are spread.
      tags: of each test; the configuration's name is added.
      **kwargs: for the cc_binary: copts, defines, linkopts ...
    """
    for configuration in not_runnable:
        if configuration not in configurations:
            fail("%s: not_runnable names %s, where it would not be run anyway" % (name, configuration))
    configurations = [c for c in configurations if c not in not_runnable]

    # Bazel's results have no other place for a word on a test that does not exist.
    tags = tags + ["not_runnable:%s=%s" % item for item in not_runnable.items()]
    _scenario_binary(name + "_bin", srcs, deps, **kwargs)
    for configuration in configurations:
        run_in(
            configured_test,
            configuration,
            name = name + "." + configuration,
            binary = name + "_bin",
            data = data,
            env = env,
            fixed_args = args + engine_args.get(CONFIGURATIONS[configuration].engine, []),
            shard_count = shard_count,
            size = size,
            tags = tags,
            timeout = timeout,
        )
    native.test_suite(name = name, tests = [name + "." + c for c in configurations])

def canary_test(
        name,
        srcs,
        deps = [],
        must = [],
        may = [],
        cannot = {},
        must_seconds = 30,
        other_seconds = 2,
        args = [],
        engine_args = {},
        size = "small",
        tags = [],
        **kwargs):
    """A known-bad twin: the run is red where it must be found and is not.

    Args:
      name: of the suite; `name.CONFIGURATION` are its tests.
      srcs: sources that declare scenarios, all of them wrong in the same known way.
      deps: of the sources.
      must: configurations that have to find it.
      may: configurations that find it now and then.
      cannot: configurations that cannot see it, each with the reason. One that finds it
        after all is red too: the table is then wrong.
      must_seconds: how long a configuration that must find it may look; it stops when it has.
      other_seconds: how long the others look.
      args: further flags of every engine.
      engine_args: further flags of one engine: {"//stress:engine": [...]}.
      size: of each test.
      tags: of each test.
      **kwargs: for the cc_binary.
    """
    _scenario_binary(name + "_bin", srcs, deps, **kwargs)
    rows = [(c, "must") for c in must] + [(c, "may") for c in may] + [(c, "cannot") for c in cannot]
    for configuration, expect in rows:
        run_in(
            configured_test,
            configuration,
            name = name + "." + configuration,
            binary = name + "_bin",
            # The reason belongs to the run's output, where a reader of the table finds it.
            env = {"HAMMERLOCK_CANARY_REASON": cannot.get(configuration, "")},
            expect = expect,
            fixed_args = args + engine_args.get(CONFIGURATIONS[configuration].engine, []) + [
                "--seconds=%d" % (must_seconds if expect == "must" else other_seconds),
            ],
            size = size,
            tags = tags + ["canary"],
        )
    native.test_suite(name = name, tests = [name + "." + c for c, _ in rows])
