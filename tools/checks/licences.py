# SPDX-License-Identifier: Apache-2.0
"""Exactly one licence line a file: the first, or the second after #!."""

import re

_LINE = re.compile(r"(?://|#|/\*)\s*SPDX-License-Identifier:\s*(.*?)\s*(?:\*/.*)?$")
_WANTED = "Apache-2.0"


def check(text):
    """[(line, message)] of what is wrong in a file's text."""
    lines = text.splitlines()
    first = 2 if text.startswith("#!") else 1
    found = [(i, _LINE.match(line)) for i, line in enumerate(lines, 1) if _LINE.match(line)]
    if not found:
        return [(first, "no licence line; wanted here: SPDX-License-Identifier: " + _WANTED)]
    findings = [(i, "a second licence line") for i, _ in found[1:]]
    where, match = found[0]
    if where != first:
        findings.append((where, "the licence line belongs on line %d" % first))
    if match.group(1) != _WANTED:
        findings.append((where, "the licence is %s, not %r" % (_WANTED, match.group(1))))
    return sorted(findings)
