# SPDX-License-Identifier: Apache-2.0
import contextlib
import io
import types
import unittest

import fakes
import packages
from outcome import INCONCLUSIVE, Refused


def _quietly(function, *arguments):
    """(what it said on standard error, the Refused that it raised or None)."""
    said = io.StringIO()
    refused = None
    with contextlib.redirect_stderr(said):
        try:
            function(*arguments)
        except Refused as error:
            refused = error
    return said.getvalue(), refused


class Needed(unittest.TestCase):
    def test_says_which_configurations_need_a_package(self):
        rows = {
            "native": types.SimpleNamespace(needs=["clang"]),
            "arm": types.SimpleNamespace(needs=["clang", "qemu"]),
        }
        wanted = packages.needed(rows)
        self.assertEqual(wanted["clang"], "for every configuration")
        self.assertEqual(wanted["qemu"], "for arm")
        self.assertIn("bazel-bootstrap", wanted)


class Install(fakes.Machine):
    def test_does_nothing_when_everything_is_there(self):
        self.installed("a", "b")
        said, refused = _quietly(packages.install, {"a": "x", "b": "y"})
        self.assertIsNone(refused)
        self.assertEqual((said, self.calls()), ("", []))

    def test_updates_then_installs_only_what_is_missing_and_says_why(self):
        self.installed("a")
        said, refused = _quietly(packages.install, {"a": "x", "b": "for arm"})
        self.assertIsNone(refused)
        self.assertIn("b (for arm)", said)
        update, install = self.calls()
        self.assertRegex(update, r"^apt-get .*\bupdate$")
        self.assertRegex(install, r"^apt-get .*\binstall -y --no-install-recommends b$")
        self.assertEqual(set(self.calls("frontend")), {"DEBIAN_FRONTEND=noninteractive"})

    def test_a_removed_package_with_its_configuration_left_is_missing(self):
        with open(self.path + "/installed", "w", encoding="utf-8") as file:
            file.write("a config-files 1.0\n")
        self.assertEqual(packages.missing({"a": "x"}), {"a": "x"})

    def test_any_bazel_will_do(self):
        self.assertIn("bazel-bootstrap", packages.missing({"bazel-bootstrap": "x"}))
        self.program("bazel", "exit 0")
        self.assertEqual(packages.missing({"bazel-bootstrap": "x"}), {})

    def test_a_user_installs_by_sudo(self):
        self.program("id", "echo 1000")
        self.program("sudo", 'echo "sudo $*" >> ${0%/*}/sudo_calls; shift; exec "$@"')
        _, refused = _quietly(packages.install, {"b": "x"})
        self.assertIsNone(refused)
        self.assertEqual(self.calls("sudo_calls")[0], "sudo -n true")
        self.assertEqual(len(self.calls()), 2)

    def test_a_user_without_sudo_gets_the_line_to_type(self):
        self.program("id", "echo 1000")
        said, refused = _quietly(packages.install, {"b": "x", "a": "y"})
        self.assertIn("apt-get install -y --no-install-recommends a b", str(refused))
        self.assertEqual((refused.code, said, self.calls()), (INCONCLUSIVE, "", []))

    def test_a_user_whose_sudo_wants_a_password_gets_it_too(self):
        self.program("id", "echo 1000")
        self.program("sudo", "exit 1")
        _, refused = _quietly(packages.install, {"b": "x"})
        self.assertIn("apt-get install", str(refused))
        self.assertEqual(self.calls(), [])

    def test_a_broken_apt_is_shown_and_ends_it(self):
        self.touch("apt_is_broken")
        said, refused = _quietly(packages.install, {"b": "x"})
        self.assertIn("no route to the archive", said)
        self.assertIn("apt-get update failed (exit code 100", str(refused))
        self.assertEqual(len(self.calls()), 1)

    def test_an_apt_that_does_nothing_is_noticed(self):
        self.program("apt-get", "exit 0")
        _, refused = _quietly(packages.install, {"b": "x"})
        self.assertIn("still missing: b", str(refused))

    def test_no_dpkg_is_one_sentence(self):
        import os

        os.remove(self.path + "/dpkg-query")
        _, refused = _quietly(packages.install, {"b": "x"})
        self.assertIn("no dpkg", str(refused))
