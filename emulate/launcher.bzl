# SPDX-License-Identifier: Apache-2.0
"""A script that runs the binary given to it, with files that belong to this machine."""

def _launcher_impl(ctx):
    out = ctx.actions.declare_file(ctx.label.name)
    ctx.actions.symlink(output = out, target_file = ctx.file.script, is_executable = True)
    return [DefaultInfo(
        executable = out,
        runfiles = ctx.runfiles(files = [out] + ctx.files.tools),
    )]

launcher = rule(
    doc = """Runs a binary of another architecture, also as bazel's --run_under.

`tools` are built for the machine that runs the script, whatever the binary is built for,
and stand beside the script.""",
    implementation = _launcher_impl,
    attrs = {
        "script": attr.label(allow_single_file = True, mandatory = True),
        "tools": attr.label_list(cfg = "exec"),
    },
    executable = True,
)
