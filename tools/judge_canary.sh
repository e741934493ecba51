#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# judge_canary.sh EXPECTATION COMMAND...: runs a known-bad program and judges whether its
# bug was found (exit code 66) as the table of canaries says: must, may or cannot.
expectation=$1
shift
# The engine would report the bug that it found as a failed test case; here it is a success.
unset XML_OUTPUT_FILE
"$@"
code=$?
case $code in
  66) found=yes ;;
  0) found=no ;;
  *)
    echo "canary: the run neither passed nor found the bug (exit code $code)" >&2
    exit 1
    ;;
esac
echo "canary: expect=$expectation found=$found${HAMMERLOCK_CANARY_REASON:+ reason=\"$HAMMERLOCK_CANARY_REASON\"}" >&2
case $expectation-$found in
  must-no)
    echo "canary: silent, although this configuration must find it" >&2
    exit 1
    ;;
  cannot-yes)
    echo "canary: found, although the table says that this configuration cannot see it: mend the table" >&2
    exit 1
    ;;
esac
