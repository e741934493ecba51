#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# ci_leg.sh LEG: one leg of CI, runnable by hand. LEG is a configuration of the table, `lint`, or
# `rest`: what no leg of a default configuration runs.
set -eu
cd "$(dirname "$0")/.."
[ $# -eq 1 ] || { echo "usage: tools/ci_leg.sh CONFIGURATION|rest|lint" >&2; exit 64; }

case $1 in
  lint)
    exec tools/lint
    ;;
  rest)
    others=$(tools/hammerlock configurations --default | sed 's/^/-/' | paste -sd,)
    exec tools/hammerlock test --test_tag_filters="$others"
    ;;
esac
names=$(tools/hammerlock configurations)
if ! echo "$names" | grep -qx -e "$1"; then
  echo "ci_leg.sh: there is no leg $1; there are: rest lint $(echo "$names" | paste -sd" ")" >&2
  exit 64
fi
exec tools/hammerlock test --test_tag_filters="$1"
