# SPDX-License-Identifier: Apache-2.0
"""What README.md shows stands in a file that is tested."""

import glob
import re
import unittest


class Readme(unittest.TestCase):
    def test_shows_tested_code(self):
        with open("README.md", encoding="utf-8") as readme:
            shown = re.findall(r"^```(?:c\+\+|python)\n(.*?)^```$", readme.read(), re.M | re.S)
        self.assertGreaterEqual(len(shown), 4)
        files = []
        for name in ["BUILD"] + glob.glob("*_test.cc"):
            with open(name, encoding="utf-8") as file:
                files.append(file.read())
        for block in shown:
            for part in block.strip().split("\n\n"):
                self.assertTrue(any(part in file for file in files), part)


if __name__ == "__main__":
    unittest.main()
