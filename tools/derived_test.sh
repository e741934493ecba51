#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# derived_test.sh FILE: fails, with the mend, if FILE is not what the table makes of it.
set -eu
export PYTHONDONTWRITEBYTECODE=1
cd tools/cli
exec /usr/bin/python3 -c 'import derived, sys; sys.exit(derived.run(["--check", sys.argv[1]]))' "$1"
