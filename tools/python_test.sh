#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# python_test.sh FILE: runs the unit tests of a Python file with Debian's Python. A file without
# tests fails.
set -eu
export PYTHONPATH="$PWD/tools/cli" PYTHONDONTWRITEBYTECODE=1
cd "$(dirname "$1")"
# Not `python3 FILE`: that would follow the links and import what is not declared.
exec /usr/bin/python3 -c '
import sys, unittest
tests = unittest.defaultTestLoader.loadTestsFromName(sys.argv[1])
result = unittest.TextTestRunner(verbosity=2).run(tests)
sys.exit(0 if result.wasSuccessful() and result.testsRun else 1)
' "$(basename "$1" .py)"
