# SPDX-License-Identifier: Apache-2.0
"""How the command ends: the exit codes of the contract, and what it says on the way."""

import sys

PASS = 0
USAGE = 64
FAIL = 66
INCONCLUSIVE = 67


class Refused(Exception):
    """A user's or a machine's mistake: one clear sentence, and the code to exit with."""

    def __init__(self, sentence, code=INCONCLUSIVE):
        super().__init__(sentence)
        self.code = code


def say(sentence):
    """Prints one line for people on standard error."""
    print("hammerlock: " + sentence, file=sys.stderr, flush=True)
