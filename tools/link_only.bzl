# SPDX-License-Identifier: Apache-2.0
"""A library to link with, and not to include.

An engine's headers are no input of the tests that it runs: they are compiled once, whatever
changes in the engine, and a test that includes one of them does not compile.
"""

def _link_only_impl(ctx):
    return [CcInfo(linking_context = cc_common.merge_cc_infos(
        cc_infos = [dep[CcInfo] for dep in ctx.attr.deps],
    ).linking_context)]

link_only = rule(
    doc = "What `deps` have to link, without their headers.",
    implementation = _link_only_impl,
    attrs = {"deps": attr.label_list(mandatory = True, providers = [CcInfo])},
    provides = [CcInfo],
)
