# SPDX-License-Identifier: Apache-2.0
"""The table of canaries: known-bad twins, and which configuration must find them."""

load("//tools:concurrency_test.bzl", "canary_test")

_NATIVE = ["native", "asan"]
_QEMU = ["aarch64", "aarch64_lse"]
_ALL = ["native", "tsan", "asan"] + _QEMU

# These must find every canary, whatever its row says of the others.
_EXPLORE = ["explore", "explore_aarch64"]

# Likewise, but where a row says that they may.
_ARM = ["arm", "arm_lse"]

# Why a configuration cannot see a bug.
_TSO = "x86 keeps stores and loads in order (TSO): only a store buffer shows"
_QEMU_TSO = "QEMU runs Arm loads and stores as x86 ones, in order (TSO)"
_NO_RACE = "all accesses are atomic and no stale value is ever read"

def _cannot(names, why):
    return {name: why for name in names}

_ON_TSO = dict(_cannot(_NATIVE, _TSO), **_cannot(_QEMU, _QEMU_TSO))

# kind: the part of //scenario that the source includes.
_CANARIES = {
    "barrier_reused_too_early": struct(kind = "free_form", must = _ALL, may = [], cannot = {}),
    "double_checked_locking": struct(kind = "litmus", must = ["tsan"], may = [], cannot = _ON_TSO),
    "hazard_without_fence": struct(
        kind = "litmus",
        must = ["native", "asan"],
        may = ["tsan"] + _QEMU,
        cannot = {},
    ),
    "leaky_rwlock": struct(kind = "litmus", must = _ALL, may = [], cannot = {}),
    "lost_wake_up": struct(kind = "free_form", must = _ALL, may = [], cannot = {}),
    "racy_counter": struct(kind = "litmus", must = _ALL, may = [], cannot = {}),
    "relaxed_ring": struct(kind = "litmus", must = ["tsan"], may = [], cannot = _ON_TSO),
    "relaxed_unlock": struct(kind = "litmus", must = ["tsan"], may = [], cannot = _ON_TSO),
    # Only weak memory shows it: what is read stale is data in atomics.
    "seqlock_without_fence": struct(
        kind = "litmus",
        must = [],
        may = [],
        cannot = dict(_ON_TSO, tsan = _NO_RACE),
    ),
    # Loads are buffered nowhere but in the Arm engine, and where the explorer is told so.
    "slot_handed_back_relaxed": struct(
        kind = "litmus",
        must = [],
        # A load would have to be deferred past a whole exchange of the slot.
        may = _ARM,
        cannot = dict(_ON_TSO, tsan = _NO_RACE),
        explore_args = ["--load_buffering"],
    ),
    "torn_stack": struct(kind = "linearizable", must = _ALL, may = [], cannot = {}),
    "treiber_without_reclamation": struct(
        kind = "litmus",
        must = ["tsan", "asan"],
        # It shows if the freed node's memory is in use again.
        may = ["native"] + _QEMU + _ARM,
        cannot = {},
    ),
}

def canaries():
    """Declares every canary of the table."""
    for name, row in _CANARIES.items():
        canary_test(
            name = name,
            srcs = [name + ".cc"],
            # A hang is told sooner than usual: here every run is one.
            engine_args = {
                "//explore:engine": getattr(row, "explore_args", []),
                "//stress:engine": ["--deadlock_seconds=2"],
            },
            cannot = row.cannot,
            may = row.may,
            must = row.must + _EXPLORE + [c for c in _ARM if c not in row.may],
            deps = ["//scenario:" + row.kind],
        )
