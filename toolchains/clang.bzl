# SPDX-License-Identifier: Apache-2.0
"""Debian's clang 19 as a Bazel C++ toolchain, for x86_64 and, crossing, for aarch64.

What a configuration (//platforms:configurations.bzl) may ask for is a feature here:
`tsan`, `asan`, `ubsan`, `fuzz_coverage`, `fuzz_driver`, and on aarch64 `llsc`, `lse`.
"""

load("@bazel_tools//tools/build_defs/cc:action_names.bzl", "ACTION_NAMES")
load(
    "@bazel_tools//tools/cpp:cc_toolchain_config_lib.bzl",
    "feature",
    "flag_group",
    "flag_set",
    "tool_path",
    "with_feature_set",
)
load("@rules_cc//cc:defs.bzl", "cc_toolchain")
load(":explorer_flags.bzl", "EXPLORER_CXX_FLAGS", "EXPLORER_FLAGS")

_LLVM = "/usr/lib/llvm-19/bin/"

# From wherever this workspace is used: its path in an action, and what the action then reads.
_WEAK_EXCHANGE = Label("//explore:runtime/weak_exchange.h")
_WEAK_EXCHANGE_PATH = "/".join(
    [p for p in [_WEAK_EXCHANGE.workspace_root, _WEAK_EXCHANGE.package, _WEAK_EXCHANGE.name] if p],
)

_CXX = [
    ACTION_NAMES.cpp_compile,
    ACTION_NAMES.linkstamp_compile,
    ACTION_NAMES.cpp_header_parsing,
    ACTION_NAMES.cpp_module_compile,
    ACTION_NAMES.cpp_module_codegen,
]

_COMPILE = _CXX + [
    ACTION_NAMES.c_compile,
    ACTION_NAMES.assemble,
    ACTION_NAMES.preprocess_assemble,
]

_LINK = [
    ACTION_NAMES.cpp_link_executable,
    ACTION_NAMES.cpp_link_dynamic_library,
    ACTION_NAMES.cpp_link_nodeps_dynamic_library,
]

def _flags(actions, flags, mode = None):
    return flag_set(
        actions = actions,
        flag_groups = [flag_group(flags = flags)],
        with_features = [with_feature_set(features = [mode])] if mode else [],
    )

def _sanitizer(name, flags, **kwargs):
    return feature(
        name = name,
        flag_sets = [_flags(_COMPILE, flags), _flags(_LINK, flags)],
        **kwargs
    )

# A tool for this machine, built on the way, is asked for them too: there they do not exist.
_AARCH64 = [
    # How aarch64 does its read-modify-writes. The outlined helpers of libgcc choose
    # at run time, which is neither.
    feature(
        name = "llsc",
        provides = ["aarch64_atomics"],
        flag_sets = [_flags(_COMPILE, ["-march=armv8-a", "-mno-outline-atomics"])],
    ),
    feature(
        name = "lse",
        provides = ["aarch64_atomics"],
        flag_sets = [_flags(_COMPILE, ["-march=armv8.1-a"])],
    ),
]

