#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# run.sh BINARY RUN_TARGET [SEED...] [--dict=FILE...] -- LIBFUZZER_FLAGS AND FILES...: fuzzes.
#
# What it finds is kept in a folder of the target's own: corpus/ and artifacts/ in
# $HAMMERLOCK_FUZZ_DIR, by default under the user's cache. With files or folders among the
# arguments, libFuzzer gets these alone: to replay a crash, to minimise one, to merge corpora.
set -u
binary=$1 target=$2
shift 2
root=$(cd "$(dirname "$0")/.." && pwd) || exit 67

name=$(echo "$target" | tr -c 'A-Za-z0-9_.\n' _ | sed 's/^_*//')
dir=${HAMMERLOCK_FUZZ_DIR:-${XDG_CACHE_HOME:-${HOME:-/tmp}/.cache}/hammerlock/fuzz/$name}
if ! mkdir -p "$dir/corpus" "$dir/artifacts" 2> /dev/null || ! [ -w "$dir/artifacts" ]; then
  echo "hammerlock: $dir cannot be written: set HAMMERLOCK_FUZZ_DIR to a folder that can" >&2
  exit 64
fi
dir=$(cd "$dir" && pwd) || exit 64

seeds= dict=
while [ "$1" != -- ]; do
  case $1 in
    --dict=*) dict=$root/${1#--dict=} ;;
    *) seeds=$seeds,$root/$1 ;;
  esac
  shift
done
shift

# Files are named from where the user stands, not from where Bazel runs this.
cd "${BUILD_WORKING_DIRECTORY:-.}" || exit 67
files=
for argument; do
  case $argument in -*) ;; *) files=yes ;; esac
done
if [ -z "$files" ]; then
  echo "hammerlock: corpus and artifacts are kept in $dir" >&2
  set -- "$@" "$dir/corpus"
  if [ -n "$seeds" ]; then
    printf '%s' "${seeds#,}" > "$dir/seeds.txt"
    set -- -seed_inputs=@"$dir/seeds.txt" "$@"
  fi
fi
[ -z "$dict" ] || set -- -dict="$dict" "$@"

verdict=$(mktemp) || exit 67
newest=$(mktemp) || exit 67
trap 'rm -f "$verdict" "$newest"' EXIT
export HAMMERLOCK_VERDICT_FILE="$verdict"
"$binary" -timeout=60 -error_exitcode=66 -timeout_exitcode=66 -artifact_prefix="$dir/artifacts/" \
  -print_final_stats=1 "$@" &
child=$!
# A shell that waits handles signals: pass them on, and wait for libFuzzer's own end.
trap 'kill -TERM $child 2> /dev/null' TERM
trap 'kill -INT $child 2> /dev/null' INT
wait $child
code=$?
while kill -0 $child 2> /dev/null; do
  wait $child
  code=$?
done
[ $code = 0 ] && exit 0

find "$dir/artifacts" -type f -newer "$newest" | while read -r file; do
  echo "replay: bazel run $target -- $file" >&2
done
# libFuzzer has the last word of its own, and where it ends the process the only one.
if [ -s "$verdict" ]; then
  cat "$verdict" >&2
elif [ $code = 66 ] && [ "$(find "$dir/artifacts" -type f -newer "$newest")" ]; then
  echo "hammerlock: verdict=fail scenario=* executions=0 failures=1 first_failure=1 distinct=0" \
    "seconds=0 seed=0 replay=" >&2
fi
exit $code
