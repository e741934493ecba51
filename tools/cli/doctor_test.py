# SPDX-License-Identifier: Apache-2.0
import os
import types

import doctor
import fakes
import packages
import table


class Doctor(fakes.Machine):
    def setUp(self):
        super().setUp()
        self.rows = {
            "native": types.SimpleNamespace(says="plain", needs=["clang-19"], launcher=None),
            "arm": types.SimpleNamespace(says="emulated", needs=["qemu-user"], launcher="//e:q"),
        }
        self.program("bazel", "echo bazel 4.2.3")
        self.program("qemu-aarch64", "echo '-plugin file'")
        self.all = list(packages.needed(self.rows)) + list(packages.LINT)

    def test_everything_there(self):
        self.installed(*self.all)
        text, well = doctor.examine(self.rows)
        self.assertTrue(well, text)
        self.assertIn("everything is there", text)
        self.assertRegex(text, r"native +ready +plain +clang-19")
        self.assertRegex(text, r"qemu-user +1\.0 +for arm")
        self.assertIn("bazel 4.2.3", text)

    def test_says_what_is_missing_and_how_to_get_it(self):
        self.installed(*[name for name in self.all if name != "qemu-user"])
        text, well = doctor.examine(self.rows)
        self.assertFalse(well)
        self.assertRegex(text, r"native +ready")
        self.assertRegex(text, r"arm +missing qemu-user")
        self.assertRegex(text, r"apt-get install .* qemu-user\n")

    def test_qemu_without_plugins_is_not_ready(self):
        self.installed(*self.all)
        self.program("qemu-aarch64", "echo usage")
        text, well = doctor.examine(self.rows)
        self.assertFalse(well)
        self.assertRegex(text, r"arm +QEMU takes no plugins")
        self.assertRegex(text, r"native +ready")

    def test_works_before_bazel_is_there(self):
        os.remove(os.path.join(self.path, "bazel"))
        self.installed()
        text, well = doctor.examine(table.load())
        self.assertFalse(well)
        self.assertRegex(text, r"bazel +missing")
        self.assertRegex(text, r"bazel-bootstrap +missing")