def _features(triple):
    target = ["--target=" + triple]
    return [
        feature(name = "opt"),
        feature(name = "dbg"),
        feature(name = "fastbuild"),
        feature(
            name = "default_compile_flags",
            enabled = True,
            flag_sets = [
                _flags(_COMPILE, target + [
                    "-pthread",
                    "-fcolor-diagnostics",
                    # Stacks are walked by frame pointer when a hang is reported.
                    "-fno-omit-frame-pointer",
                    "-mno-omit-leaf-frame-pointer",
                    "-gline-tables-only",
                    "-Wall",
                    "-Wextra",
                    "-Wthread-safety",
                    # Reproducible: no paths of this machine, no dates.
                    "-Wno-builtin-macro-redefined",
                    "-D__DATE__=\"redacted\"",
                    "-D__TIMESTAMP__=\"redacted\"",
                    "-D__TIME__=\"redacted\"",
                    "-ffile-prefix-map=/proc/self/cwd=.",
                ]),
                _flags(_CXX, ["-std=c++20"]),
                _flags(_COMPILE, ["-O2", "-DNDEBUG", "-ffunction-sections", "-fdata-sections"], "opt"),
                _flags(_COMPILE, ["-O0", "-g"], "dbg"),
                _flags(_COMPILE, ["-O1"], "fastbuild"),
            ],
        ),
        feature(
            name = "default_link_flags",
            enabled = True,
            flag_sets = [
                _flags(_LINK, target + ["--driver-mode=g++", "-fuse-ld=lld", "-pthread"]),
                _flags(_LINK, ["-Wl,--gc-sections"], "opt"),
            ],
        ),
        # supports_dynamic_linker is left out: every library is linked statically.
        feature(name = "supports_pic", enabled = True),
        feature(name = "supports_start_end_lib", enabled = True),
        _sanitizer("tsan", ["-fsanitize=thread"], provides = ["shadow_memory"]),
        _sanitizer("asan", ["-fsanitize=address"], provides = ["shadow_memory"]),
        _sanitizer("ubsan", ["-fsanitize=undefined", "-fno-sanitize-recover=undefined"]),

        # The explorer: ThreadSanitizer's instrumentation, and //explore in place of its runtime.
        feature(
            name = "explore",
            provides = ["shadow_memory"],
            flag_sets = [
                _flags(_COMPILE, ["-fsanitize=thread"] + EXPLORER_FLAGS),
                # The instrumentation does not tell weak compare-exchanges from strong ones.
                _flags(_CXX + [ACTION_NAMES.c_compile], ["-include", _WEAK_EXCHANGE_PATH]),
                _flags(_CXX, EXPLORER_CXX_FLAGS),
                # Fixed addresses, so that executions repeat; and no lazy binding inside of one.
                _flags(_LINK, ["-no-pie", "-Wl,-z,now"]),
            ],
        ),

        # Coverage instrumentation for everything; libFuzzer's main for a fuzz target alone.
        _sanitizer("fuzz_coverage", ["-fsanitize=fuzzer-no-link"]),
        feature(name = "fuzz_driver", flag_sets = [_flags(_LINK, ["-fsanitize=fuzzer"])]),
    ] + (_AARCH64 if triple.startswith("aarch64") else [])

def _config_impl(ctx):
    tools = {
        "ar": "llvm-ar",
        "cpp": "clang-cpp",
        "dwp": "llvm-dwp",
        "gcc": "clang",
        "gcov": "llvm-cov",
        "ld": "ld.lld",
        "nm": "llvm-nm",
        "objcopy": "llvm-objcopy",
        "objdump": "llvm-objdump",
        "strip": "llvm-strip",
    }
    return cc_common.create_cc_toolchain_config_info(
        ctx = ctx,
        toolchain_identifier = ctx.attr.triple + "-clang19",
        host_system_name = "local",
        target_system_name = ctx.attr.triple,
        target_cpu = ctx.attr.cpu,
        target_libc = "glibc",
        compiler = "clang",
        abi_version = "clang",
        abi_libc_version = "glibc",
        features = _features(ctx.attr.triple),
        cxx_builtin_include_directories = ctx.attr.builtin_include_directories,
        tool_paths = [tool_path(name = k, path = _LLVM + v) for k, v in tools.items()],
    )

_clang_config = rule(
    implementation = _config_impl,
    attrs = {
        "builtin_include_directories": attr.string_list(mandatory = True),
        "cpu": attr.string(mandatory = True),
        "triple": attr.string(mandatory = True),
    },
    provides = [CcToolchainConfigInfo],
)

def clang_toolchain(name, cpu, triple, builtin_include_directories):
    """Declares `name` (the toolchain) and `name`_cc (the same, for a cc_toolchain_suite).

    Args:
      name: of the toolchain to register.
      cpu: the target's, as @platforms//cpu names it.
      triple: the target's, as clang's --target takes it.
      builtin_include_directories: where the compiler finds headers by itself.
    """
    _clang_config(
        name = name + "_config",
        builtin_include_directories = builtin_include_directories,
        cpu = cpu,
        triple = triple,
    )
    native.filegroup(name = name + "_no_files")
    native.filegroup(
        name = name + "_compiler_files",
        srcs = [_WEAK_EXCHANGE],
    )
    cc_toolchain(
        name = name + "_cc",
        all_files = name + "_compiler_files",
        ar_files = name + "_no_files",
        as_files = name + "_no_files",
        compiler_files = name + "_compiler_files",
        dwp_files = name + "_no_files",
        linker_files = name + "_no_files",
        objcopy_files = name + "_no_files",
        strip_files = name + "_no_files",
        supports_param_files = True,
        toolchain_config = name + "_config",
        toolchain_identifier = triple + "-clang19",
    )
    native.toolchain(
        name = name,
        exec_compatible_with = ["@platforms//cpu:x86_64", "@platforms//os:linux"],
        target_compatible_with = ["@platforms//cpu:" + cpu, "@platforms//os:linux"],
        toolchain = name + "_cc",
        toolchain_type = "@bazel_tools//tools/cpp:toolchain_type",
    )
