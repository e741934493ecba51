# SPDX-License-Identifier: Apache-2.0
"""What `--run_under` names: a configuration's launcher, for programs and for nothing else.

Bazel puts --run_under before every test. A launcher runs programs of another architecture, but
some tests are scripts: those of the matrix start the launcher themselves, others need none.
"""

_SCRIPT = """#!/bin/sh
case $(head -c 2 "$1") in
  '#!') exec "$@" ;;
esac
exec "${{TEST_SRCDIR:-$0.runfiles}}/{workspace}/{launcher}" "$@"
"""

def _run_under_impl(ctx):
    launcher = ctx.attr.launcher[DefaultInfo]
    out = ctx.actions.declare_file(ctx.label.name)
    ctx.actions.write(
        out,
        _SCRIPT.format(
            launcher = launcher.files_to_run.executable.short_path,
            workspace = ctx.workspace_name,
        ),
        is_executable = True,
    )
    runfiles = ctx.runfiles(files = [out]).merge(launcher.default_runfiles)
    return [DefaultInfo(executable = out, runfiles = runfiles)]

run_under = rule(
    doc = "Runs scripts as they are, and everything else with the launcher.",
    implementation = _run_under_impl,
    attrs = {"launcher": attr.label(cfg = "exec", executable = True, mandatory = True)},
    executable = True,
)
