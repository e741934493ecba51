#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# qemu_aarch64.sh PROGRAM [ARGS]: runs an aarch64 Linux program in QEMU user mode, with the
# plugin that stands beside this script, if one does.
say() {
  echo "hammerlock: $1" >&2
  exit 67
}

[ $# -gt 0 ] || { echo "usage: qemu_aarch64 PROGRAM [ARGS]" >&2; exit 64; }
[ -f "$1" ] || say "there is no program $1: build it first, or name another"
qemu=$(command -v qemu-aarch64) ||
  say "qemu-aarch64 is not installed: install Debian's package qemu-user, or run 'tools/hammerlock doctor'"
sysroot=/usr/aarch64-linux-gnu
[ -d $sysroot/lib ] ||
  say "$sysroot is missing: install Debian's package g++-aarch64-linux-gnu, or run 'tools/hammerlock doctor'"

# e_machine, a little-endian half word at offset 18 of an ELF file: 183 is aarch64.
machine=$(od -An -tu2 -j18 -N2 "$1" | tr -d ' ')
[ "$machine" = 183 ] ||
  say "$1 is not an aarch64 program (ELF machine ${machine:-unknown}, wanted 183): build it with --config=aarch64"

here=$(dirname "$0")
cpu=max
case $(basename "$0") in
  qemu_aarch64_plain) ;;
  qemu_aarch64_weak)
    # SVE is not modelled. What else the plugin is told: HAMMERLOCK_ARM_OPTIONS=key=value,...
    cpu=max,sve=off
    set -- -plugin "$here/guest/libweak_memory.so${HAMMERLOCK_ARM_OPTIONS:+,$HAMMERLOCK_ARM_OPTIONS}" "$@"
    ;;
  *)
    set -- -plugin "$here/libacquire_fence.so" "$@"
    ;;
esac
exec "$qemu" -cpu $cpu -L $sysroot "$@"
