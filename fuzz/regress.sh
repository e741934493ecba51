#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# regress.sh BINARY RUN_TARGET FILES...: runs a fuzz target over each file of its corpus, once.
# Fails where a file fails, where there is no file, and where one was not run.
set -u
binary=$1 target=$2
shift 2
# The corpus is named from the root of the runfiles.
cd "$(dirname "$0")/.." || exit 67
if [ $# = 0 ]; then
  echo "hammerlock: the corpus of $target is empty, so nothing was tested: fuzz it, keep some of" \
    "what it finds beside the target, and name that as its corpus" >&2
  exit 67
fi
scratch=$(mktemp -d) || exit 67
trap 'rm -rf "$scratch"' EXIT
for file; do
  if [ ! -f "$file" ]; then
    echo "hammerlock: $file of the corpus is not there" >&2
    exit 67
  fi
done
"$binary" -timeout=60 -error_exitcode=66 -timeout_exitcode=66 -artifact_prefix="$scratch/" "$@" \
  > "$scratch/log" 2>&1
code=$?
cat "$scratch/log" >&2
ran=$(grep -c '^Executed .* in [0-9]* ms$' "$scratch/log")
if [ $code != 0 ]; then
  failed=$(sed -n 's/^Running: //p' "$scratch/log" | tail -n 1)
  echo "replay: bazel run $target -- $failed" >&2
  grep '^hammerlock: verdict=' "$scratch/log" | tail -n 1 >&2
  exit $code
fi
if [ "$ran" != $# ]; then
  echo "hammerlock: of $# files of the corpus $ran were run" >&2
  exit 67
fi
