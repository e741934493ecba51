# SPDX-License-Identifier: Apache-2.0
"""All outside code, by its Debian package, pinned."""

load(
    "//third_party:debian.bzl",
    "debian_apt",
    "debian_deb",
    "debian_source",
    "stub_repository",
)

def _build_rules():
    debian_deb(
        name = "rules_cc",
        package = "bazel-rules-cc",
        # 0.0.4 is made for Bazel 5: Bazel 4 has no use_cpp_toolchain().
        patch_cmds = [
            "sed -i -e 's/, \"use_cpp_toolchain\"//' " +
            "-e 's/use_cpp_toolchain()/[\"@bazel_tools\\/\\/tools\\/cpp:toolchain_type\"]/' " +
            "$(grep -rl use_cpp_toolchain --include=*.bzl cc/private/rules_impl)",
        ],
        sha256 = "2cbda3603e35c90c114b8c7d5b219bba94fdde007eb3de87a493b70a7aae1453",
        strip_prefix = "usr/share/bazel/rules/cc",
    )

    # Never used, but Bazel's own tools/jdk is looked at in every build and loads it.
    debian_deb(
        name = "rules_java",
        package = "bazel-rules-java",
        sha256 = "0d05ed4e053d7c0d3ee0b4e77cdd93857d2757f34e031a8239323c8d0c218e18",
        strip_prefix = "usr/share/bazel/rules/java",
    )

    debian_deb(
        name = "bazel_skylib",
        package = "bazel-skylib",
        sha256 = "b7662103ceb16fedb2e348c0d6f18045eba656e3fe1e462ebcfd25efd2548db0",
        strip_prefix = "usr/share/bazel/tools/skylib",
    )

    debian_deb(
        name = "platforms",
        package = "bazel-platforms",
        sha256 = "55424b0d6a8b5868b87445a820f2a4cb30b54d43824bab23fb8a96f5cc95da7f",
        strip_prefix = "usr/share/bazel/tools/platforms",
    )

    # Every test depends on it; `bazel coverage` alone would run it.
    stub_repository(
        name = "remote_coverage_tools",
        build = """
package(default_visibility = ["//visibility:public"])
filegroup(name = "coverage_report_generator")
filegroup(name = "lcov_merger")
filegroup(name = "srcs")
""",
    )

def _libraries():
    # From source, so that they are instrumented as our own code is.
    debian_source(
        name = "com_google_absl",
        package = "abseil",
        # Debian fixes its library's ABI to abseil's own types. We build the source, in one
        # language version throughout: absl::string_view is std::string_view.
        patch_cmds = [
            "sed -i -E 's/^(#define ABSL_OPTION_USE_STD_[A-Z_]+) 0$/\\1 2/' absl/base/options.h",
        ],
        sha256 = "abfe2897f3a30edaa74bc34365afe3c2a3cd012091a97dc7e008f7016adcd5fe",
    )

    debian_source(
        name = "com_google_googletest",
        package = "googletest",
        sha256 = "81964fe578e9bd7c94dfdb09c8e4d6e6759e19967e397dbea48d1c10e45d0df2",
    )

    debian_source(
        name = "com_github_google_benchmark",
        package = "benchmark",
        sha256 = "6430e4092653380d9dc4ccb45a1e2dc9259d581f4866dc0759713126056bc1d7",
    )

def _subjects():
    # Other people's concurrent code, for examples/ and as peers in benchmarks.
    debian_deb(
        name = "boost",
        build_file = "//third_party:boost.BUILD",
        package = "libboost1.74-dev",
        sha256 = "ba14fe04d7f138f874bd3ab3a20c4fd1e9f654e271449b8f3e48d20f942dbb93",
        strip_prefix = "usr/include",
    )

    debian_deb(
        name = "concurrentqueue",
        build_file = "//third_party:concurrentqueue.BUILD",
        package = "libconcurrentqueue-dev",
        sha256 = "bfebbe7028503a59273fdc7a9fbfb6f72d68ca21e4f6ad3f425f0d4a757d81de",
        strip_prefix = "usr/include",
    )

    # Its headers differ between architectures.
    debian_deb(
        name = "ck_x86_64",
        build_file = "//third_party:ck.BUILD",
        package = "libck-dev",
        sha256 = "ffa348a0be252e6fe843f1e3851822914b3a49160a3393aab75f3a9672b8fbca",
        strip_prefix = "usr/include",
    )
    debian_deb(
        name = "ck_aarch64",
        apt = "@debian_apt_arm64//:apt.conf",
        build_file = "//third_party:ck.BUILD",
        package = "libck-dev",
        sha256 = "2c46506ebdacf20063b282fb5a7e128c21dfa0c946c8bbe5c5b63e7460b12a3e",
        strip_prefix = "usr/include",
    )

def hammerlock_repositories():
    """Declares every repository that this workspace uses."""
    debian_apt(name = "debian_apt")
    debian_apt(
        name = "debian_apt_arm64",
        architecture = "arm64",
    )
    _build_rules()
    _libraries()
    _subjects()
