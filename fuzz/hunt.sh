#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# hunt.sh BINARY found|clean RUNS SEEDS: fuzzes from an empty corpus, once for each of SEEDS seeds,
# at most RUNS inputs each. A bug that is there must be found every time, and where there is none
# nothing may be.
set -u
binary=$1 expect=$2 runs=$3 seeds=$4
shift 4
scratch=$(mktemp -d) || exit 67
trap 'rm -rf "$scratch"' EXIT
seed=0
while [ $seed -lt "$seeds" ]; do
  seed=$((seed + 1))
  mkdir -p "$scratch/$seed"
  "$binary" -seed=$seed -runs="$runs" -timeout=60 -error_exitcode=66 \
    -timeout_exitcode=66 -artifact_prefix="$scratch/$seed." "$@" "$scratch/$seed" \
    > "$scratch/log" 2>&1
  code=$?
  at=$(sed -n 's/^#\([0-9][0-9]*\).*/\1/p' "$scratch/log" | tail -n 1)
  case $expect-$code in
    found-66) echo "seed $seed: found, after about ${at:-0} of $runs runs" >&2 ;;
    clean-0) echo "seed $seed: clean after ${at:-0} runs" >&2 ;;
    found-0)
      echo "seed $seed: silent after $runs runs, although there is a bug to be found" >&2
      exit 1
      ;;
    *)
      cat "$scratch/log" >&2
      echo "seed $seed: expected $expect, but the exit code is $code" >&2
      exit 1
      ;;
  esac
  if [ "$expect" = found ] && ! ls "$scratch/$seed."* > /dev/null 2>&1; then
    echo "seed $seed: found, but no input was kept" >&2
    exit 1
  fi
  if [ "$expect" = clean ] && [ "${at:-0}" -lt "$runs" ]; then
    echo "seed $seed: only ${at:-0} of $runs inputs were run" >&2
    exit 1
  fi
  # A fuzzer without feedback would get nowhere, however quickly.
  if [ "$expect" = clean ] && [ -z "$(ls "$scratch/$seed")" ]; then
    echo "seed $seed: no input was worth keeping: is the code instrumented?" >&2
    exit 1
  fi
done
tail -n 40 "$scratch/log" >&2
# For the table of canaries.
if [ "$expect" = found ]; then
  echo "canary: expect=must found=yes" >&2
else
  echo "canary: expect=cannot found=no reason=\"a correct twin: there is nothing to find\"" >&2
fi
