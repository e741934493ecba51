# SPDX-License-Identifier: Apache-2.0
"""A machine for tests: a folder that is all of PATH, with programs that do as they are told."""

import os
import shutil
import stat
import tempfile
import unittest

# dpkg-query and apt-get share a file of "package status version" lines; every call is recorded.
_DPKG_QUERY = """
echo "dpkg-query $*" >> $0.calls
shift 3  # -W -f FORMAT
code=0
for package; do
  grep "^$package " "${0%/*}/installed" || code=1
done
exit $code
"""

_APT_GET = """
echo "apt-get $*" >> ${0%/*}/calls
echo "DEBIAN_FRONTEND=$DEBIAN_FRONTEND" >> ${0%/*}/frontend
[ ! -e "${0%/*}/apt_is_broken" ] || { echo "E: no route to the archive" >&2; exit 100; }
install=
for word; do
  case $word in
    install) install=yes ;;
    -* | *=*) ;;
    *) [ -z "$install" ] || echo "$word installed 1.0" >> "${0%/*}/installed" ;;
  esac
done
"""


class Machine(unittest.TestCase):
    """A test on a machine of its own: by default one with dpkg and apt, for root."""

    def setUp(self):
        self.path = tempfile.mkdtemp(dir=os.environ.get("TEST_TMPDIR"))
        self.addCleanup(shutil.rmtree, self.path)
        before = dict(os.environ)
        self.addCleanup(lambda: (os.environ.clear(), os.environ.update(before)))
        self.real_path = os.environ["PATH"]
        for tool in ("cat", "env", "grep", "sh", "dirname", "basename", "readlink", "true"):
            os.symlink(shutil.which(tool), os.path.join(self.path, tool))
        self.program("dpkg-query", _DPKG_QUERY)
        self.program("apt-get", _APT_GET)
        self.program("id", "echo 0")
        self.installed()
        os.environ["PATH"] = self.path
        os.environ["HOME"] = self.path

    def program(self, name, body):
        """Puts a shell script into PATH."""
        file = os.path.join(self.path, name)
        with open(file, "w", encoding="utf-8") as out:
            out.write("#!/bin/sh\n" + body + "\n")
        os.chmod(file, os.stat(file).st_mode | stat.S_IXUSR)

    def installed(self, *names):
        """Says which packages are there."""
        with open(os.path.join(self.path, "installed"), "w", encoding="utf-8") as file:
            file.writelines("%s installed 1.0\n" % name for name in names)

    def touch(self, name):
        with open(os.path.join(self.path, name), "w", encoding="utf-8"):
            pass

    def calls(self, file="calls"):
        """What was recorded, one call a line."""
        try:
            with open(os.path.join(self.path, file), encoding="utf-8") as lines:
                return lines.read().splitlines()
        except FileNotFoundError:
            return []
